// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A uevent as the kernel sends it: "ACTION@DEVPATH", then "KEY=VALUE" strings,
 * each ended by a 0. There is no header of netlink.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

/* What is told of a uevent beside action, subsystem and device. */
static const char *const told[] = {
	"DRIVER", "DEVNAME", "INTERFACE", "ERROR_EVENT", "DEVICE_ONLINE",
};

/* The value of @key, or NULL. The first string is the header. */
static const char *value(const char *buf, size_t len, const char *key)
{
	const char *end = buf + len;
	size_t n = strlen(key);

	for (const char *s = buf + strlen(buf) + 1; s < end;
	     s += strlen(s) + 1)
		if (!strncmp(s, key, n) && s[n] == '=')
			return s + n + 1;
	return NULL;
}

/* One folder's name of a path. */
static void component(const char *at, char *name, size_t len)
{
	snprintf(name, len, "%.*s", (int)strcspn(at, "/"), at);
}

/*
 * The PCI device that the path leads to or through, the last one: a VFIO node
 * is below its device. Else the name of what it leads to.
 */
static void name_device(const char *path, char *device, size_t len)
{
	char name[48], bdf[SMN_BDF_LEN];
	bool pci = false;

	for (const char *at = path; at; at = strchr(at, '/')) {
		component(++at, name, sizeof(name));
		/* a bus is "pci0000:00", and nothing here is abbreviated */
		if (!smn_bdf_parse(name, bdf) && !strcmp(bdf, name)) {
			snprintf(device, len, "%s", name);
			pci = true;
		}
	}
	if (!pci)
		snprintf(device, len, "%s", name);
}

/* "SUBSYSTEM NAME KEY=VALUE..." */
static void describe(const char *buf, size_t len, const char *path,
		     struct smn_event *event)
{
	const char *subsystem = value(buf, len, "SUBSYSTEM");
	size_t room = sizeof(event->what);
	int n = snprintf(event->what, room, "%s %s",
			 subsystem ? subsystem : "-", strrchr(path, '/') + 1);

	for (size_t i = 0; i < SMN_ARRAY_SIZE(told); i++) {
		const char *v = value(buf, len, told[i]);

		if (v && n >= 0 && (size_t)n < room)
			n += snprintf(event->what + n, room - n, " %s=%s",
				      told[i], v);
	}
	smn_printable(event->what);
}

int smn_uevent_parse(const char *buf, size_t len, struct smn_event *event)
{
	const char *at = len ? memchr(buf, '@', len) : NULL;

	if (!at || buf[len - 1] || at == buf || at[1] != '/' ||
	    strlen(buf) < (size_t)(at - buf))
		return -EBADMSG;
	snprintf(event->action, sizeof(event->action), "%.*s",
		 (int)(at - buf), buf);
	smn_printable(event->action);
	name_device(at + 1, event->device, sizeof(event->device));
	smn_printable(event->device);
	describe(buf, len, at + 1, event);
	return 0;
}
