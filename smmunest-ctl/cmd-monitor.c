// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * monitor: everything the machine tells while devices come and go, in one time
 * line. A device that is vfio-pci's and free is opened for it, so that it can
 * be asked back and its events are heard; it is let go as soon as it is wanted.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <string.h>

#include "ctl.h"
#include "nest/vevent.h"

struct monitor {
	struct ctl *ctl;
	struct json_object *sources;
	struct smn_netlink netlink;
	struct smn_kmsg log;
	struct smn_vevents events;
	int request, error;	/* eventfds of the device, or below 0 */
	bool held;		/* the device is open */
	bool broken;		/* nobody reads what is printed */
	uint64_t start, rows;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (!ctl_take_bdf(ctl, arg))
		argp_error(state, "'%s' is not a PCI address like 0000:01:00.0",
			   arg);
	return 0;
}

/* --- who is listened to --- */

static void source(struct monitor *m, const char *name, const char *tells,
		   int err, const char *why)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "source", name);
	doc_add(o, "listening", json_object_new_boolean(!err));
	doc_add_str(o, "tells", tells);
	doc_add_str(o, "why", !err ? "" : why ? why : smn_errno_name(err));
	json_object_array_add(m->sources, o);
}

static void open_netlink(struct monitor *m)
{
	smn_netlink_open(&m->ctl->sys, &m->netlink);
	for (int i = 0; i < SMN_NWITNESSES; i++) {
		const struct smn_witness_row *row = &smn_witness_rows[i];
		int fd = m->netlink.at[i].fd;
		struct smn_why why;

		smn_why_set(&why, "the kernel has no family %s",
			    row->family ? row->family : "of uevents");
		source(m, row->name, row->tells, fd < 0 ? fd : 0,
		       fd == -ENOENT ? why.text : NULL);
	}
}

static void open_log(struct monitor *m)
{
	struct smn_why why = { "" };
	int ret = smn_kmsg_open(&m->ctl->sys, &m->log, false, &why);

	source(m, "kernel", "what SMMU, VFIO and iommufd write to the kernel's"
	       " log", ret, why.text);
}

/* The device wants to be asked back, and may fail. */
static int arm(struct monitor *m, const struct smn_device *dev, uint32_t index,
	       int *eventfd)
{
	uint32_t count = 0;
	int ret = smn_irq_count(&m->ctl->session, dev, index, &count);

	if (ret || !count)
		return ret;
	return smn_irq_arm(&m->ctl->session, dev, index, 0, eventfd);
}

static int hold_device(struct monitor *m, const struct smn_pci *pci)
{
	struct smn_session *s = &m->ctl->session;
	struct plan_opts plan = { 0 };
	struct smn_nest nest;
	int ret;

	plan_init(&plan);
	plan_for(&plan, pci);
	plan.plan.upto = SMN_UPTO_ATTACH;
	plan.plan.veventq = true;
	m->ctl->in_session = m->held = true;
	ret = smn_session_open(s, &m->ctl->sys);
	if (!ret)
		ret = smn_nest_build(s, &plan.plan, &nest);
	if (!ret)
		ret = arm(m, &nest.dev, VFIO_PCI_REQ_IRQ_INDEX, &m->request);
	if (!ret)
		ret = arm(m, &nest.dev, VFIO_PCI_ERR_IRQ_INDEX, &m->error);
	if (!ret)
		smn_vevents_start(&m->events, s, nest.veventq_fd);
	return ret;
}

static void let_go(struct monitor *m)
{
	smn_session_close(&m->ctl->session);
	m->ctl->in_session = m->held = false;
	m->request = m->error = m->events.fd = -EBADF;
}

static enum status open_device(struct monitor *m)
{
	struct smn_why why = { "" };
	struct smn_pci pci;
	enum status status = ctl_device(m->ctl, &pci);
	int ret = -ENODEV;

	if (status)
		return status;
	if (m->ctl->on_model)
		smn_why_set(&why, "on a model nobody else does anything");
	else if (strcmp(pci.driver, SMN_VFIO_PCI) || !pci.cdev[0])
		smn_why_set(&why, "%s is not " SMN_VFIO_PCI "'s: smmunest-ctl "
			    "bind %s", pci.bdf, pci.bdf);
	else if (!smn_cdev_holder(&m->ctl->sys, pci.cdev, &why))
		ret = -EBUSY;
	else
		ret = hold_device(m, &pci);
	source(m, "vfio", "that the device is wanted back, or failed", ret,
	       why.text[0] ? why.text : NULL);
	source(m, "vevent", "what the SMMU tells of the device's DMA", ret,
	       why.text[0] ? why.text : NULL);
	if (ret && m->held)
		let_go(m);
	return CTL_OK;
}

/* --- the time line --- */

