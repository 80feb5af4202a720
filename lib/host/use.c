// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is the machine itself using a device? Taking the disk under / or the only
 * way out of the network away from its driver is not undone by giving it back.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

/* Stacked block and net devices (LVM on RAID on LUKS, VLAN on bond ...) */
#define MAX_DEPTH 8

struct search {
	struct smn_sys *sys;
	const char *bdf;
	const char *dir;	/* whose entries are looked at */
	const char *prefix;	/* which of them count */
	unsigned int depth;
	bool found;
};

static bool is_on(const struct search *above, const char *dir);

static int look_at(void *ctx, const char *name)
{
	struct search *s = ctx;
	char dir[SMN_PATH];
	int n = snprintf(dir, sizeof(dir), "%s/%s", s->dir, name);

	if (n < SMN_PATH && !strncmp(name, s->prefix, strlen(s->prefix)))
		s->found = is_on(s, dir);
	return s->found;
}

static bool any_is_on(const struct search *above, const char *dir,
		      const char *sub, const char *prefix)
{
	char path[SMN_PATH];
	struct search s = *above;

	if (snprintf(path, sizeof(path), "%s%s", dir, sub) >= SMN_PATH)
		return false;
	s.dir = path;
	s.prefix = prefix;
	s.depth++;
	smn_sys_list(s.sys, path, look_at, &s);
	return s.found;
}

/* Does the sysfs directory, or what it is stacked on, sit on the PCI device? */
static bool is_on(const struct search *above, const char *dir)
{
	char target[512], needle[SMN_BDF_LEN + 2];

	if (above->depth > MAX_DEPTH)
		return false;
	snprintf(needle, sizeof(needle), "/%s/", above->bdf);
	if (smn_sys_readlink(above->sys, dir, target, sizeof(target)) > 0 &&
	    strstr(target, needle))
		return true;
	/* a partition's slaves are its disk's */
	return any_is_on(above, dir, "/slaves", "") ||
		any_is_on(above, dir, "/../slaves", "") ||
		any_is_on(above, dir, "", "lower_");
}

static bool block_is_on(struct smn_sys *sys, const char *bdf,
			unsigned int major, unsigned int minor)
{
	const struct search s = { .sys = sys, .bdf = bdf };
	char dir[SMN_PATH];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major, minor);
	return is_on(&s, dir);
}

/*
 * The same by the node's name, /dev/nvme0n1p2 or /dev/mapper/root, a link to
 * ../dm-0: btrfs shows numbers in mountinfo that no disk has.
 */
static bool node_is_on(struct smn_sys *sys, const char *bdf, const char *node)
{
	const struct search s = { .sys = sys, .bdf = bdf };
	const char *slash = strrchr(node, '/');
	char name[64], dir[SMN_PATH];

	if (!slash)
		return false;
	if (smn_sys_link_name(sys, node, name, sizeof(name)))
		snprintf(name, sizeof(name), "%.63s", slash + 1);
	snprintf(dir, sizeof(dir), "/sys/class/block/%s", name);
	return is_on(&s, dir);
}

static int check_mounts(struct smn_sys *sys, const char *bdf, char *text,
			struct smn_why *why)
{
	char *line, where[128], source[128];
	unsigned int major, minor;

	while ((line = strsep(&text, "\n"))) {
		char *tail = strstr(line, " - ");

		if (sscanf(line, "%*u %*u %u:%u %*s %127s", &major, &minor,
			   where) != 3 || !tail ||
		    sscanf(tail, " - %*s %127s", source) != 1)
			continue;
		if (block_is_on(sys, bdf, major, minor) ||
		    node_is_on(sys, bdf, source)) {
			smn_why_set(why, "its disk is mounted on %.100s",
				    where);
			return -EBUSY;
		}
	}
	return 0;
}

static int check_swaps(struct smn_sys *sys, const char *bdf, char *text,
		       struct smn_why *why)
{
	char *line, node[128];

	while ((line = strsep(&text, "\n")))
		if (sscanf(line, "%127s", node) == 1 &&
		    node_is_on(sys, bdf, node)) {
			smn_why_set(why, "its disk holds swap, %.100s", node);
			return -EBUSY;
		}
	return 0;
}

/* "eth0 00000000 0100000A 0003 0 0 0 00000000 ..." */
static bool default_v4(const char *line, char name[32])
{
	unsigned long destination, mask;

	return sscanf(line, "%31s %lx %*s %*s %*s %*s %*s %lx", name,
		      &destination, &mask) == 3 && !destination && !mask;
}

/* "0000...0 00 0000...0 00 <gateway> <metric> <refs> <use> <flags> eth0" */
static bool default_v6(const char *line, char name[32])
{
	char destination[40];
	unsigned int prefix;

	return sscanf(line, "%39s %x %*s %*s %*s %*s %*s %*s %*s %31s",
		      destination, &prefix, name) == 3 && !prefix &&
		strspn(destination, "0") == strlen(destination) &&
		strcmp(name, "lo");
}

/* Refuses only when every default route leaves through this device. */
static int check_routes(struct smn_sys *sys, const char *bdf, char *text,
			bool (*is_default)(const char *line, char name[32]),
			struct smn_why *why)
{
	const struct search s = { .sys = sys, .bdf = bdf };
	char *line, name[32], ours[32] = "", dir[SMN_PATH];
	bool others = false;

	while ((line = strsep(&text, "\n"))) {
		if (!is_default(line, name))
			continue;
		snprintf(dir, sizeof(dir), "/sys/class/net/%s", name);
		if (is_on(&s, dir))
			memcpy(ours, name, sizeof(name));
		else
			others = true;
	}
	if (!ours[0] || others)
		return 0;
	smn_why_set(why, "it carries the only default route, through %s", ours);
	return -EBUSY;
}

static int check_routes_v4(struct smn_sys *sys, const char *bdf, char *text,
			   struct smn_why *why)
{
	return check_routes(sys, bdf, text, default_v4, why);
}

static int check_routes_v6(struct smn_sys *sys, const char *bdf, char *text,
			   struct smn_why *why)
{
	return check_routes(sys, bdf, text, default_v6, why);
}

static const struct {
	const char *path;
	int (*check)(struct smn_sys *sys, const char *bdf, char *text,
		     struct smn_why *why);
} uses[] = {
	{ "/proc/self/mountinfo", check_mounts },
	{ "/proc/swaps", check_swaps },
	{ "/proc/net/route", check_routes_v4 },
	{ "/proc/net/ipv6_route", check_routes_v6 },
};

int smn_pci_in_use(struct smn_sys *sys, const char *bdf, struct smn_why *why)
{
	static const size_t room = 1 << 20;
	char *text = smn_sys_map(sys, room);
	int ret = text ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < SMN_ARRAY_SIZE(uses); i++) {
		ssize_t n = smn_sys_read_text(sys, uses[i].path, text, room);

		/* no /proc/swaps: no swap; anything else is not an answer */
		if (n == -ENOENT)
			continue;
		ret = n < 0 ? (int)n : uses[i].check(sys, bdf, text, why);
		if (n < 0)
			smn_why_set(why, "%s cannot be read", uses[i].path);
	}
	if (text)
		smn_sys_unmap(sys, text, room);
	return ret;
}
