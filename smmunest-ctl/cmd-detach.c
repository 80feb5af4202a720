// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detach: take the device out of nested use, at rest or at work, and look from
 * every side whether the kernel keeps its promises on the way. What it takes to
 * have the device back is on the session's stack, below all else.
 */
#include <errno.h>
#include <string.h>

#include <linux/vfio.h>

#include "detach.h"

#define BACK_MS 60000

enum { OPT_VIA = 0x200, OPT_WHILE, OPT_REPEAT, OPT_OTHER };

static const struct argp_option options[] = {
	{ "via", OPT_VIA, "WAY", 0, "how it is taken away: ioctl (default), "
	  "unbind, remove, unplug", 0 },
	{ "while", OPT_WHILE, "STATE", 0, "what the device does then: idle "
	  "(default), dma, faulting", 0 },
	{ "repeat", OPT_REPEAT, "N", 0, "attach and detach N times", 0 },
	{ "beside", OPT_OTHER, "BDF", 0, "with another device on the same "
	  "vIOMMU, which has to stay undisturbed", 0 },
	{ "dma", OPT_DMA, "SOURCE", 0, "who moves memory, of those that tell "
	  "when: auto (default), edu, nvme", 0 },
	{ "bits", OPT_BITS, "N", 0, "how many bits of address the device "
	  "has (default: its source's)", 0 },
	VDEVICE_OPTIONS,
	S1_OPTIONS,
	{ 0 },
};

static const char *const states[DETACH_NSTATES] = {
#define X(state, name) name,
	DETACH_STATES(X)
#undef X
};

static const char *state_name(enum detach_state state)
{
	return states[state];
}

static enum smn_way parse_way(const char *arg, struct argp_state *state)
{
	for (enum smn_way w = 0; w < SMN_NWAYS; w++)
		if (!strcmp(arg, smn_way_name(w)))
			return w;
	argp_error(state, "--via: '%s' is none of ioctl, unbind, remove, "
		   "unplug", arg);
	return SMN_NWAYS;
}

static enum detach_state parse_state(const char *arg, struct argp_state *state)
{
	for (enum detach_state s = 0; s < DETACH_NSTATES; s++)
		if (!strcmp(arg, state_name(s)))
			return s;
	argp_error(state, "--while: '%s' is none of idle, dma, faulting", arg);
	return DETACH_NSTATES;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct detach_opts *o = ctl->opts;
	error_t ret;

	switch (key) {
	case OPT_VIA:
		o->way = parse_way(arg, state);
		return 0;
	case OPT_WHILE:
		o->state = parse_state(arg, state);
		return 0;
	case OPT_REPEAT:
		o->bed.repeat = ctl_number(state, "--repeat", arg, 1, 1000000);
		return 0;
	case OPT_OTHER:
		if (smn_bdf_parse(arg, o->other))
			argp_error(state, "--beside: '%s' is not a PCI address "
				   "like 0000:01:00.0", arg);
		return 0;
	}
	ret = bed_parse(&o->bed, key, arg, state);
	o->bed.plan.plan.upto = SMN_UPTO_ATTACH;
	return ret;
}

/* --- what there is before the checks --- */

static void observe(struct ctl *ctl, const struct smn_call *call)
{
	struct detach_opts *o = ctl->opts;

	watch_call(&o->scene.watch, call);
}

static int bring_back(struct smn_session *session, void *ctx)
{
	struct smn_why why;

	(void)session;
	return smn_removal_undo(ctx, BACK_MS, &why);
}

static enum status plan_removal(struct ctl *ctl, struct detach_opts *o)
{
	struct scene *s = &o->scene;
	struct smn_why why = { "" };
	int ret;

	if (ctl->on_model && o->way != SMN_WAY_IOCTL)
		return ctl_no(ctl, CTL_SKIPPED, "detach.model",
			      &(struct smn_why){ "a model has no driver core "
						 "that takes devices away" },
			      &(struct smn_why){ "--via=ioctl" });
	ret = smn_removal_plan(&ctl->sys, o->bed.pci.bdf, o->way,
			       &s->removal, &why);
	if (ret == -ENOENT)
		return ctl_no(ctl, CTL_SKIPPED, "detach.way", &why,
			      &(struct smn_why){ "--via=remove, or put it into "
						 "a slot with hot-plug" });
	if (ret)
		return ctl_driver_no(ctl, ret, &why);
	ret = smn_session_later(&ctl->session, bring_back, &s->removal);
	if (!ret)
		return CTL_OK;
	smn_removal_undo(&s->removal, BACK_MS, &why);
	return ctl_refused(ctl, ret);
}

static enum status build(struct ctl *ctl, struct detach_opts *o)
{
	struct scene *s = &o->scene;
	enum status status;

	if (o->state == DETACH_IDLE) {
		s->plan = &o->bed.plan.plan;
		s->nest = &s->idle;
		plan_for(&o->bed.plan, &o->bed.pci);
		return plan_build(ctl, s->plan, s->nest);
	}
	status = bed_build(ctl, &o->bed);
	if (status)
		return status;
	s->bed = &o->bed.bed;
	s->plan = &s->bed->setup.plan;
	s->nest = &s->bed->nest;
	if (s->bed->dma.source->begin)
		return CTL_OK;
	smn_why_set(&s->why, "%s cannot move memory while something else "
		    "happens", s->bed->dma.source->name);
	return ctl_no(ctl, CTL_SKIPPED, "detach.source", &s->why,
		      &(struct smn_why){ "--while=idle, or an edu or nvme "
					 "device" });
}

