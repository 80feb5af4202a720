// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel promises while a device is taken away, one row a check, in
 * the order of what happens: a check does a step and looks what came of it.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "detach.h"

#define ASK_MS 20000	/* until the kernel asks for the device */
#define LET_GO_MS 20000	/* from closing it until it is gone */
#define BACK_MS 60000	/* a slot may have to be filled again */
#define LOOK_MS 50
#define MOVE_MS 100	/* between two transfers, or more */
#define MOST_NUMBERS 256

static bool answers(struct scene *s, const char *what, int ret, int expected)
{
	if (ret != expected)
		smn_why_set(&s->why, "%s: %s instead of %s", what,
			    ret ? smn_errno_name(ret) : "success",
			    expected ? smn_errno_name(expected) : "success");
	return ret == expected;
}

static void tell(struct scene *s, const char *source, const char *what)
{
	watch_add(&s->watch, smn_sys_now(&s->ctl->sys), source, "%s", what);
}

/* --- before, and taking it away --- */

static bool s1_is_held(struct scene *s)
{
	return answers(s, "IOMMU_DESTROY of the attached S1",
		       smn_destroy(&s->ctl->session, s->nest->s1), -EBUSY);
}

static bool is_asked_for(struct scene *s)
{
	uint64_t end = smn_sys_now(&s->ctl->sys) + ASK_MS * 1000000ULL;
	uint64_t next = 0;
	struct watch *w = &s->watch;

	watch_add(w, smn_sys_now(&s->ctl->sys), "child", "writes %s to %s",
		  s->removal.text, s->removal.path);
	if (!answers(s, "the child", smn_removal_begin(&s->removal), 0))
		return false;
	while (!w->asked && smn_sys_now(&s->ctl->sys) < end &&
	       !stop_signal()) {
		/* a device that faults all the time would drown the rest */
		if (smn_sys_now(&s->ctl->sys) >= next) {
			detach_move(s);
			next = smn_sys_now(&s->ctl->sys) + MOVE_MS * 1000000ULL;
		}
		watch_look(w, -1, LOOK_MS);
	}
	if (!w->asked)
		smn_why_set(&s->why, w->req < 0 ? "the device has no request "
			    "channel" : "not within %u s", ASK_MS / 1000);
	return w->asked;
}

static bool detaches(struct scene *s)
{
	return answers(s, "detach", smn_device_detach(&s->ctl->session,
						      &s->nest->dev), 0);
}

/* While it is at it, if it does anything. */
static bool is_taken(struct scene *s)
{
	bool ok;

	detach_move(s);
	ok = detaches(s);
	detach_listen(s);
	return ok;
}

static bool s1_is_free(struct scene *s)
{
	return answers(s, "IOMMU_DESTROY of the detached S1",
		       smn_destroy(&s->ctl->session, s->nest->s1), 0);
}

static bool ioas_works(struct scene *s)
{
	const struct smn_plan *p = s->plan;
	struct smn_piece piece = { s->nest->memory, p->ipa, p->bytes };
	struct smn_session *session = &s->ctl->session;
	int ret;

	if (s->bed)
		piece = s->bed->pieces[2];
	ret = smn_ioas_unmap(session, s->nest->ioas, piece.ipa, piece.bytes);
	if (!answers(s, "IOMMU_IOAS_UNMAP", ret, 0))
		return false;
	ret = smn_ioas_map(session, s->nest->ioas, piece.mem, piece.bytes,
			   piece.ipa);
	return answers(s, "IOMMU_IOAS_MAP", ret, 0);
}

/* --- attaching again --- */

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

/* As a VMM does when its guest resets the device. */
static bool s2_takes_over(struct scene *s)
{
	int ret = smn_device_attach(&s->ctl->session, &s->nest->dev,
				    s->nest->s2);

	if (!answers(s, "attach to the S2 parent", ret, 0))
		return false;
	return !s->bed || detach_lands(s, SMN_PLACE_DECOY);
}

/* As a program that comes new. */
static bool opens_again(struct scene *s)
{
	struct smn_session *session = &s->ctl->session;
	struct smn_device *dev = &s->nest->dev;
	struct smn_pci pci;
	int ret = smn_pci_read(&s->ctl->sys, s->removal.bdf, &pci);

	*dev = (struct smn_device){ .fd = -1 };
	if (!ret)
		ret = smn_device_open(session, pci.cdev, dev);
	if (!answers(s, "open", ret, 0))
		return false;
	if (s->has & HAS_VDEVICE)
		ret = smn_vdevice_alloc(session, s->nest->viommu, dev->id,
					s->plan->vsid, &s->nest->vdevice);
	if (!answers(s, "IOMMU_VDEVICE_ALLOC", ret, 0) || !attaches_again(s))
		return false;
	ret = s->bed ? smn_dma_open(session, dev, &s->bed->setup.dma,
				    &s->bed->dma) : 0;
	return answers(s, "starting the device", ret, 0);
}

