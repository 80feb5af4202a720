// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Giving a device to vfio-pci and back. How it was before is in the journal
 * before anything changes, so that whoever comes next can undo it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/hand.h"
#include "host/host.h"

#define RETURN_MS 15000	/* for a device that a dead one took away */

int smn_driver_former(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len)
{
	struct smn_former former;
	int ret = smn_journal_kept(sys, bdf, &former);

	if (!ret)
		snprintf(driver, len, "%s", former.driver);
	return ret;
}

/* Back to how it was, and nothing more to remember. */
static int undo(struct smn_journal *j, const struct smn_former *former,
		struct smn_why *why)
{
	bool taken = former->way[0];
	int ret = taken ? smn_removal_resume(j, former, RETURN_MS, why) :
		smn_hand_back(j->sys, j->bdf, former, why);

	/* what is not there any more has no driver to get back */
	if (ret == -ENODEV && smn_hand_is_gone(j->sys, j->bdf))
		ret = 0;
	/* a completed bind is not what the dead one was at */
	if (!ret && !taken)
		ret = smn_journal_forget(j);
	return ret ? ret : smn_journal_end(j);
}

/* Become the one who changes the device, and undo what a dead one left. */
static int take_over(struct smn_sys *sys, const char *bdf,
		     struct smn_journal *j, struct smn_why *why)
{
	struct smn_former former;
	int ret = smn_journal_open(sys, bdf, j, why);

	if (ret || smn_journal_half(sys, bdf, &former))
		return ret;
	ret = undo(j, &former, why);
	if (ret)
		smn_journal_close(j);
	return ret;
}

/* Nothing to do for a device that has @driver, nor after a dead one's work */
static bool is_done(struct smn_sys *sys, const char *bdf, bool has_driver)
{
	struct smn_former former;

	return has_driver && smn_journal_half(sys, bdf, &former);
}

/* --- bind --- */

/* What to give back: what there is now, or what a former bind had found. */
static void learn_former(struct smn_sys *sys, const char *bdf, const char *now,
			 struct smn_former *former)
{
	if (!now[0] && !smn_journal_kept(sys, bdf, former) &&
	    former->driver[0])
		return;
	*former = (struct smn_former){ .known = true };
	snprintf(former->driver, sizeof(former->driver), "%s", now);
	smn_hand_get_override(sys, bdf, former->override,
			      sizeof(former->override));
}

static int bind_locked(struct smn_journal *j, struct smn_why *why)
{
	struct smn_former former;
	struct smn_why undoing;
	char now[32];
	int ret = smn_hand_current(j->sys, j->bdf, now, sizeof(now));

	if (ret || !strcmp(now, SMN_VFIO_PCI))
		return ret ? ret : -EALREADY;
	learn_former(j->sys, j->bdf, now, &former);
	ret = smn_journal_begin(j, "bind", &former);
	if (ret) {
		smn_journal_end(j);
		smn_why_set(why, "the journal " SMN_JOURNAL "/%s.lock cannot "
			    "be written", j->bdf);
		return ret;
	}
	ret = smn_hand_to_vfio(j->sys, j->bdf);
	if (!ret)
		ret = smn_journal_keep(j, &former);
	if (!ret)
		ret = smn_journal_end(j);
	if (!ret)
		return 0;
	smn_why_set(why, SMN_VFIO_PCI " did not take the device; %s",
		    undo(j, &former, &undoing) ?
		    "its former driver is not back either" :
		    "its former driver is back");
	return ret;
}

int smn_driver_bind(struct smn_sys *sys, const char *bdf, struct smn_why *why)
{
	struct smn_journal j;
	char now[32];
	int ret = smn_hand_current(sys, bdf, now, sizeof(now));

	if (ret) {
		smn_why_set(why, "there is no PCI device %s", bdf);
		return ret;
	}
	if (is_done(sys, bdf, !strcmp(now, SMN_VFIO_PCI)))
		return -EALREADY;
	if (!smn_sys_exists(sys, SMN_VFIO_PCI_DRIVER)) {
		smn_why_set(why, "the kernel has no driver " SMN_VFIO_PCI);
		return -ENOENT;
	}
	ret = take_over(sys, bdf, &j, why);
	if (ret)
		return ret;
	ret = bind_locked(&j, why);
	smn_journal_close(&j);
	return ret;
}

