// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which stream table entries the kernel takes: each field of the two words by
 * its bits, and values that matter by name.
 */
#include <errno.h>
#include <stdio.h>

#include "cases/case.h"

/* A nested HWPT of these words, if it is to be had, and gone again. */
static bool attempt(struct trial *t, const uint64_t ste[2], int expected)
{
	struct iommu_hwpt_alloc arg = {
		.size = sizeof(arg), .dev_id = trial_id(t, "dev"),
		.pt_id = trial_id(t, "viommu"),
		.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3,
		.data_len = 2 * sizeof(*ste), .data_uptr = (uintptr_t)ste,
	};
	struct iommu_destroy destroy = { .size = sizeof(destroy) };
	int fd = trial_fd(t, "iommufd");

	if (!trial_ioctl(t, SMN_IOMMU_HWPT_ALLOC, fd, &arg, expected))
		return false;
	destroy.id = arg.out_hwpt_id;
	return expected ||
		trial_ioctl(t, SMN_IOMMU_DESTROY, fd, &destroy, 0);
}

/* These bits one after the other, on top of V=1 Cfg=s1. */
static void each_bit(struct trial *t, unsigned int word, uint64_t bits)
{
	smn_feats feats = trial_hw(t)->feats;
	struct smn_violations bad;

	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t ste[2] = { 0 };

		if (!(bits >> bit & 1))
			continue;
		smn_layout_parse(&smn_vste, ste, "V=1,Cfg=s1", NULL);
		ste[word] ^= 1ULL << bit;
		if (!attempt(t, ste, smn_rules_vste(ste, feats, &bad)))
			return;
	}
}

static void sweep_field(struct trial *t, const struct test_case *c)
{
	const struct smn_field *f = c->with;

	each_bit(t, f->word, smn_field_mask(f));
}

static void sweep_rest(struct trial *t, const struct test_case *c)
{
	unsigned int word = c->number;

	each_bit(t, word, ~smn_layout_known(&smn_vste, word));
}

/* Every value there is; which are legal, the table says. */
static void each_value(struct trial *t, const struct test_case *c)
{
	const struct smn_field *f = smn_layout_field(&smn_vste, c->with,
						     c->number);
	smn_feats feats = trial_hw(t)->feats;
	struct smn_violations bad;

	for (uint64_t v = 0; v < 1ULL << f->width; v++) {
		uint64_t ste[2] = { 0 };

		smn_layout_parse(&smn_vste, ste, "V=1,Cfg=s1", NULL);
		smn_field_put(f, ste, v, NULL);
		if (!attempt(t, ste, smn_rules_vste(ste, feats, &bad)))
			return;
	}
}

/* With V=0 the kernel looks at nothing else. */
static void each_bit_invalid(struct trial *t, const struct test_case *c)
{
	for (unsigned int bit = c->number; bit < 128; bit += 3) {
		uint64_t ste[2] = { 0 };

		ste[bit / 64] = 1ULL << bit % 64;
		if (!attempt(t, ste, 0))
			return;
	}
}

/* All that a user may set, at once. */
static void all_allowed(struct trial *t, const struct test_case *c)
{
	smn_feats feats = trial_hw(t)->feats;
	uint64_t ste[2];

	(void)c;
	for (unsigned int i = 0; i < 2; i++)
		ste[i] = smn_rules_allowed(&smn_vste, i, feats);
	smn_layout_assign(&smn_vste, ste, "Cfg=s1", NULL);
	smn_layout_assign(&smn_vste, ste, "EATS=full", NULL);
	attempt(t, ste, 0);
}

/* The ABI as numbers: the tables cannot be wrong together with themselves. */
static void masks(struct trial *t, const struct test_case *c)
{
	static const uint64_t expected[2] = { 0xf80fffffffffffff,
					      0x00000000380000ff };
	smn_feats feats = trial_hw(t)->feats;

	(void)c;
	for (unsigned int i = 0; i < 2; i++)
		trial_check(t, smn_rules_allowed(&smn_vste, i, feats) ==
			    expected[i], "word %u: the tables allow 0x%llx, "
			    "the ABI 0x%llx", i, (unsigned long long)
			    smn_rules_allowed(&smn_vste, i, feats),
			    (unsigned long long)expected[i]);
}

