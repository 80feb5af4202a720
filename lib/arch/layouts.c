// SPDX-License-Identifier: GPL-2.0-or-later
/* All tables together. */
#include <string.h>
#include <strings.h>

#include "arch/field.h"

const struct smn_layout *smn_layout_by_name(const char *name)
{
	if (!strcasecmp(name, smn_ste.name))
		return &smn_ste;
	for (unsigned int i = 0; i < SMN_NREGS; i++)
		if (!strcasecmp(name, smn_idrs[i].name))
			return &smn_idrs[i];
	return smn_cmd_by_name(name, strlen(name));
}