/* A channel of one interrupt, which not every device has. */
static int arm(struct scene *s, uint32_t index)
{
	struct smn_session *session = &s->ctl->session;
	uint32_t n = 0;
	int fd = -1;

	if (smn_irq_count(session, &s->nest->dev, index, &n) || !n ||
	    smn_irq_arm(session, &s->nest->dev, index, 0, &fd))
		return -1;
	return fd;
}

static void listen_all(struct scene *s)
{
	s->watch.req = arm(s, VFIO_PCI_REQ_IRQ_INDEX);
	s->watch.err = arm(s, VFIO_PCI_ERR_IRQ_INDEX);
	s->msi = s->bed && s->bed->rings && s->bed->dma.source->msi ?
		arm(s, s->bed->dma.source->irq_index) : -1;
	s->watch.events = s->bed ? &s->bed->events : NULL;
}

static enum status open_other(struct ctl *ctl, struct detach_opts *o)
{
	struct smn_session *session = &ctl->session;
	struct scene *s = &o->scene;
	struct other *other = &s->other;
	int ret = smn_pci_read(&ctl->sys, o->other, &other->pci);

	if (ret)
		return ctl_absent(ctl, o->other, ret);
	ret = smn_device_open(session, other->pci.cdev, &other->dev);
	if (!ret)
		ret = smn_vdevice_alloc(session, s->nest->viommu,
					other->dev.id, other->pci.rid,
					&other->vdevice);
	if (!ret)
		ret = smn_s1_alloc(session, other->dev.id, s->nest->viommu,
				   s->plan->ste, 0, &other->s1);
	if (!ret)
		ret = smn_device_attach(session, &other->dev, other->s1);
	return ret ? ctl_refused(ctl, ret) : CTL_OK;
}

/* --- once, and again --- */

static void take_stock(struct scene *s, const struct detach_opts *o)
{
	const bool there[] = {
		o->way != SMN_WAY_IOCTL,
		s->bed, o->state == DETACH_FAULTING, s->msi >= 0,
		!s->plan->no_vdevice, s->bed || s->plan->bytes, o->other[0],
		s->watch.hears, s->watch.log.sys,
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(there); i++)
		s->has |= there[i] ? 1u << i : 0;
}

static enum status watched(struct ctl *ctl, struct detach_opts *o)
{
	struct scene *s = &o->scene;
	enum status status = plan_removal(ctl, o);

	if (!status)
		status = build(ctl, o);
	if (!status && o->other[0])
		status = open_other(ctl, o);
	if (status)
		return status;
	listen_all(s);
	take_stock(s, o);
	status = detach_check(s);
	if (s->bed)
		doc_add(ctl->result, "under_way",
			json_object_new_boolean(s->under_way));
	return status;
}

static enum status once(struct ctl *ctl, struct detach_opts *o)
{
	struct scene *s = &o->scene;
	enum status status;

	*s = (struct scene){ .ctl = ctl, .way = o->way, .state = o->state,
			     .msi = -1,
			     .mark = smn_session_mark(&ctl->session) };
	doc_add(ctl->result, "checks", json_object_new_array());
	watch_open(ctl, &s->watch);
	ctl->observe = observe;
	status = watched(ctl, o);
	ctl->observe = NULL;
	watch_close(&s->watch);
	return status;
}

/* What there is after a round is what there was after the first one. */
static enum status compare_rounds(struct ctl *ctl, struct detach_opts *o)
{
	struct smn_why why = { "" };
	bool nothing = leftover_tell(ctl, o->first, o->last, &why);

	detach_add_check(ctl, "nothing is left behind", nothing, &why);
	return nothing ? CTL_OK : CTL_FAILED;
}

static enum status run(struct ctl *ctl)
{
	struct detach_opts *o = ctl->opts;
	enum status status = ctl_open_device(ctl, &o->bed.pci);
	uint64_t done = 0;

	if (status)
		return status;
	doc_add_str(ctl->result, "via", smn_way_name(o->way));
	doc_add_str(ctl->result, "while", state_name(o->state));
	while (!status && done < o->bed.repeat && !stop_signal()) {
		/* its node may have another name by now */
		if (done)
			status = ctl_ready_device(ctl, &o->bed.pci);
		if (!status)
			status = once(ctl, o);
		leftover_count(ctl, done++ ? o->last : o->first);
	}
	if (o->bed.repeat < 2)
		return status;
	doc_add_int(ctl->result, "repeated", done);
	return status || done < 2 ? status : compare_rounds(ctl, o);
}

const struct cmd cmd_detach = {
	.name = "detach", .group = "act", .args = "[BDF] [STE-FIELD=VALUE...]",
	.doc = "take the device out of nested use, watching",
	.options = options, .parse = parse, .run = run,
	.opts_size = sizeof(struct detach_opts),
};
