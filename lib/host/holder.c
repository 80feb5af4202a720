// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a device open: the links in /proc/PID/fd. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

struct hunt {
	struct smn_sys *sys;
	const char *cdev;
	const char *pid;	/* whose descriptors are looked at */
	bool found;
};

static int look_at_fd(void *ctx, const char *fd)
{
	struct hunt *h = ctx;
	char path[SMN_PATH], target[64];

	snprintf(path, sizeof(path), "/proc/%s/fd/%.20s", h->pid, fd);
	h->found = smn_sys_readlink(h->sys, path, target, sizeof(target)) > 0 &&
		   !strcmp(target, h->cdev);
	return h->found;
}

struct holder {
	struct hunt hunt;
	struct smn_why *who;
	char self[32];
};

static int look_at_process(void *ctx, const char *pid)
{
	struct holder *holder = ctx;
	struct hunt *h = &holder->hunt;
	char path[SMN_PATH], name[32];

	/* "other process": we hold it ourselves while we ask */
	if (!isdigit((unsigned char)pid[0]) || !strcmp(pid, holder->self))
		return 0;
	h->pid = pid;
	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	smn_sys_list(h->sys, path, look_at_fd, h);
	if (!h->found)
		return 0;
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	if (smn_sys_read_text(h->sys, path, name, sizeof(name)) < 0)
		snprintf(name, sizeof(name), "a process");
	smn_why_set(holder->who, "%s (process %s) has the device open", name,
		    pid);
	return 1;
}

int smn_cdev_holder(struct smn_sys *sys, const char *cdev, struct smn_why *who)
{
	struct holder holder = { { .sys = sys, .cdev = cdev }, who, "" };

	smn_sys_link_name(sys, "/proc/self", holder.self, sizeof(holder.self));
	if (cdev[0])
		smn_sys_list(sys, "/proc", look_at_process, &holder);
	return holder.hunt.found ? 0 : -ENOENT;
}
