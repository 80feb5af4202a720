// SPDX-License-Identifier: GPL-2.0-or-later
/* bind and unbind: a device to vfio-pci and back. */
#include <errno.h>

#include "ctl.h"

enum { OPT_FORCE = 0x200, OPT_RECOVER };

static const struct argp_option bind_options[] = {
	{ "force", OPT_FORCE, NULL, 0, "also when the machine uses the device",
	  0 },
	{ 0 },
};

static const struct argp_option unbind_options[] = {
	{ "recover", OPT_RECOVER, NULL, 0, "undo what killed commands and "
	  "completed binds left; without BDF on every device", 0 },
	{ 0 },
};

struct bind_opts {
	bool force, recover;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct bind_opts *o = ctl->opts;

	switch (key) {
	case OPT_FORCE:
		o->force = true;
		return 0;
	case OPT_RECOVER:
		o->recover = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!ctl_take_bdf(ctl, arg))
			argp_error(state, "'%s' is not a PCI address like "
				   "0000:01:00.0", arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void report(struct ctl *ctl, const char *bdf, const char *from,
		   bool changed)
{
	struct smn_pci now;

	if (smn_pci_read(&ctl->sys, bdf, &now))
		return;
	ctl_describe(ctl, &now);
	doc_add(ctl->result, "changed", json_object_new_boolean(changed));
	doc_add_str(ctl->result, "was", from);
	doc_add_str(ctl->result, "driver", now.driver);
	if (now.cdev[0])
		doc_add_str(ctl->result, "cdev", now.cdev);
}

/* A signal came while the device was bound: that is undone. */
static enum status take_back(struct ctl *ctl, const struct smn_pci *pci)
{
	struct smn_why why = { "" };
	char driver[32];
	int ret = smn_driver_unbind(&ctl->sys, pci->bdf, driver,
				    sizeof(driver), &why);

	if (ret && ret != -EALREADY)
		return ctl_driver_no(ctl, ret, &why);
	report(ctl, pci->bdf, pci->driver, false);
	return CTL_OK;
}

static enum status bind(struct ctl *ctl)
{
	const struct bind_opts *o = ctl->opts;
	struct smn_why why = { "" };
	enum status status;
	struct smn_pci pci;
	int ret;

	status = ctl_device(ctl, &pci);
	if (!status && !o->force)
		status = ctl_unused(ctl, &pci);
	if (status)
		return status;
	ret = smn_driver_bind(&ctl->sys, pci.bdf, &why);
	if (ret && ret != -EALREADY)
		return ctl_driver_no(ctl, ret, &why);
	if (!ret && stop_signal())
		return take_back(ctl, &pci);
	ctl->completed = true;
	report(ctl, pci.bdf, pci.driver, ret != -EALREADY);
	return CTL_OK;
}

static enum status recover(struct ctl *ctl)
{
	struct smn_recovered r;

	return recover_all(ctl, &r) ? ctl_driver_no(ctl, r.err, &r.why) :
				      CTL_OK;
}

static enum status unbind(struct ctl *ctl)
{
	const struct bind_opts *o = ctl->opts;
	struct smn_why why = { "" };
	char driver[32];
	enum status status;
	struct smn_pci pci;
	int ret;

	if (o->recover)
		return recover(ctl);
	status = ctl_device(ctl, &pci);
	if (status)
		return status;
	ret = smn_driver_unbind(&ctl->sys, pci.bdf, driver, sizeof(driver),
				&why);
	if (ret && ret != -EALREADY)
		return ctl_driver_no(ctl, ret, &why);
	ctl->completed = true;
	report(ctl, pci.bdf, pci.driver, ret != -EALREADY);
	return CTL_OK;
}

const struct cmd cmd_bind = {
	.name = "bind", .group = "act", .args = "[BDF]",
	.doc = "give a device to vfio-pci, remembering its driver",
	.options = bind_options, .parse = parse, .run = bind,
	.opts_size = sizeof(struct bind_opts),
};

const struct cmd cmd_unbind = {
	.name = "unbind", .group = "act", .args = "[BDF]",
	.doc = "give a device back to the driver it had",
	.options = unbind_options, .parse = parse, .run = unbind,
	.opts_size = sizeof(struct bind_opts),
};
