// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ways in which a device is taken from vfio-pci, and back. What the kernel
 * does on the way is told by uevents; here is only what has to be written, and
 * looking whether it had its effect.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/hand.h"
#include "host/host.h"

#define RESCAN "/sys/bus/pci/rescan"
#define SLOTS "/sys/bus/pci/slots"

#define LOOK_MS 50	/* between two looks */
#define BUTTON_MS 8000	/* a slot whose button was pressed waits for 5 s */
#define WRITE_MS 10000	/* for what nobody holds up */

static const char *const names[SMN_NWAYS] = {
#define X(way, name, what) name,
	SMN_WAYS(X)
#undef X
};

const char *smn_way_name(enum smn_way way)
{
	return way < SMN_NWAYS ? names[way] : NULL;
}

/* --- the slot --- */

/* Is it the slot of the device, and has it a switch? */
static int look_at_slot(void *ctx, const char *name)
{
	struct smn_removal *r = ctx;
	char path[SMN_PATH], address[32];
	size_t n = strcspn(r->bdf, ".");

	snprintf(path, sizeof(path), SLOTS "/%.64s/address", name);
	if (smn_sys_read_text(r->sys, path, address, sizeof(address)) < 0 ||
	    strlen(address) != n || strncmp(address, r->bdf, n))
		return 0;
	snprintf(r->path, sizeof(r->path), SLOTS "/%.64s/power", name);
	return smn_sys_exists(r->sys, r->path);
}

static int plan_unplug(struct smn_removal *r, struct smn_why *why)
{
	int ret = smn_sys_list(r->sys, SLOTS, look_at_slot, r);

	if (ret > 0)
		return 0;
	smn_why_set(why, "no slot under " SLOTS " is %s's and has a file "
		    "power", r->bdf);
	return -ENOENT;
}

/* --- away --- */

static void device_file(struct smn_removal *r, const char *file)
{
	snprintf(r->path, sizeof(r->path), SMN_PCI_DEVICES "/%s/%s", r->bdf,
		 file);
}

static int plan(struct smn_sys *sys, const char *bdf, enum smn_way way,
		struct smn_removal *r, struct smn_why *why)
{
	*r = (struct smn_removal){ .sys = sys, .way = way, .ended = true,
				   .journal.fd = -EBADF };
	snprintf(r->bdf, sizeof(r->bdf), "%s", bdf);
	switch (way) {
	case SMN_WAY_UNBIND:
		snprintf(r->text, sizeof(r->text), "%s", bdf);
		snprintf(r->path, sizeof(r->path),
			 SMN_VFIO_PCI_DRIVER "/unbind");
		return 0;
	case SMN_WAY_REMOVE:
		snprintf(r->text, sizeof(r->text), "1");
		device_file(r, "remove");
		return 0;
	case SMN_WAY_UNPLUG:
		snprintf(r->text, sizeof(r->text), "0");
		return plan_unplug(r, why);
	default:
		return 0;
	}
}

/* Before anything changes: how it is now, and where it will be. */
static int remember(struct smn_removal *r, struct smn_why *why)
{
	struct smn_former *former = &r->former;
	int ret = smn_journal_open(r->sys, r->bdf, &r->journal, why);

	if (ret)
		return ret;
	*former = (struct smn_former){ .known = true };
	snprintf(former->way, sizeof(former->way), "%s",
		 smn_way_name(r->way));
	smn_hand_get_override(r->sys, r->bdf, former->override,
			      sizeof(former->override));
	ret = smn_hand_current(r->sys, r->bdf, former->driver,
			       sizeof(former->driver));
	if (!ret)
		ret = smn_journal_begin(&r->journal, "detach", former);
	if (ret)
		smn_journal_close(&r->journal);
	return ret;
}

int smn_removal_plan(struct smn_sys *sys, const char *bdf, enum smn_way way,
		     struct smn_removal *r, struct smn_why *why)
{
	int ret = plan(sys, bdf, way, r, why);

	return ret || way == SMN_WAY_IOCTL ? ret : remember(r, why);
}

/* The child has the lock, too: until it is out of the kernel nobody may come */
static int begin_write(struct smn_removal *r, const char *path,
		       const char *text, struct smn_writer *w)
{
	return smn_sys_begin_write(r->sys, path, text, r->journal.fd, w);
}

int smn_removal_begin(struct smn_removal *r)
{
	int ret = begin_write(r, r->path, r->text, &r->writer);

	if (ret)
		return ret;
	r->begun = true;
	r->ended = false;
	return 0;
}

int smn_removal_end(struct smn_removal *r, uint32_t ms)
{
	if (r->ended)
		return -EALREADY;
	r->ended = true;
	return smn_sys_end_write(r->sys, &r->writer, ms);
}

bool smn_removal_is_done(const struct smn_removal *r)
{
	struct smn_pci pci;
	int ret = smn_pci_read(r->sys, r->bdf, &pci);

	return r->way == SMN_WAY_UNBIND ? !ret && !pci.driver[0] :
		ret == -ENODEV;
}

