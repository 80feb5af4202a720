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
