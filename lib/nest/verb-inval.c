// SPDX-License-Identifier: GPL-2.0-or-later
/* inval COMMAND...: one batch, to the vIOMMU */
#include <stdio.h>

#include "nest/verb.h"

/* Each command is looked at, so that its column is known. */
static int parse_command(struct smn_verb *v, struct smn_word w)
{
	char word[SMN_VERB_WORD];
	uint64_t cmd[2];
	struct smn_why why;

	smn_verb_copy(w, word);
	word[strcspn(word, "*")] = '\0';
	if ((word[0] < '0' || word[0] > '9') && smn_cmd_parse(word, cmd, &why))
		return smn_script_wrong(v->r, w, "%s", why.text);
	return 0;
}

static int read_inval(struct smn_verb *v, struct smn_word w)
{
	char cmds[SMN_VERB_TEXT - 64] = "";
	size_t have = 0;
	int ret;

	if (!smn_verb_slot(v, "viommu"))
		return smn_script_wrong(v->r, v->verb,
					"there is no viommu yet: alloc");
	if (!w.len)
		return smn_script_wrong(v->r, w, "inval which commands?");
	for (; w.len; w = smn_word_after(w)) {
		ret = parse_command(v, w);
		if (ret)
			return ret;
		have += snprintf(cmds + have, sizeof(cmds) - have, "%s%.*s",
				 have ? "," : "", w.len, w.at);
		if (have >= sizeof(cmds))
			return smn_script_wrong(v->r, w, "that is too much");
	}
	return smn_verb_request(v, "hwpt-invalidate hwpt_id=viommu cmds=%s",
				cmds);
}

const struct smn_verb_row smn_verb_inval = { "inval", read_inval, false };
