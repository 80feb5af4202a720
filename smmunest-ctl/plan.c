// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that every nesting command has, and building what they say. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

void plan_init(struct plan_opts *p)
{
	*p = (struct plan_opts){ .plan = { .upto = SMN_UPTO_S1 } };
	smn_memory_parse(DEFAULT_MEMORY, &p->plan.bytes, &p->plan.ipa);
}

static void parse_memory(struct plan_opts *p, const char *arg,
			 struct argp_state *state)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	if (smn_memory_parse(arg, &p->plan.bytes, &p->plan.ipa))
		argp_error(state, "--memory: '%s' is not SIZE[K|M|G][@IPA]",
			   arg);
	if ((p->plan.bytes | p->plan.ipa) & (page - 1))
		argp_error(state,
			   "--memory: '%s' is not a multiple of the page "
			   "size, %" PRIu64,
			   arg, page);
}

static void parse_assignment(struct plan_opts *p, const char *arg,
			     struct argp_state *state)
{
	struct smn_why why;

	if (p->ste_raw)
		argp_error(state, "--ste and '%s' exclude each other", arg);
	/* named fields mean an entry in use, unless V=0 says otherwise */
	if (!p->ste_named)
		smn_layout_assign(&smn_vste, p->plan.ste, "V=1", NULL);
	p->ste_named = true;
	if (smn_layout_assign_once(&smn_vste, p->plan.ste, p->ste_seen, arg,
				   &why))
		argp_error(state, "%s", why.text);
}

error_t plan_parse(struct plan_opts *p, int key, char *arg,
		   struct argp_state *state)
{
	switch (key) {
	case OPT_STE:
		if (p->ste_named)
			argp_error(state,
				   "--ste and NAME=VALUE exclude each other");
		p->ste_raw = true;
		if (smn_words_parse(arg, p->plan.ste, 2) != 2)
			argp_error(state, "--ste: '%s' is not W0,W1", arg);
		return 0;
	case OPT_VSID:
		p->vsid_given = true;
		p->plan.no_vdevice = !strcmp(arg, "none");
		/* virt_id has 64 bits, commands and events carry 32 */
		if (!p->plan.no_vdevice)
			p->plan.vsid = ctl_number(state, "--vsid", arg, 0,
						  UINT32_MAX);
		return 0;
	case OPT_VEVENTQ:
		p->plan.veventq = true;
		return 0;
	case OPT_FAULTQ:
		p->plan.faultq = true;
		return 0;
	case OPT_MEMORY:
		parse_memory(p, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (!strchr(arg, '='))
			argp_error(state,
				   "'%s' is neither a PCI address nor an STE "
				   "field's NAME=VALUE",
				   arg);
		parse_assignment(p, arg, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

void plan_for(struct plan_opts *p, const struct smn_pci *pci)
{
	p->plan.cdev = pci->cdev;
	if (!p->vsid_given)
		p->plan.vsid = pci->rid;
	/* without a word about it, what needs nothing in memory */
	if (!p->ste_named && !p->ste_raw) {
		smn_layout_assign(&smn_vste, p->plan.ste, "V=1", NULL);
		smn_layout_assign(&smn_vste, p->plan.ste, "Cfg=bypass", NULL);
	}
}

static struct json_object *doc_step(const struct smn_step *step)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "object", step->object);
	doc_add_str(o, "op", smn_op(step->op)->name);
	if (step->err)
		doc_add(o, "id", NULL);
	else
		doc_add_int(o, "id", step->id);
	doc_add_int(o, "ns", step->ns);
	doc_add_int(o, "errno", -step->err);
	return o;
}

void plan_add_steps(struct ctl *ctl, const struct smn_nest *nest)
{
	struct json_object *steps = json_object_new_array();

	for (unsigned int i = 0; i < nest->nsteps; i++)
		json_object_array_add(steps, doc_step(&nest->steps[i]));
	doc_add(ctl->result, "steps", steps);
}

enum status plan_build(struct ctl *ctl, const struct smn_plan *plan,
		       struct smn_nest *nest)
{
	int ret = smn_nest_build(&ctl->session, plan, nest);

	plan_add_steps(ctl, nest);
	return ret ? ctl_refused(ctl, ret) : CTL_OK;
}