/* --- unbind --- */

static int unbind_locked(struct smn_journal *j, struct smn_why *why)
{
	struct smn_former former = { .known = false };
	struct smn_pci pci;
	int ret = smn_pci_read(j->sys, j->bdf, &pci);

	/* a dead one's work may have been all there was to undo */
	if (ret || strcmp(pci.driver, SMN_VFIO_PCI))
		return ret;
	if (!smn_cdev_holder(j->sys, pci.cdev, why))
		return -EBUSY;
	smn_journal_kept(j->sys, j->bdf, &former);
	ret = smn_journal_begin(j, "unbind", &former);
	if (!ret)
		ret = smn_hand_back(j->sys, j->bdf, &former, why);
	if (!ret)
		ret = smn_journal_forget(j);
	/* after a failure the completed bind is still there to be undone */
	smn_journal_end(j);
	return ret;
}

int smn_driver_unbind(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len, struct smn_why *why)
{
	struct smn_journal j;
	int ret = smn_hand_current(sys, bdf, driver, len);

	if (ret) {
		smn_why_set(why, "there is no PCI device %s", bdf);
		return ret;
	}
	if (is_done(sys, bdf, strcmp(driver, SMN_VFIO_PCI)))
		return -EALREADY;
	ret = take_over(sys, bdf, &j, why);
	if (ret)
		return ret;
	ret = unbind_locked(&j, why);
	smn_journal_close(&j);
	return ret ? ret : smn_hand_current(sys, bdf, driver, len);
}

/* --- what others left --- */

static bool is_left(struct smn_sys *sys, const char *bdf, bool completed,
		    struct smn_former *former, bool *half)
{
	*half = !smn_journal_half(sys, bdf, former);
	return *half || (completed && !smn_journal_kept(sys, bdf, former));
}

/* false: there was nothing to do, or it is none of ours */
static bool recover(struct smn_sys *sys, const char *bdf, bool completed,
		    struct smn_recovered *r)
{
	struct smn_former former;
	struct smn_journal j;
	bool found, more, again;

	*r = (struct smn_recovered){ .bdf = "" };
	snprintf(r->bdf, sizeof(r->bdf), "%s", bdf);
	if (!is_left(sys, bdf, completed, &former, &r->half))
		return false;
	smn_hand_current(sys, bdf, r->was, sizeof(r->was));
	r->err = smn_journal_open(sys, bdf, &j, &r->why);
	/* who works on it is alive; it is his */
	if (r->err)
		return completed || r->err != -EBUSY;
	/* another may have been quicker; under a half a bind may show */
	more = is_left(sys, bdf, completed, &former, &r->half);
	found = more;
	while (more && !r->err) {
		r->err = undo(&j, &former, &r->why);
		more = is_left(sys, bdf, completed, &former, &again);
	}
	smn_hand_current(sys, bdf, r->driver, sizeof(r->driver));
	r->gone = smn_hand_is_gone(sys, bdf);
	smn_journal_close(&j);
	return found;
}

int smn_driver_recover(struct smn_sys *sys, const char *bdf, bool completed,
		       void (*each)(void *ctx, const struct smn_recovered *r),
		       void *ctx)
{
	char (*bdfs)[SMN_BDF_LEN] = NULL;
	struct smn_recovered r;
	size_t n = 0;
	int ret = smn_journal_list(sys, &bdfs, &n);

	for (size_t i = 0; i < n; i++)
		if ((!bdf || !strcmp(bdf, bdfs[i])) &&
		    recover(sys, bdfs[i], completed, &r))
			each(ctx, &r);
	free(bdfs);
	return ret;
}
