/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells unasked while devices come and go: its uevents, and
 * three families of generic netlink. None of them says that a PCI device was
 * unbound but the uevents; the families tell of native drivers, from their
 * side. Comes with smmunest.h.
 */
#ifndef SMN_HOST_NETLINK_H
#define SMN_HOST_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include "sys/sys.h"

/* X(witness, name, family and group of generic netlink, what it tells) */
#define SMN_WITNESSES(X) \
	X(UEVENT, "uevent", NULL, NULL, \
	  "devices added, removed, bound to drivers and unbound") \
	X(DEVLINK, "devlink", "devlink", "config", \
	  "devlink instances and ports of native drivers") \
	X(NETDEV, "netdev", "netdev", "mgmt", \
	  "network devices registered and unregistered") \
	X(ACPI, "acpi", "acpi_event", "acpi_mc_group", \
	  "buttons, power and the like; never that a device goes")

enum smn_witness {
#define X(witness, ...) SMN_WITNESS_##witness,
	SMN_WITNESSES(X)
#undef X
	SMN_NWITNESSES
};

struct smn_witness_row {
	const char *name, *family, *group, *tells;
};

/* One row per enum smn_witness. */
extern const struct smn_witness_row smn_witness_rows[SMN_NWITNESSES];

/*
 * Something that was told; printable ASCII, cut where it is too long. The
 * device is a BDF where it is known to be one, else its name on its bus.
 */
struct smn_event {
	const char *source;	/* the witness' name */
	uint64_t ns;		/* when it was read */
	char action[32];	/* "remove", "bind", "del", ... */
	char device[48];
	char what[160];
};

/*
 * Some of the kernel's messages were dropped, or could not be understood: an
 * event too, of these actions and no device.
 */
#define SMN_EVENT_LOST "lost"
#define SMN_EVENT_UNREADABLE "unreadable"

typedef void (*smn_event_fn)(void *ctx, const struct smn_event *event);

/*
 * A whole uevent, "ACTION@DEVPATH" and its variables, each ended by a 0: all
 * of @event but source and ns. -EBADMSG: it is none.
 */
int smn_uevent_parse(const char *buf, size_t len, struct smn_event *event);

/*
 * The kernel's answer about a family: its number, and that of @group. @buf is
 * aligned to 4 bytes. -ENOENT: there is no such family, or no such group in
 * it; -EBADMSG: it is no such answer; else the errno it consists of.
 */
int smn_genl_family(void *buf, size_t len, const char *group, uint16_t *type,
		    uint32_t *id);

/*
 * Every event of a datagram of @who, whose family is @type; an event that is
 * of no interest is left out. Sets what smn_uevent_parse() sets.
 */
void smn_genl_events(enum smn_witness who, uint16_t type, void *buf,
		     size_t len, struct smn_event *event, smn_event_fn each,
		     void *ctx);

/* All of them, as far as this machine has them. */
struct smn_netlink {
	struct smn_sys *sys;
	struct {
		int fd;		/* or why it tells nothing, -errno */
		uint16_t type;	/* the family's number */
	} at[SMN_NWITNESSES];
};

/*
 * Listen from now on, to everyone who is there. Needs no privilege. Who is not
 * there has an fd below 0: -ENOENT: the kernel has no such family;
 * -EPROTONOSUPPORT: no netlink, as on a model.
 */
void smn_netlink_open(struct smn_sys *sys, struct smn_netlink *nl);

/*
 * Everything told since, one witness after the other; never sleeps. 0, or
 * the errno of the last socket that could not be read: it is then closed. Only
 * what the kernel itself has sent counts.
 */
int smn_netlink_read(struct smn_netlink *nl, smn_event_fn each, void *ctx);

void smn_netlink_close(struct smn_netlink *nl);

#endif
