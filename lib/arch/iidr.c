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

/* those whose errata the driver knows: arm_smmu_device_iidr_probe() */
static const struct product {
	uint16_t implementer, id;
	const char *name;
} products[] = {
	{ 0x43b, 0x483, "MMU-600" },
	{ 0x43b, 0x487, "MMU-700" },
	{ 0x43b, 0x48a, "MMU-L1" },
	{ 0x43b, 0x498, "MMU-S3" },
};

static unsigned int part(const char *layout, uint32_t reg, const char *field)
{
	const struct smn_layout *l = smn_layout_by_name(layout);
	uint64_t word = reg;

	return smn_field_get(smn_layout_field(l, field, strlen(field)), &word);
}

const char *smn_iidr_name(uint32_t iidr, char buf[SMN_ID_NAME])
{
	unsigned int implementer = part("IIDR", iidr, "Implementer");
	unsigned int product = part("IIDR", iidr, "ProductID");
	char who[20], what[20];

	if (!iidr)
		return NULL;
	snprintf(who, sizeof(who), "implementer 0x%03x", implementer);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(implementers); i++)
		if (implementers[i].id == implementer)
			snprintf(who, sizeof(who), "%s", implementers[i].name);
	snprintf(what, sizeof(what), "product 0x%03x", product);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(products); i++)
		if (products[i].implementer == implementer &&
		    products[i].id == product)
			snprintf(what, sizeof(what), "%s", products[i].name);
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