/* --- closing --- */

/* Nobody holds up the child any more. */
static bool child_ends(struct scene *s)
{
	uint64_t end = smn_sys_now(&s->ctl->sys) + LET_GO_MS * 1000000ULL;
	struct watch *w = &s->watch;
	int ret;

	while (smn_sys_now(&s->ctl->sys) < end) {
		struct pollfd fd = { s->removal.writer.fd, POLLIN, 0 };

		watch_look(w, fd.fd, LOOK_MS);
		if (smn_sys_poll(&s->ctl->sys, &fd, 1, 0) > 0)
			break;
	}
	ret = smn_removal_end(&s->removal, LOOK_MS);
	watch_add(w, smn_sys_now(&s->ctl->sys), "child", "its write ends: %s",
		  ret ? smn_errno_name(ret) : "ok");
	watch_look(w, -1, 0);
	return answers(s, "the child's write", ret, 0);
}

/* The order that leaves nothing: vDEVICE, then the device. */
static bool is_let_go(struct scene *s)
{
	struct smn_session *session = &s->ctl->session;
	int ret = s->has & HAS_VDEVICE ?
		smn_destroy(session, s->nest->vdevice) : 0;

	s->gone = s->nest->dev;
	s->vdevice = s->nest->vdevice;
	if (!answers(s, "IOMMU_DESTROY of the vDEVICE", ret, 0))
		return false;
	if (s->bed)
		smn_dma_close(&s->bed->dma);
	tell(s, "act", "the device is closed");
	ret = smn_device_close(session, &s->nest->dev, 0);
	if (!answers(s, "closing the device", ret, 0))
		return false;
	return !(s->has & HAS_AWAY) || s->removal.ended || child_ends(s);
}

static bool number_is_gone(struct scene *s)
{
	return answers(s, "IOMMU_DESTROY of the device",
		       smn_destroy(&s->ctl->session, s->gone.id), -ENOENT);
}

/* Numbers are given lowest first: is @id among the next? -errno */
static int is_given(struct scene *s, uint32_t id)
{
	struct smn_session *session = &s->ctl->session;
	size_t mark = smn_session_mark(session);
	uint32_t got = 0;
	int ret = 0, undone;

	for (int i = 0; !ret && got < id && i < MOST_NUMBERS; i++)
		ret = smn_ioas_alloc(session, &got);
	undone = smn_session_unwind(session, mark);
	ret = ret ? ret : undone;
	return ret ? ret : got == id;
}

static bool no_number_is_kept(struct scene *s)
{
	int ret = is_given(s, s->gone.id);

	if (ret == 1 && s->has & HAS_VDEVICE)
		ret = is_given(s, s->vdevice);
	if (ret != 1)
		smn_why_set(&s->why, "a number is not given again: %s",
			    ret ? smn_errno_name(ret) : "a tombstone");
	return ret == 1;
}

/* The wrong order: the kernel has to destroy the vDEVICE itself. */
static bool vdevice_keeps_number(struct scene *s)
{
	struct smn_session *session = &s->ctl->session;
	uint32_t id = s->nest->vdevice;
	int ret;

	if (s->bed)
		smn_dma_close(&s->bed->dma);
	tell(s, "act", "the device is closed, its vDEVICE left alive");
	ret = smn_device_close(session, &s->nest->dev, id);
	if (!answers(s, "closing the device", ret, 0))
		return false;
	ret = smn_destroy(session, id);
	if (!answers(s, "IOMMU_DESTROY of the vDEVICE", ret, -ENOENT))
		return false;
	ret = is_given(s, id);
	if (ret)
		smn_why_set(&s->why, "its number is given again");
	return !ret;
}

/* --- what is told of it --- */

/* After event @from: the next that is so, or -1. */
static int find(const struct scene *s, int from, const char *action,
		const char *subsystem)
{
	const struct watch *w = &s->watch;

	for (unsigned int i = from + 1; i < w->nuevents; i++)
		if (!strcmp(w->uevents[i].device, s->removal.bdf) &&
		    !strcmp(w->uevents[i].action, action) &&
		    !strncmp(w->uevents[i].what, subsystem,
			     strlen(subsystem)))
			return i;
	return -1;
}

/* Who goes, one after the other. */
static const char *const order[][2] = {
	{ "remove", "vfio-dev " }, { "unbind", "pci " }, { "remove", "pci " },
};

/* The last of them: the device itself stays when only its driver goes. */
static int last(const struct scene *s)
{
	return s->removal.way == SMN_WAY_UNBIND ? 1 : 2;
}

static bool uevents_in_order(struct scene *s)
{
	int at = -1;

	if (!s->watch.hears)
		smn_why_set(&s->why, "some uevents were lost");
	for (int i = 0; i <= last(s) && s->watch.hears; i++) {
		at = find(s, at, order[i][0], order[i][1]);
		if (at >= 0)
			continue;
		smn_why_set(&s->why, "no %s of %sin its place", order[i][0],
			    order[i][1]);
		return false;
	}
	return s->watch.hears;
}

