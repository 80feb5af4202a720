// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Giving a device to vfio-pci and back. How it was before is in the journal
 * before anything changes, so that whoever comes next can undo it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/journal.h"

#define DRIVERS "/sys/bus/pci/drivers"
#define PROBE "/sys/bus/pci/drivers_probe"

#define OFFER_MS 3000	/* for a device that has just come */
#define LOOK_MS 50	/* between two looks */

int smn_driver_former(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len)
{
	struct smn_former former;
	int ret = smn_journal_kept(sys, bdf, &former);

	if (!ret)
		snprintf(driver, len, "%s", former.driver);
	return ret;
}

/* --- sysfs --- */

static int set_override(struct smn_sys *sys, const char *bdf, const char *name)
{
	char path[SMN_PATH];

	smn_pci_path(path, bdf, "driver_override");
	/* a lone newline clears it; the kernel strips it from a name */
	return smn_sys_write_text(sys, path, 0, name[0] ? name : "\n");
}

static void get_override(struct smn_sys *sys, const char *bdf, char *name,
			 size_t len)
{
	char path[SMN_PATH];

	smn_pci_path(path, bdf, "driver_override");
	if (smn_sys_read_text(sys, path, name, len) < 0 ||
	    !strcmp(name, "(null)"))
		name[0] = '\0';
}

static int write_driver(struct smn_sys *sys, const char *driver,
			const char *file, const char *bdf)
{
	char path[SMN_PATH];

	snprintf(path, sizeof(path), DRIVERS "/%s/%s", driver, file);
	return smn_sys_write_text(sys, path, 0, bdf);
}

static int current(struct smn_sys *sys, const char *bdf, char *driver,
		   size_t len)
{
	struct smn_pci pci;
	int ret = smn_pci_read(sys, bdf, &pci);

	if (!ret)
		snprintf(driver, len, "%s", pci.driver);
	return ret;
}

static bool is_gone(struct smn_sys *sys, const char *bdf)
{
	struct smn_pci pci;

	return smn_pci_read(sys, bdf, &pci) == -ENODEV;
}

/* Was it taken away from us, by somebody who knows what he wants? */
static bool is_others(const char *now, const struct smn_former *former)
{
	return now[0] && strcmp(now, SMN_VFIO_PCI) &&
		!(former->known && !strcmp(now, former->driver));
}

static int drop_override(struct smn_sys *sys, const char *bdf,
			 const struct smn_former *former)
{
	char name[32];

	get_override(sys, bdf, name, sizeof(name));
	return strcmp(name, SMN_VFIO_PCI) ? 0 :
		set_override(sys, bdf, former->override);
}

/*
 * From vfio-pci, or from nobody, to the driver it had. Can be repeated from
 * wherever it was interrupted. What another driver has by now is let alone.
 */
static int give_back(struct smn_sys *sys, const char *bdf,
		     const struct smn_former *former, struct smn_why *why)
{
	struct smn_pci pci;
	int ret = smn_pci_read(sys, bdf, &pci);

	/* the kernel would wait for it, uninterruptibly */
	if (!ret && !strcmp(pci.driver, SMN_VFIO_PCI) &&
	    !smn_cdev_holder(sys, pci.cdev, why))
		return -EBUSY;
	smn_why_set(why, "the device could not be given back to %s",
		    former->driver[0] ? former->driver : "its driver");
	if (!ret)
		ret = drop_override(sys, bdf, former);
	if (ret || is_others(pci.driver, former) ||
	    (former->known && !strcmp(pci.driver, former->driver)))
		return ret;
	if (pci.driver[0])
		ret = write_driver(sys, pci.driver, "unbind", bdf);
	if (ret)
		return ret;
	if (!former->known)
		return smn_sys_write_text(sys, PROBE, 0, bdf);
	return former->driver[0] ?
		write_driver(sys, former->driver, "bind", bdf) : 0;
}

/* Back to how it was, and nothing more to remember. */
static int undo(struct smn_journal *j, const struct smn_former *former,
		struct smn_why *why)
{
	int ret = give_back(j->sys, j->bdf, former, why);

	/* what is not there any more has no driver to get back */
	if (ret == -ENODEV && is_gone(j->sys, j->bdf))
		ret = 0;
	if (!ret)
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
	former->known = true;
	snprintf(former->driver, sizeof(former->driver), "%s", now);
	get_override(sys, bdf, former->override, sizeof(former->override));
}

/*
 * One step from the driver @now to vfio-pci. A device that has just come shows
 * up before the kernel offers it to drivers: until then there is nobody to take
 * it from, and offering it has no effect.
 */
static int step_to_vfio(struct smn_sys *sys, const char *bdf, const char *now)
{
	int ret = now[0] ? write_driver(sys, now, "unbind", bdf) :
		smn_sys_write_text(sys, PROBE, 0, bdf);

	/* the driver had gone before we told it to */
	return now[0] && ret == -ENODEV ? 0 : ret;
}

static int give_to_vfio(struct smn_sys *sys, const char *bdf)
{
	uint64_t end = smn_sys_now(sys) + OFFER_MS * 1000000ULL;
	int ret = set_override(sys, bdf, SMN_VFIO_PCI);
	char now[32], before[32] = "-";

	while (!ret) {
		ret = current(sys, bdf, now, sizeof(now));
		if (ret || !strcmp(now, SMN_VFIO_PCI))
			return ret;
		if (smn_sys_now(sys) >= end)
			return -EIO;
		if (!strcmp(now, before))
			smn_sys_poll(sys, NULL, 0, LOOK_MS);
		memcpy(before, now, sizeof(before));
		ret = step_to_vfio(sys, bdf, now);
	}
	return ret;
}

static int bind_locked(struct smn_journal *j, struct smn_why *why)
{
	struct smn_former former;
	struct smn_why undoing;
	char now[32];
	int ret = current(j->sys, j->bdf, now, sizeof(now));

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
	ret = give_to_vfio(j->sys, j->bdf);
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
	int ret = current(sys, bdf, now, sizeof(now));

	if (ret) {
		smn_why_set(why, "there is no PCI device %s", bdf);
		return ret;
	}
	if (is_done(sys, bdf, !strcmp(now, SMN_VFIO_PCI)))
		return -EALREADY;
	if (!smn_sys_exists(sys, DRIVERS "/" SMN_VFIO_PCI)) {
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
		ret = give_back(j->sys, j->bdf, &former, why);
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
	int ret = current(sys, bdf, driver, len);

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
	return ret ? ret : current(sys, bdf, driver, len);
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

	*r = (struct smn_recovered){ .bdf = "" };
	snprintf(r->bdf, sizeof(r->bdf), "%s", bdf);
	if (!is_left(sys, bdf, completed, &former, &r->half))
		return false;
	current(sys, bdf, r->was, sizeof(r->was));
	r->err = smn_journal_open(sys, bdf, &j, &r->why);
	/* who works on it is alive; it is his */
	if (r->err)
		return completed || r->err != -EBUSY;
	/* another may have been quicker */
	if (!is_left(sys, bdf, completed, &former, &r->half)) {
		smn_journal_close(&j);
		return false;
	}
	r->err = undo(&j, &former, &r->why);
	current(sys, bdf, r->driver, sizeof(r->driver));
	r->gone = is_gone(sys, bdf);
	smn_journal_close(&j);
	return true;
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
