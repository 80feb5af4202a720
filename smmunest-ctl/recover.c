// SPDX-License-Identifier: GPL-2.0-or-later
/* Undoing what killed commands left: by the way, or as it was asked for. */
#include <errno.h>

#include "ctl.h"

static void tell(void *ctx, const struct smn_recovered *r)
{
	struct ctl *ctl = ctx;

	if (r->err)
		ctl_say(ctl, "a killed command left %s half done, and it cannot"
			" be undone: %s (%s)", r->bdf, r->why.text,
			smn_errno_name(r->err));
	else
		ctl_say(ctl, "undid what a killed command left half done: %s "
			"has %s", r->bdf, r->gone ? "gone" : r->driver[0] ?
			r->driver : "no driver");
}

/* Who had the kernel's memory fail, and died of it. */
static int recover_settings(struct ctl *ctl)
{
	int ret = smn_inject_recover(&ctl->sys);

	if (ret < 0)
		ctl_say(ctl, "a killed command left failslab changed, and it "
			"cannot be undone: %s", smn_errno_name(ret));
	else if (ret)
		ctl_say(ctl, "undid what a killed command left: failslab is "
			"as it was");
	return ret < 0 ? ret : 0;
}

void recover_half_done(struct ctl *ctl)
{
	/* a model has no past, and is not to change the machine it is of */
	if (ctl->on_model)
		return;
	smn_driver_recover(&ctl->sys, NULL, false, tell, ctl);
	recover_settings(ctl);
}

/* --- unbind --recover --- */

struct rows {
	struct json_object *list;
	struct smn_recovered worst;
};

static void add(void *ctx, const struct smn_recovered *r)
{
	struct json_object *o = json_object_new_object();
	struct rows *rows = ctx;

	doc_add_str(o, "bdf", r->bdf);
	doc_add_str(o, "left", r->half ? "half done" : "bound");
	doc_add_str(o, "was", r->was[0] ? r->was : "-");
	doc_add_str(o, "driver", r->err ? r->was : r->gone ? "(gone)" :
		    r->driver[0] ? r->driver : "-");
	doc_add_int(o, "errno", -r->err);
	json_object_array_add(rows->list, o);
	if (r->err)
		rows->worst = *r;
}

enum status recover_all(struct ctl *ctl, struct smn_recovered *failed)
{
	struct rows rows = { .list = json_object_new_array() };
	int ret = smn_driver_recover(&ctl->sys, ctl->bdf[0] ? ctl->bdf : NULL,
				     true, add, &rows);

	doc_add(ctl->result, "recovered", rows.list);
	*failed = rows.worst;
	if (!ret && !ctl->bdf[0])
		ret = recover_settings(ctl);
	if (ret) {
		failed->err = ret;
		smn_why_set(&failed->why, "the journal cannot be read");
	}
	return failed->err ? CTL_REFUSED : CTL_OK;
}
