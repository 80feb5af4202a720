// SPDX-License-Identifier: GPL-2.0-or-later
/* Who made the SMMU, and for which architecture: IIDR and AIDR in words. */
#include <stdio.h>
#include <string.h>

#include "arch/field.h"

/* JEP106: continuation code in bits 11:8, identity code below */
static const struct implementer {
	uint16_t id;
	const char *name;
} implementers[] = {
	{ 0x43b, "Arm" },
	{ 0x736, "HiSilicon" },
	{ 0x34c, "Cavium" },
	{ 0x36b, "NVIDIA" },
};

/*
 * Product numbers: arm_smmu_device_iidr_probe(), and for MMU-600AE table 2-16
 * of its manual (Arm 101412). Where the variant or the revision is less than
 * here, the driver does not let them nest.
 */
static const struct product {
	uint16_t implementer, id;
	const char *name;
	uint8_t variant, revision;
} products[] = {
	{ 0x43b, 0x483, "MMU-600", 2, 0 },
	{ 0x43b, 0x485, "MMU-600AE", 0, 0 },
	{ 0x43b, 0x487, "MMU-700", 1, 1 },
	{ 0x43b, 0x48a, "MMU-L1", 0, 0 },
	{ 0x43b, 0x498, "MMU-S3", 0, 0 },
};

static unsigned int part(const char *layout, uint32_t reg, const char *field)
{
	const struct smn_layout *l = smn_layout_by_name(layout);
	uint64_t word = reg;

	return smn_field_get(smn_layout_field(l, field, strlen(field)), &word);
}

static const struct product *product_of(uint32_t iidr)
{
	unsigned int implementer = part("IIDR", iidr, "Implementer");
	unsigned int id = part("IIDR", iidr, "ProductID");

	for (size_t i = 0; i < SMN_ARRAY_SIZE(products); i++)
		if (products[i].implementer == implementer &&
		    products[i].id == id)
			return &products[i];
	return NULL;
}

bool smn_iidr_nests(uint32_t iidr)
{
	const struct product *p = product_of(iidr);

	return !p || (part("IIDR", iidr, "Variant") >= p->variant &&
		      part("IIDR", iidr, "Revision") >= p->revision);
}

const char *smn_iidr_name(uint32_t iidr, char buf[SMN_ID_NAME])
{
	unsigned int implementer = part("IIDR", iidr, "Implementer");
	const struct product *product = product_of(iidr);
	char who[20], what[20];

	if (!iidr)
		return NULL;
	snprintf(who, sizeof(who), "implementer 0x%03x", implementer);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(implementers); i++)
		if (implementers[i].id == implementer)
			snprintf(who, sizeof(who), "%s", implementers[i].name);
	if (product)
		snprintf(what, sizeof(what), "%s", product->name);
	else
		snprintf(what, sizeof(what), "product 0x%03x",
			 part("IIDR", iidr, "ProductID"));
	snprintf(buf, SMN_ID_NAME, "%s %s r%up%u", who, what,
		 part("IIDR", iidr, "Variant"), part("IIDR", iidr, "Revision"));
	return buf;
}

const char *smn_aidr_name(uint32_t aidr, char buf[SMN_ID_NAME])
{
	/* major revisions count from SMMUv3 */
	snprintf(buf, SMN_ID_NAME, "SMMUv%u.%u",
		 3 + part("AIDR", aidr, "ArchMajorRev"),
		 part("AIDR", aidr, "ArchMinorRev"));
	return buf;
}