/* --- and back --- */

/* Whatever became of it: looking tells whether it helped. */
static void try_write(struct smn_removal *r, const char *path,
		      const char *text, uint32_t ms)
{
	struct smn_writer w;

	if (!begin_write(r, path, text, &w))
		smn_sys_end_write(r->sys, &w, ms);
}

static bool is_empty(struct smn_removal *r)
{
	char path[sizeof(r->path)], there[8];

	snprintf(path, sizeof(path), "%.*s/adapter",
		 (int)(strrchr(r->path, '/') - r->path), r->path);
	return smn_sys_read_text(r->sys, path, there, sizeof(there)) > 0 &&
		!strcmp(there, "0");
}

/*
 * Is there a card in the slot that nobody switches on? One that was not taken
 * out waits for us. One that comes has had the slot's button pressed, and the
 * kernel switches it on after a while; if we do it just before the kernel hears
 * of the button, it takes that for the wish to switch the card off again. So it
 * gets its time, before we help. A slot that cannot tell has a card.
 */
static bool waits_for_us(struct smn_removal *r, uint64_t now)
{
	if (is_empty(r))
		r->next = now + BUTTON_MS * 1000000ULL;
	return now >= r->next;
}

static void call_back(struct smn_removal *r)
{
	uint64_t now = smn_sys_now(r->sys);

	if (r->way == SMN_WAY_UNPLUG ? !waits_for_us(r, now) : now < r->next)
		return;
	if (r->way == SMN_WAY_REMOVE)
		try_write(r, RESCAN, "1", WRITE_MS);
	else if (r->way == SMN_WAY_UNPLUG)
		try_write(r, r->path, "1", WRITE_MS);
	r->next = smn_sys_now(r->sys) + BUTTON_MS * 1000000ULL;
}

/* A device that was gone has forgotten which driver it should have. */
static int take(struct smn_removal *r, const struct smn_pci *pci,
		struct smn_why *why)
{
	int ret = strcmp(pci->driver, SMN_VFIO_PCI) ?
		smn_hand_to_vfio(r->sys, r->bdf) : 0;
	char name[sizeof(r->former.override)];

	if (ret)
		smn_why_set(why, SMN_VFIO_PCI " does not take %s", r->bdf);
	smn_hand_get_override(r->sys, r->bdf, name, sizeof(name));
	return !ret && strcmp(name, r->former.override) ?
		smn_hand_set_override(r->sys, r->bdf, r->former.override) :
		ret;
}

/* A node is there a moment before it opens: then vfio-pci is ready. */
static bool opens(struct smn_removal *r, const char *cdev)
{
	int fd = cdev[0] ? smn_sys_open(r->sys, cdev, O_RDWR) : -ENOENT;

	if (fd >= 0)
		smn_sys_close(r->sys, fd);
	return fd >= 0;
}

static bool is_back(struct smn_removal *r, struct smn_why *why, int *ret)
{
	struct smn_pci pci;

	if (smn_pci_read(r->sys, r->bdf, &pci)) {
		smn_why_set(why, "%s does not come back", r->bdf);
		*ret = -ETIMEDOUT;
		return false;
	}
	*ret = take(r, &pci, why);
	if (*ret || smn_pci_read(r->sys, r->bdf, &pci))
		return false;
	smn_why_set(why, "%s has no VFIO device node that opens", r->bdf);
	return opens(r, pci.cdev);
}

static int come_back(struct smn_removal *r, uint32_t ms, struct smn_why *why)
{
	uint64_t end = smn_sys_now(r->sys) + ms * 1000000ULL;
	int ret = 0;

	while (!is_back(r, why, &ret)) {
		if (smn_sys_now(r->sys) >= end)
			return ret ? ret : -ETIMEDOUT;
		if (smn_removal_is_done(r))
			call_back(r);
		smn_sys_poll(r->sys, NULL, 0, LOOK_MS);
	}
	r->begun = false;
	return 0;
}

int smn_removal_undo(struct smn_removal *r, uint32_t ms, struct smn_why *why)
{
	int ret = 0;

	smn_removal_end(r, ms);
	if (r->begun)
		ret = come_back(r, ms, why);
	if (!ret && r->journal.sys)
		ret = smn_journal_end(&r->journal);
	smn_journal_close(&r->journal);
	return ret;
}

int smn_removal_resume(const struct smn_journal *j,
		       const struct smn_former *former, uint32_t ms,
		       struct smn_why *why)
{
	struct smn_removal r;
	enum smn_way way = 0;
	int ret;

	while (way < SMN_NWAYS && strcmp(names[way], former->way))
		way++;
	ret = plan(j->sys, j->bdf, way, &r, why);
	if (ret)
		return ret;
	r.journal = *j;
	r.former = *former;
	if (way == SMN_WAY_UNPLUG && smn_removal_is_done(&r) && is_empty(&r))
		return -ENODEV;
	return come_back(&r, ms, why);
}
