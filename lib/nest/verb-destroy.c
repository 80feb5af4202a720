// SPDX-License-Identifier: GPL-2.0-or-later
/* destroy NAME: which can be another's afterwards */
#include "nest/verb.h"

static int read_destroy(struct smn_verb *v, struct smn_word w)
{
	struct smn_script *s = v->r->s;
	int ret = smn_verb_name(v, w);

	if (!ret)
		ret = smn_verb_end(v, smn_word_after(w));
	if (!ret)
		ret = smn_verb_request(v, "destroy id=%.*s", w.len, w.at);
	if (!ret)
		s->lines[s->n - 1].forgets = smn_names_find(s->names, w.at,
							    w.len);
	return ret;
}

const struct smn_verb_row smn_verb_destroy = { "destroy", read_destroy, false };
