// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What entry_num means on this kernel. Kernels differ, so it is tried rather
 * than looked up by version.
 *
 * A pair of commands whose second has an opcode that no kernel takes fails in
 * conversion, before the first is issued: trying it is harmless on every
 * kernel. The answer to [good, bad] is the index of the bad one where
 * entry_num counts what was validated, 0 where it counts what was issued. The
 * answer to [suspect, bad] tells whether the suspect was validated.
 */
#include <errno.h>

#include "smmunest.h"

#define NO_OPCODE 0xff

/* @spoil is or-ed into word 1 of the first command. */
static int probe(struct smn_session *s, uint32_t viommu, const char *command,
		 uint64_t spoil, uint32_t *handled)
{
	uint64_t pair[2][2] = { { 0 }, { NO_OPCODE } };
	int ret = smn_cmd_parse(command, pair[0], NULL);

	if (ret)
		return ret;
	pair[0][1] |= spoil;
	ret = smn_hwpt_invalidate(s, viommu, pair, 2, handled);
	return ret == -EIO && *handled < 2 ? 0 : -EPROTO;
}

int smn_accounting_probe(struct smn_session *s, uint32_t viommu,
			 struct smn_accounting *acc)
{
	uint32_t good, suspect;
	int ret;

	ret = probe(s, viommu, "tlbi-nsnh-all", 0, &good);
	if (ret)
		return ret;
	/* bit 0 of word 1 is reserved in TLBI_NH_ALL */
	ret = probe(s, viommu, "tlbi-nh-all", 1, &suspect);
	if (ret)
		return ret;
	/* a kernel that counts what was issued is newer than field checks */
	acc->counts_issued = !good;
	acc->strict = !good || !suspect;
	return 0;
}

uint32_t smn_accounting_issued(const struct smn_accounting *acc,
			       uint32_t entry_num)
{
	if (acc->counts_issued)
		return entry_num;
	return entry_num / SMN_CMD_BLOCK * SMN_CMD_BLOCK;
}
