// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Giving a device to vfio-pci and back. What there was before is written to
 * the journal, one file a device, before anything changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

#define JOURNAL "/run/smmunest"
#define DRIVERS "/sys/bus/pci/drivers"
#define PROBE "/sys/bus/pci/drivers_probe"

/* What the journal says: the driver and driver_override there were, or "". */
struct former {
	char driver[32];
	char override[32];
};

static void journal_path(char *path, const char *bdf)
{
	snprintf(path, SMN_PATH, JOURNAL "/%s", bdf);
}

static int journal_write(struct smn_sys *sys, const char *bdf,
			 const struct former *former)
{
	char path[SMN_PATH], text[128];
	int ret = smn_sys_mkdir(sys, JOURNAL);

	if (ret && ret != -EEXIST)
		return ret;
	journal_path(path, bdf);
	snprintf(text, sizeof(text), "driver %s\noverride %s\n",
		 former->driver, former->override);
	return smn_sys_write_text(sys, path, O_CREAT | O_TRUNC | O_SYNC, text);
}

/* The value after "key " on its line; a name, never a path. */
static void journal_value(const char *text, const char *key, char *value,
			  size_t len)
{
	const char *at = strstr(text, key);
	size_t n;

	value[0] = '\0';
	if (!at)
		return;
	at += strlen(key);
	n = strcspn(at, "\n/");
	if (n < len && at[n] != '/') {
		memcpy(value, at, n);
		value[n] = '\0';
	}
}

static int journal_read(struct smn_sys *sys, const char *bdf,
			struct former *former)
{
	char path[SMN_PATH], text[128];
	ssize_t n;

	*former = (struct former){ "", "" };
	journal_path(path, bdf);
	n = smn_sys_read_text(sys, path, text, sizeof(text));
	if (n < 0)
		return n;
	journal_value(text, "driver ", former->driver, sizeof(former->driver));
	journal_value(text, "override ", former->override,
		      sizeof(former->override));
	return 0;
}

int smn_driver_former(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len)
{
	struct former former;
	int ret = journal_read(sys, bdf, &former);

	if (!ret)
		snprintf(driver, len, "%s", former.driver);
	return ret;
}

static void journal_remove(struct smn_sys *sys, const char *bdf)
{
	char path[SMN_PATH];

	journal_path(path, bdf);
	smn_sys_unlink(sys, path);
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

/* From whichever driver has it now to the one of the journal. */
static int give_back(struct smn_sys *sys, const char *bdf,
		     const struct former *former, bool known)
{
	char now[32];
	int ret = current(sys, bdf, now, sizeof(now));

	if (!ret)
		ret = set_override(sys, bdf, former->override);
	if (!ret && now[0] && strcmp(now, former->driver))
		ret = write_driver(sys, now, "unbind", bdf);
	if (ret || !strcmp(now, former->driver))
		return ret;
	if (!known)
		return smn_sys_write_text(sys, PROBE, 0, bdf);
	return former->driver[0] ?
		write_driver(sys, former->driver, "bind", bdf) : 0;
}

/* What to give back: what there is now, or what a killed bind had found. */
static void learn_former(struct smn_sys *sys, const char *bdf, const char *now,
			 struct former *former)
{
	if (!now[0] && !journal_read(sys, bdf, former) && former->driver[0])
		return;
	snprintf(former->driver, sizeof(former->driver), "%s", now);
	get_override(sys, bdf, former->override, sizeof(former->override));
}

int smn_driver_bind(struct smn_sys *sys, const char *bdf, struct smn_why *why)
{
	struct former former;
	char now[32];
	int ret, undone;

	ret = current(sys, bdf, now, sizeof(now));
	if (ret) {
		smn_why_set(why, "there is no PCI device %s", bdf);
		return ret;
	}
	if (!strcmp(now, SMN_VFIO_PCI))
		return -EALREADY;
	if (!smn_sys_exists(sys, DRIVERS "/" SMN_VFIO_PCI)) {
		smn_why_set(why, "the kernel has no driver " SMN_VFIO_PCI);
		return -ENOENT;
	}
	learn_former(sys, bdf, now, &former);

	ret = journal_write(sys, bdf, &former);
	if (ret) {
		smn_why_set(why, "the journal " JOURNAL "/%s cannot be written",
			    bdf);
		return ret;
	}
	ret = set_override(sys, bdf, SMN_VFIO_PCI);
	if (!ret && now[0])
		ret = write_driver(sys, now, "unbind", bdf);
	if (!ret)
		ret = smn_sys_write_text(sys, PROBE, 0, bdf);
	if (!ret)
		ret = current(sys, bdf, now, sizeof(now));
	if (!ret && !strcmp(now, SMN_VFIO_PCI))
		return 0;

	undone = give_back(sys, bdf, &former, true);
	if (!undone)
		journal_remove(sys, bdf);
	smn_why_set(why, SMN_VFIO_PCI " did not take the device; %s", undone ?
		    "its former driver is not back either" :
		    "its former driver is back");
	return ret ? ret : -EIO;
}

int smn_driver_unbind(struct smn_sys *sys, const char *bdf, char *driver,
		      size_t len, struct smn_why *why)
{
	struct former former;
	struct smn_pci pci;
	bool known;
	int ret;

	ret = smn_pci_read(sys, bdf, &pci);
	if (ret) {
		smn_why_set(why, "there is no PCI device %s", bdf);
		return ret;
	}
	snprintf(driver, len, "%s", pci.driver);
	if (strcmp(driver, SMN_VFIO_PCI))
		return -EALREADY;
	/* the kernel would wait for it, uninterruptibly */
	if (!smn_cdev_holder(sys, pci.cdev, why))
		return -EBUSY;

	known = !journal_read(sys, bdf, &former);
	ret = give_back(sys, bdf, &former, known);
	if (ret) {
		smn_why_set(why, "the device could not be given back to %s",
			    former.driver[0] ? former.driver : "its driver");
		return ret;
	}
	journal_remove(sys, bdf);
	return current(sys, bdf, driver, len);
}
