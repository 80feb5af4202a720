// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detach: take the device out of nested use and look whether the kernel keeps
 * its promises on the way. One row a check.
 */
#include <errno.h>
#include <string.h>

#include "ctl.h"

enum { OPT_VIA = 0x200, OPT_WHILE, OPT_REPEAT };

static const struct argp_option options[] = {
	{ "via", OPT_VIA, "WAY", 0, "how it is taken away: ioctl (default)",
	  0 },
	{ "while", OPT_WHILE, "STATE", 0,
	  "what the device does then: idle (default)", 0 },
	{ "repeat", OPT_REPEAT, "N", 0, "attach and detach N times", 0 },
	VDEVICE_OPTIONS,
	S1_OPTIONS,
	{ 0 },
};

struct detach_opts {
	struct plan_opts plan;
	uint64_t repeat;
	uint64_t start;
	struct json_object *timeline;
};

static void only(struct argp_state *state, const char *option, const char *arg,
		 const char *value)
{
	if (strcmp(arg, value))
		argp_error(state,
			   "%s: '%s' is not what this version can do: %s",
			   option, arg, value);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct detach_opts *o = ctl->opts;

	switch (key) {
	case ARGP_KEY_INIT:
		plan_init(&o->plan);
		o->plan.plan.upto = SMN_UPTO_ATTACH;
		o->repeat = 1;
		return 0;
	case OPT_VIA:
		only(state, "--via", arg, "ioctl");
		return 0;
	case OPT_WHILE:
		only(state, "--while", arg, "idle");
		return 0;
	case OPT_REPEAT:
		o->repeat = ctl_number(state, "--repeat", arg, 1, 1000000);
		return 0;
	case ARGP_KEY_ARG:
		if (ctl_take_bdf(ctl, arg))
			return 0;
		break;
	}
	return plan_parse(&o->plan, key, arg, state);
}

/* --- the time line: every ioctl, in ns since the start --- */

static void observe(struct ctl *ctl, const struct smn_call *call)
{
	const struct detach_opts *o = ctl->opts;
	struct json_object *row = json_object_new_object();
	char what[96];

	snprintf(what, sizeof(what), "%s %s", smn_op(call->op)->name,
		 call->err ? smn_errno_name(call->err) : "ok");
	doc_add_int(row, "ns", call->span.start - o->start);
	doc_add_str(row, "source", "ioctl");
	doc_add_str(row, "what", what);
	doc_add_int(row, "took_ns", call->span.ns);
	json_object_array_add(o->timeline, row);
}

/* --- the checks --- */

/* What a check works on, and what it says when it fails. */
struct scene {
	struct ctl *ctl;
	const struct smn_plan *plan;
	struct smn_nest *nest;
	struct smn_why why;
};

static bool answers(struct scene *s, const char *what, int ret, int expected)
{
	if (ret != expected)
		smn_why_set(&s->why, "%s: %s instead of %s", what,
			    ret ? smn_errno_name(ret) : "success",
			    expected ? smn_errno_name(expected) : "success");
	return ret == expected;
}

static bool s1_is_held(struct scene *s)
{
	return answers(s, "IOMMU_DESTROY of the attached S1",
		       smn_destroy(&s->ctl->session, s->nest->s1), -EBUSY);
}

static bool detaches(struct scene *s)
{
	return answers(s, "detach", smn_device_detach(&s->ctl->session,
						      &s->nest->dev), 0);
}

static bool detaches_again(struct scene *s)
{
	return detaches(s);
}

static bool s1_is_free(struct scene *s)
{
	return answers(s, "IOMMU_DESTROY of the detached S1",
		       smn_destroy(&s->ctl->session, s->nest->s1), 0);
}

static bool ioas_works(struct scene *s)
{
	struct smn_session *session = &s->ctl->session;
	const struct smn_plan *p = s->plan;
	int ret;

	if (!p->bytes)
		return true;
	ret = smn_ioas_unmap(session, s->nest->ioas, p->ipa, p->bytes);
	if (!answers(s, "IOMMU_IOAS_UNMAP", ret, 0))
		return false;
	ret = smn_ioas_map(session, s->nest->ioas, s->nest->memory, p->bytes,
			   p->ipa);
	return answers(s, "IOMMU_IOAS_MAP", ret, 0);
}

static bool attaches_again(struct scene *s)
{
	struct smn_session *session = &s->ctl->session;
	int ret = smn_s1_alloc(session, s->nest->dev.id, s->nest->viommu,
			       s->plan->ste, s->nest->faultq, &s->nest->s1);

	if (!answers(s, "IOMMU_HWPT_ALLOC", ret, 0))
		return false;
	ret = smn_device_attach(session, &s->nest->dev, s->nest->s1);
	return answers(s, "attach", ret, 0);
}

static bool undoes_all(struct scene *s)
{
	return answers(s, "undoing the session",
		       smn_session_unwind(&s->ctl->session, 1), 0);
}

static const struct {
	const char *name;
	bool (*holds)(struct scene *s);
} checks[] = {
	{ "an attached S1 cannot be destroyed", s1_is_held },
	{ "the device detaches", detaches },
	{ "a second detach is no error", detaches_again },
	{ "the detached S1 can be destroyed", s1_is_free },
	{ "the IOAS still maps and unmaps", ioas_works },
	{ "the device attaches again", attaches_again },
	{ "every object goes away", undoes_all },
};

static enum status check_all(struct scene *s, struct json_object *rows)
{
	enum status status = CTL_OK;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(checks); i++) {
		struct json_object *row = json_object_new_object();
		bool ok;

		s->why.text[0] = '\0';
		ok = checks[i].holds(s);
		doc_add_str(row, "name", checks[i].name);
		doc_add(row, "ok", json_object_new_boolean(ok));
		doc_add_str(row, "why", s->why.text);
		json_object_array_add(rows, row);
		if (!ok)
			status = CTL_FAILED;
	}
	return status;
}

static enum status once(struct ctl *ctl, struct detach_opts *o)
{
	struct json_object *rows = json_object_new_array();
	struct smn_nest nest;
	struct scene scene = { .ctl = ctl, .plan = &o->plan.plan,
			       .nest = &nest };
	enum status status;

	o->timeline = json_object_new_array();
	o->start = smn_sys_now(&ctl->sys);
	ctl->observe = observe;
	status = plan_build(ctl, &o->plan.plan, &nest);
	if (!status)
		status = check_all(&scene, rows);
	ctl->observe = NULL;
	doc_add(ctl->result, "timeline", o->timeline);
	doc_add(ctl->result, "checks", rows);
	return status;
}

static enum status run(struct ctl *ctl)
{
	struct detach_opts *o = ctl->opts;
	enum status status;
	struct smn_pci pci;
	uint64_t done = 0;

	status = ctl_open_device(ctl, &pci);
	if (status)
		return status;
	plan_for(&o->plan, &pci);
	while (!status && done < o->repeat && !stop_signal()) {
		status = once(ctl, o);
		done++;
	}
	if (o->repeat > 1)
		doc_add_int(ctl->result, "repeated", done);
	return status;
}

const struct cmd cmd_detach = {
	.name = "detach", .group = "act", .args = "[BDF] [STE-FIELD=VALUE...]",
	.doc = "take the device out of nested use, watching",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct detach_opts),
};