#define TAKEN(name, ste) \
	LINES(VIOMMU, name, "let a = hwpt-alloc dev_id=dev pt_id=viommu ste=" \
	      ste "\ndestroy id=a\n")
#define BAD(name, ste) \
	LINES(VIOMMU, name, "expect EIO s1.ste\n" \
	      "hwpt-alloc dev_id=dev pt_id=viommu ste=" ste "\n")
#define VALUES(field) \
	FUNCTION(VIOMMU, "values." field, each_value, .with = field, \
		 .number = sizeof(field) - 1)

static const struct test_case rows[] = {
	TAKEN("abort", "Cfg=abort"), TAKEN("bypass", "Cfg=bypass"),
	TAKEN("s1", "Cfg=s1"), BAD("s2", "Cfg=s2"),
	BAD("nested", "Cfg=nested"), BAD("cfg-1", "Cfg=1"),
	BAD("cfg-2", "Cfg=2"), BAD("cfg-3", "Cfg=3"),
	TAKEN("eats-off", "Cfg=s1,EATS=off"),
	TAKEN("eats-full", "Cfg=s1,EATS=full"),
	BAD("eats-split", "Cfg=s1,EATS=split"),
	BAD("eats-dpt", "Cfg=s1,EATS=dpt"),
	BAD("eats-split-of-bypass", "Cfg=bypass,EATS=split"),
	BAD("mev", "Cfg=s1,MEV=1"), BAD("mev-of-abort", "Cfg=abort,MEV=1"),
	BAD("mev-of-bypass", "Cfg=bypass,MEV=1"),
	TAKEN("invalid", "V=0"),
	TAKEN("invalid-s2", "V=0,Cfg=s2,MEV=1"),
	TAKEN("invalid-all-ones", "0xfffffffffffffffe,0xffffffffffffffff"),
	BAD("all-ones", "0xffffffffffffffff,0xffffffffffffffff"),
	TAKEN("largest-pointer", "Cfg=s1,S1ContextPtr=0xfffffffffffc0"),
	BAD("pointer-bit-52", "0x001000000000000b,0"),
	TAKEN("beyond-ssidsize", "Cfg=s1,S1CDMax=31"),
	TAKEN("reserved-s1fmt", "Cfg=s1,S1Fmt=3"),
	TAKEN("reserved-s1dss", "Cfg=s1,S1DSS=3"),
	TAKEN("stalld", "Cfg=s1,S1STALLD=1"),
	TAKEN("abort-with-rest", "Cfg=abort,S1ContextPtr=0x1000,S1CDMax=3"),
	TAKEN("bypass-with-rest", "Cfg=bypass,S1CIR=1,S1COR=1,S1CSH=3"),
	VALUES("Cfg"), VALUES("EATS"), VALUES("S1Fmt"), VALUES("S1DSS"),
	VALUES("S1CIR"), VALUES("S1COR"), VALUES("S1CSH"), VALUES("S1CDMax"),
	FUNCTION(VIOMMU, "invalid-bits-0", each_bit_invalid, .number = 1),
	FUNCTION(VIOMMU, "invalid-bits-1", each_bit_invalid, .number = 2),
	FUNCTION(VIOMMU, "invalid-bits-2", each_bit_invalid, .number = 3),
	FUNCTION(VIOMMU, "all-allowed", all_allowed),
	FUNCTION(VIOMMU, "masks", masks),
	FUNCTION(VIOMMU, "reserved-0", sweep_rest, .number = 0),
	FUNCTION(VIOMMU, "reserved-1", sweep_rest, .number = 1),
};

/* One sweep a field. */
static bool more(unsigned int i, struct test_case *c)
{
	if (i >= smn_vste.nfields)
		return false;
	*c = (struct test_case)FUNCTION(VIOMMU, "", sweep_field,
					.with = &smn_vste.fields[i]);
	snprintf(c->name, sizeof(c->name), "bits.%s", smn_vste.fields[i].name);
	return true;
}

TOPIC(vste, rows, .more = more);