/*
 * Another in its place, before we could look, shows itself as it did: a slot
 * that gets a card while it is switched off goes on with that.
 */
static bool is_gone(struct scene *s)
{
	const char *const *told = order[last(s)];
	bool gone = smn_removal_is_done(&s->removal) ||
		find(s, -1, told[0], told[1]) >= 0;

	if (!gone)
		smn_why_set(&s->why, "sysfs shows it as before");
	return gone;
}

static bool is_back(struct scene *s)
{
	int ret = smn_removal_undo(&s->removal, BACK_MS, &s->why);

	watch_look(&s->watch, -1, 0);
	if (!ret)
		s->why.text[0] = '\0';
	return !ret;
}

static bool undoes_all(struct scene *s)
{
	return answers(s, "undoing the session",
		       smn_session_unwind(&s->ctl->session, s->mark), 0);
}

static bool no_warning(struct scene *s)
{
	static const enum smn_kmsg_kind bad[] = {
		SMN_KMSG_WARN, SMN_KMSG_OOPS, SMN_KMSG_OBJECT_BUSY,
		SMN_KMSG_UNBIND_BLOCKED, SMN_KMSG_CMDQ_ILL, SMN_KMSG_CMDQ_ABT,
		SMN_KMSG_CMDQ_ATC, SMN_KMSG_CMDQ_ERROR, SMN_KMSG_SYNC_TIMEOUT,
		SMN_KMSG_CMDQ_TIMEOUT, SMN_KMSG_GERROR, SMN_KMSG_SFM,
		SMN_KMSG_WRITE_ABORT,
	};

	watch_look(&s->watch, -1, 0);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(bad); i++)
		if (s->watch.kinds >> bad[i] & 1) {
			s->why = s->watch.line[bad[i]];
			return false;
		}
	return true;
}

/* --- all of them --- */

static const struct {
	const char *name;
	bool (*holds)(struct scene *s);
	unsigned int needs;	/* where there is nothing to look at: no row */
} checks[] = {
	{ "DMA does what the tables say", detach_dma_works, HAS_DMA },
	{ "an interrupt arrives", detach_rings, HAS_MSI },
	{ "a fault comes as an event", detach_faults, HAS_FAULTS },
	{ "an attached S1 cannot be destroyed", s1_is_held, 0 },
	{ "the kernel asks for the device", is_asked_for, HAS_AWAY },
	{ "the device detaches", is_taken, 0 },
	{ "what was under way does not arrive", detach_ended, HAS_DMA },
	{ "DMA is blocked", detach_blocked, HAS_DMA },
	{ "no interrupt arrives any more", detach_silent, HAS_MSI },
	{ "no event comes any more", detach_no_event, HAS_DMA },
	{ "a second detach is no error", detaches, 0 },
	{ "the detached S1 can be destroyed", s1_is_free, 0 },
	{ "the IOAS still maps and unmaps", ioas_works, HAS_MEMORY },
	{ "the other device is undisturbed", detach_other_works, HAS_OTHER },
	/* also while somebody waits for it */
	{ "the device attaches again", attaches_again, 0 },
	{ "the S2 parent takes the S1's place", s2_takes_over, 0 },
	{ "the device detaches from it", detaches, 0 },
	{ "the device is let go", is_let_go, 0 },
	{ "its number is gone", number_is_gone, 0 },
	{ "no number is kept", no_number_is_kept, 0 },
	{ "uevents come in order", uevents_in_order, HAS_AWAY | HAS_UEVENTS },
	{ "the device is away", is_gone, HAS_AWAY },
	{ "its driver is back", is_back, HAS_AWAY },
	{ "it opens and attaches again", opens_again, 0 },
	{ "DMA does so again", detach_dma_works, HAS_DMA },
	{ "a vDEVICE left alive keeps its number", vdevice_keeps_number,
	  HAS_VDEVICE },
	{ "every object goes away", undoes_all, 0 },
	{ "the kernel warns of nothing", no_warning, HAS_LOG },
};

void detach_add_check(struct ctl *ctl, const char *name, bool ok,
		      const struct smn_why *why)
{
	struct json_object *row = json_object_new_object();

	doc_add_str(row, "name", name);
	doc_add(row, "ok", json_object_new_boolean(ok));
	doc_add_str(row, "why", why->text);
	json_object_array_add(json_object_object_get(ctl->result, "checks"),
			      row);
}

enum status detach_check(struct scene *s)
{
	enum status status = CTL_OK;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(checks) && !stop_signal(); i++) {
		bool ok;

		if (checks[i].needs & ~s->has)
			continue;
		s->why.text[0] = '\0';
		ok = checks[i].holds(s);
		detach_add_check(s->ctl, checks[i].name, ok, &s->why);
		if (!ok)
			status = CTL_FAILED;
	}
	return status;
}
