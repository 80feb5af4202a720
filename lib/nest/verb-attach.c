// SPDX-License-Identifier: GPL-2.0-or-later
/* attach devN NAME, detach devN */
#include "nest/verb.h"

/* The device that alloc has opened; *w is what comes behind it. */
static int parse_device(struct smn_verb *v, struct smn_word *w,
			const char *usage)
{
	struct smn_word at = *w;

	if (smn_verb_device(v, w) && smn_verb_slot(v, "cdev%u", v->device))
		return 0;
	return smn_script_wrong(v->r, at, "it is: %s, of a device that alloc "
				"has opened", usage);
}

static int read_attach(struct smn_verb *v, struct smn_word w)
{
	int ret = parse_device(v, &w, "attach devN NAME");

	if (!ret)
		ret = smn_verb_name(v, w);
	if (!ret)
		ret = smn_verb_end(v, smn_word_after(w));
	return ret ? ret : smn_verb_request(v, "attach-iommufd-pt cdev%u "
					    "pt_id=%.*s", v->device, w.len,
					    w.at);
}

const struct smn_verb_row smn_verb_attach = { "attach", read_attach, false };

static int read_detach(struct smn_verb *v, struct smn_word w)
{
	int ret = parse_device(v, &w, "detach devN");

	if (!ret)
		ret = smn_verb_end(v, w);
	return ret ? ret : smn_verb_request(v, "detach-iommufd-pt cdev%u",
					    v->device);
}

const struct smn_verb_row smn_verb_detach = { "detach", read_detach, false };