static void add(struct monitor *m, const struct smn_event *e)
{
	struct json_object *row = json_object_new_object();

	doc_add_str(row, "event", "row");
	doc_add_int(row, "ns", e->ns - m->start);
	doc_add_str(row, "source", e->source);
	doc_add_str(row, "action", e->action);
	doc_add_str(row, "device", e->device);
	doc_add_str(row, "what", e->what);
	m->rows++;
	if (!live_row(m->ctl, row))
		m->broken = true;
}

static void hear(void *ctx, const struct smn_event *e)
{
	add(ctx, e);
}

static void add_own(struct monitor *m, const char *from, const char *action,
		    const char *what)
{
	struct smn_event e = { .source = from,
			       .ns = smn_sys_now(&m->ctl->sys) };

	snprintf(e.action, sizeof(e.action), "%s", action);
	snprintf(e.device, sizeof(e.device), "%s", m->ctl->bdf);
	snprintf(e.what, sizeof(e.what), "%.159s", what);
	add(m, &e);
}

static void read_log(struct monitor *m)
{
	struct smn_kmsg_seen seen;
	struct smn_event e = { .source = "kernel" };
	int ret;

	if (m->log.fd < 0)
		return;
	ret = smn_kmsg_read(&m->log, &seen);
	e.ns = smn_sys_now(&m->ctl->sys);
	for (unsigned int i = 0; i < seen.n; i++) {
		snprintf(e.action, sizeof(e.action), "%s",
			 smn_kmsg_rows[seen.line[i].kind].id);
		snprintf(e.what, sizeof(e.what), "%.159s", seen.line[i].text);
		add(m, &e);
	}
	if (seen.lost || seen.dropped || ret) {
		snprintf(e.action, sizeof(e.action), SMN_EVENT_LOST);
		snprintf(e.what, sizeof(e.what), "%s",
			 "lines of the log are missing");
		add(m, &e);
	}
	if (ret)
		smn_kmsg_close(&m->log);
}

static void read_events(struct monitor *m)
{
	struct smn_vevent e;
	char what[160];

	while (!m->broken && smn_vevents_next(&m->events, 0, &e) == 0) {
		if (e.missing) {
			snprintf(what, sizeof(what), "%u events are missing",
				 e.missing);
			add_own(m, "vevent", SMN_EVENT_LOST, what);
		}
		snprintf(what, sizeof(what), "%016llx %016llx %016llx %016llx",
			 (unsigned long long)e.words[0],
			 (unsigned long long)e.words[1],
			 (unsigned long long)e.words[2],
			 (unsigned long long)e.words[3]);
		if (!e.lost)
			add_own(m, "vevent", "event", what);
	}
}

static bool rang(struct monitor *m, int eventfd)
{
	uint64_t count;

	return eventfd >= 0 &&
		!smn_irq_wait(&m->ctl->session, eventfd, 0, &count);
}

static void read_device(struct monitor *m)
{
	if (!m->held)
		return;
	read_events(m);
	if (rang(m, m->error))
		add_own(m, "vfio", "error", "the device reports an error");
	if (!rang(m, m->request))
		return;
	add_own(m, "vfio", "request", "somebody wants the device back");
	let_go(m);
	add_own(m, "vfio", "closed", "so we have let it go");
}

static unsigned int files(const struct monitor *m, int fds[])
{
	unsigned int n = 0;

	for (int i = 0; i < SMN_NWITNESSES; i++)
		fds[n++] = m->netlink.at[i].fd;
	fds[n++] = m->log.fd;
	fds[n++] = m->request;
	fds[n++] = m->error;
	fds[n++] = m->events.fd;
	return n;
}

static void watch(struct monitor *m)
{
	int fds[SMN_NWITNESSES + 4];

	while (!m->broken && !stop_signal()) {
		stop_wait_for(fds, files(m, fds));
		smn_netlink_read(&m->netlink, hear, m);
		read_log(m);
		read_device(m);
	}
}

static enum status run(struct ctl *ctl)
{
	struct monitor m = { .ctl = ctl, .request = -EBADF, .error = -EBADF,
			     .events = { .fd = -EBADF },
			     .sources = json_object_new_array() };
	enum status status = CTL_OK;

	/* before the device is touched, so that this is heard, too */
	m.start = smn_sys_now(&ctl->sys);
	open_netlink(&m);
	open_log(&m);
	if (ctl->bdf[0])
		status = open_device(&m);
	if (status) {
		json_object_put(m.sources);
	} else {
		live_begin(ctl, m.sources);
		watch(&m);
		live_end(ctl, m.rows, ctl_exit(CTL_OK));
	}
	if (m.log.fd >= 0)
		smn_kmsg_close(&m.log);
	smn_netlink_close(&m.netlink);
	return status;
}

const struct cmd cmd_monitor = {
	.name = "monitor", .group = "look", .args = "[BDF]",
	.doc = "uevents, devlink, the kernel's log and more: one time line",
	.parse = parse, .run = run,
};
