/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel accepts from a user: stream table entries for
 * IOMMU_HWPT_ALLOC, commands for IOMMU_HWPT_INVALIDATE. Masks are computed
 * from the field rows and the SMMU's features, never written down.
 */
#ifndef SMN_ABI_RULES_H
#define SMN_ABI_RULES_H

#include "arch/field.h"

/* One thing that is wrong with a word. */
struct smn_violation {
	const char *id;			/* "ste.user", "cmd.value", ... */
	struct smn_why why;
};

#define SMN_MAX_VIOLATIONS 64	/* more than any layout has fields */

struct smn_violations {
	unsigned int n;
	struct smn_violation v[SMN_MAX_VIOLATIONS];
};

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

/* The bits of word @i that a user may set, given the SMMU's features. */
uint64_t smn_rules_allowed(const struct smn_layout *l, unsigned int i,
			   smn_feats feats);

#endif
