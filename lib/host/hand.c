// SPDX-License-Identifier: GPL-2.0-or-later
/* A device changes hands, by the files of sysfs. See hand.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/hand.h"
#include "host/host.h"

#define PROBE "/sys/bus/pci/drivers_probe"

#define OFFER_MS 3000	/* for a device that has just come */
#define LOOK_MS 50	/* between two looks */

int smn_hand_set_override(struct smn_sys *sys, const char *bdf,
			  const char *name)
{
	char path[SMN_PATH];

	smn_pci_path(path, bdf, "driver_override");
	/* a lone newline clears it; the kernel strips it from a name */
	return smn_sys_write_text(sys, path, 0, name[0] ? name : "\n");
}

void smn_hand_get_override(struct smn_sys *sys, const char *bdf, char *name,
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

	snprintf(path, sizeof(path), SMN_PCI_DRIVERS "/%s/%s", driver, file);
	return smn_sys_write_text(sys, path, 0, bdf);
}

int smn_hand_current(struct smn_sys *sys, const char *bdf, char *driver,
		     size_t len)
{
	struct smn_pci pci;
	int ret = smn_pci_read(sys, bdf, &pci);

	if (!ret)
		snprintf(driver, len, "%s", pci.driver);
	return ret;
}

bool smn_hand_is_gone(struct smn_sys *sys, const char *bdf)
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

	smn_hand_get_override(sys, bdf, name, sizeof(name));
	return strcmp(name, SMN_VFIO_PCI) ? 0 :
		smn_hand_set_override(sys, bdf, former->override);
}

int smn_hand_back(struct smn_sys *sys, const char *bdf,
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

int smn_hand_to_vfio(struct smn_sys *sys, const char *bdf)
{
	uint64_t end = smn_sys_now(sys) + OFFER_MS * 1000000ULL;
	int ret = smn_hand_set_override(sys, bdf, SMN_VFIO_PCI);
	char now[32], before[32] = "-";

	while (!ret) {
		ret = smn_hand_current(sys, bdf, now, sizeof(now));
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
