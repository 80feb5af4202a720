/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel accepts from a user: stream table entries for
 * IOMMU_HWPT_ALLOC, commands for IOMMU_HWPT_INVALIDATE. Masks are computed
 * from the field rows and the SMMU's features, never written down.
 */
#ifndef SMN_ABI_RULES_H
#define SMN_ABI_RULES_H

#include "arch/field.h"

/* The driver issues a VM's commands in blocks: CMDQ_BATCH_ENTRIES - 1. */
#define SMN_CMD_BLOCK 63

/* One thing that is wrong with a word. */
struct smn_violation {
	const char *id;			/* "ste.user", "cmd.value", ... */
	const struct smn_field *field;	/* NULL: it is not one field alone */
	struct smn_why why;
};

#define SMN_MAX_VIOLATIONS 64	/* more than any layout has fields */

struct smn_violations {
	unsigned int n;
	struct smn_violation v[SMN_MAX_VIOLATIONS];
};

/* What a user may set in one layout. */
struct smn_rule {
	const struct smn_layout *layout;	/* NULL: it is not taken */
	uint64_t allowed[2];
	/* TG, TTL, NUM and SCALE of a range; NULL: no range is possible */
	const struct smn_field *range[4];
	const struct smn_field *sid;	/* a vSID, NULL: none */
};

/* The same for all of an SMMU, made once: answers without looking up names. */
struct smn_rules {
	smn_feats feats;
	const struct smn_field *v;	/* V of a vSTE */
	struct smn_rule vste;
	struct smn_rule cmd[SMN_CMD_OPCODE + 1];	/* by opcode */
};

void smn_rules_init(struct smn_rules *rules, smn_feats feats);

/* As smn_rules_vste() and smn_rules_cmd(), without saying why. */
bool smn_rules_vste_ok(const struct smn_rules *rules, const uint64_t ste[2]);
bool smn_rules_cmd_ok(const struct smn_rules *rules, const uint64_t cmd[2]);

/*
 * Would the kernel take this vSTE? 0 or -EIO, all reasons in @out.
 * With V=0 it takes anything (arm_smmu_validate_vste()).
 */
int smn_rules_vste(const uint64_t ste[2], smn_feats feats,
		   struct smn_violations *out);

/*
 * Would the kernel take this command, for a vSID it knows? 0 or -EIO
 * (arm_vsmmu_validate_user_cmd()).
 */
int smn_rules_cmd(const uint64_t cmd[2], smn_feats feats,
		  struct smn_violations *out);

/* Words that the kernel takes for one SMMU and refuses for another. */
struct smn_difference {
	const struct smn_layout *layout;
	const struct smn_field *field;	/* NULL: it is not one field alone */
	bool second;			/* the second one takes them */
	const char *id;			/* of the violation for the other, */
	struct smn_why why;
	uint64_t words[2];		/* and the least that shows it */
};

#define SMN_MAX_DIFFERENCES 128	/* twice what any two SMMUs have */

/*
 * All of that, each reason of each layout once, found by trying: fields alone,
 * then two together. How many there are; at most SMN_MAX_DIFFERENCES are
 * written.
 */
unsigned int smn_rules_differ(smn_feats first, smn_feats second,
			      struct smn_difference out[SMN_MAX_DIFFERENCES]);

/* The bits of word @i that a user may set, given the SMMU's features. */
uint64_t smn_rules_allowed(const struct smn_layout *l, unsigned int i,
			   smn_feats feats);

#endif
