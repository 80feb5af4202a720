// SPDX-License-Identifier: GPL-2.0-or-later
/* All tables together. */
#include <string.h>
#include <strings.h>

#include "arch/field.h"

/* smn_ste comes before smn_vste: it is the one that is found by name */
static const struct smn_layout *const singles[] = {
	&smn_ste, &smn_vste, &smn_l1std, &smn_cd, &smn_l1cd, &smn_idr6,
};

const struct smn_layout *smn_layout_at(unsigned int i)
{
	if (i < SMN_ARRAY_SIZE(singles))
		return singles[i];
	i -= SMN_ARRAY_SIZE(singles);
	if (i < smn_ncmds)
		return &smn_cmds[i];
	i -= smn_ncmds;
	if (i < smn_nevts)
		return &smn_evts[i];
	i -= smn_nevts;
	return i < SMN_NREGS ? &smn_idrs[i] : NULL;
}

const struct smn_layout *smn_layout_by_name(const char *name)
{
	const struct smn_layout *l;

	for (unsigned int i = 0; (l = smn_layout_at(i)); i++)
		if (!strcasecmp(name, l->name))
			return l;
	return smn_cmd_by_name(name, strlen(name));
}

/* A record whose opcode or type no table has still has words to show. */
static const struct smn_layout unknown[SMN_KINDS] = {
	[SMN_CMD] = { .name = "unknown", .kind = SMN_CMD, .words = 2,
		      .bits = 64 },
	[SMN_EVT] = { .name = "unknown", .kind = SMN_EVT, .words = 4,
		      .bits = 64 },
	[SMN_IDR] = { .name = "unknown", .kind = SMN_IDR, .words = 1,
		      .bits = 32 },
};

const struct smn_family smn_families[SMN_KINDS] = {
	[SMN_STE] = { "ste", 8, 64, false },
	[SMN_L1STD] = { "l1std", 1, 64, false },
	[SMN_CD] = { "cd", 8, 64, false },
	[SMN_L1CD] = { "l1cd", 1, 64, false },
	[SMN_CMD] = { "cmd", 2, 64, true },
	[SMN_EVT] = { "evt", 4, 64, true },
	[SMN_IDR] = { "idr", 1, 32, true },
};

const struct smn_family *smn_family_by_name(const char *name)
{
	for (unsigned int i = 0; i < SMN_KINDS; i++)
		if (!strcasecmp(smn_families[i].name, name))
			return &smn_families[i];
	return NULL;
}

const struct smn_layout *smn_family_layout(const struct smn_family *f,
					   const uint64_t *words, size_t index)
{
	enum smn_kind kind = f - smn_families;
	const struct smn_layout *l = NULL;

	switch (kind) {
	case SMN_STE:
		return &smn_ste;
	case SMN_L1STD:
		return &smn_l1std;
	case SMN_CD:
		return &smn_cd;
	case SMN_L1CD:
		return &smn_l1cd;
	case SMN_CMD:
		l = smn_cmd_by_opcode(words[0] & SMN_CMD_OPCODE);
		break;
	case SMN_EVT:
		l = smn_evt_by_type(words[0] & SMN_EVT_TYPE);
		break;
	default:
		l = index < SMN_NREGS ? &smn_idrs[index] : NULL;
	}
	return l ? l : &unknown[kind];
}
