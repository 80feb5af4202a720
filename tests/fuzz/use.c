// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is the machine using a device? Hostile mountinfo, swaps, routes and sysfs.
 * Whatever they say, a device that no link leads to is not in use, and one
 * that all do is, as soon as anything is mounted.
 */
#include "pretend.h"

#define BDF "0000:01:00.0"

static bool leads_to(const struct pretend *p, const char *text)
{
	return p->files.size && memmem(p->files.data, p->files.size, text,
				       strlen(text));
}

static int ask(struct pretend *p)
{
	struct smn_sys sys = { .be = &pretend_backend, .priv = p };
	struct smn_why why = { "" };
	int ret = smn_pci_in_use(&sys, BDF, &why);

	CHECK(ret <= 0);
	if (ret)
		check_why(&why);
	check_balance(p);
	return ret;
}

/* The same machine, but every link leads to the device. */
static ssize_t all_ours(void *be, const char *path, char *buf, size_t len)
{
	static const char target[] = "../../devices/pci0000:00/" BDF "/x";

	(void)be;
	(void)path;
	CHECK(len > sizeof(target));
	memcpy(buf, target, sizeof(target) - 1);
	return sizeof(target) - 1;
}

/* A line that anybody can see is a mount of a disk. */
static bool is_mount(const char *line)
{
	static const char begins[] = "36 35 8:1 / ";
	const char *where = line + strlen(begins);

	return !strncmp(line, begins, strlen(begins)) && *where > ' ' &&
		!strncmp(where + 1, " rw - ext4 /dev/sda1 rw\n", 24);
}

static void check_mounted(struct pretend *p)
{
	struct smn_backend ours = pretend_backend;
	struct smn_sys sys = { .be = &ours, .priv = p };
	struct smn_why why = { "" };
	char text[4096];

	ours.readlink = all_ours;
	if (smn_sys_read_text(&sys, "/proc/self/mountinfo", text,
			      sizeof(text)) > 0 && is_mount(text)) {
		CHECK(smn_pci_in_use(&sys, BDF, &why) == -EBUSY);
		check_why(&why);
	}
	check_balance(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct pretend p = pretend(&in);
	int ret = ask(&p);

	if (ret == -EBUSY)
		CHECK(leads_to(&p, "/" BDF "/"));
	check_mounted(&p);
	return 0;
}
