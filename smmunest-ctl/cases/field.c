// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What VMMs have met: a guest that numbers its buses anew, devices that come
 * and go beside others, a program that dies, a device that is reset meanwhile.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cases/case.h"

#define VDEVICE(name, dev, vsid) "let " name " = vdevice-alloc " \
	"viommu_id=viommu dev_id=" dev " virt_id=" vsid "\n"
#define KNOWN(vsid) "hwpt-invalidate hwpt_id=viommu cmds=cfgi-cd-all:SID=" \
	vsid "\n"
#define UNKNOWN(vsid) "expect EIO inval.vsid entry_num=0\n" KNOWN(vsid)
#define SECOND "let cdev2 = open dev1\nlet dev2 = bind-iommufd cdev2\n" \
	VDEVICE("vdev2", "dev2", "9") "attach-iommufd-pt cdev2 pt_id=s1\n"
#define IS_HELD "expect EBUSY destroy.busy\ndestroy id=s1\n"

/* All that was there, once more, in an iommufd of its own. */
#define CHAIN(device) \
	"let iommufd = open /dev/iommu\nlet ioas = ioas-alloc\n" device \
	"let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n" \
	"let viommu = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3\n" \
	VDEVICE("vdev", "dev", "8") \
	"let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=s1\n" \
	"attach-iommufd-pt cdev pt_id=s1\n"
#define OPENED "let cdev = open dev0\nlet dev = bind-iommufd cdev\n"

/* --- another process --- */

static pid_t child(struct trial *t)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tape_stream(trial_ctl(t), "child");
	}
	return pid;
}

/* The device is the child's alone when it is killed. */
static void killed(struct trial *t, const struct test_case *c)
{
	pid_t pid = child(t);

	(void)c;
	if (!pid)
		for (;;)
			pause();
	if (!trial_check(t, pid > 0, "no process"))
		return;
	if (trial_lines(t, "close cdev\nclose iommufd\n"
			"let iommufd = open /dev/iommu\nlet cdev = open dev0\n"
			"expect EINVAL bind.open\nbind-iommufd cdev\n")) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		trial_lines(t, CHAIN("let dev = bind-iommufd cdev\n"));
		return;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* --- a reset meanwhile --- */

static bool resets(struct trial *t)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	if (!trial_ioctl(t, SMN_VFIO_DEVICE_GET_INFO, trial_fd(t, "cdev"),
			 &info, 0))
		return false;
	if (!(info.flags & VFIO_DEVICE_FLAGS_RESET))
		trial_skip(t, "needs a reset: the device has no way to be "
			   "reset alone");
	return info.flags & VFIO_DEVICE_FLAGS_RESET;
}

/*
 * Attach to the one and the other while the child is at it: how often. Linux
 * 7.3.4 refuses none of a device without ATS; EBUSY is what others may get.
 */
static unsigned int attach_during(struct trial *t, pid_t pid, int *status)
{
	static const struct timespec pause = { 0, 1000000 };
	struct smn_sys *sys = &trial_ctl(t)->sys;
	unsigned int i;

	for (i = 0; !waitpid(pid, status, WNOHANG); i++) {
		struct vfio_device_attach_iommufd_pt arg = {
			.argsz = sizeof(arg),
			.pt_id = trial_id(t, i % 2 ? "s1" : "s2"),
		};
		int err = smn_sys_ioctl(sys, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
					trial_fd(t, "cdev"), &arg);

		trial_check(t, !err || err == -EBUSY, "attaching during a "
			    "reset: %s", smn_errno_name(err));
		nanosleep(&pause, NULL);
	}
	return i;
}

static void reset(struct trial *t, const struct test_case *c)
{
	struct smn_no_arg none = { .argsz = sizeof(none) };
	unsigned int times;
	int status = 0;
	pid_t pid;

	(void)c;
	if (!resets(t))
		return;
	pid = child(t);
	if (!pid)
		_exit(-smn_sys_ioctl(&trial_ctl(t)->sys, SMN_VFIO_DEVICE_RESET,
				     trial_fd(t, "cdev"), &none));
	if (!trial_check(t, pid > 0, "no process"))
		return;
	times = attach_during(t, pid, &status);
	trial_check(t, WIFEXITED(status) && !WEXITSTATUS(status),
		    "the reset: %s", smn_errno_name(-WEXITSTATUS(status)));
	trial_check(t, times > 1, "no attach ended before the reset did");
	trial_lines(t, "attach-iommufd-pt cdev pt_id=s2\n"
		    "attach-iommufd-pt cdev pt_id=s1\n" IS_HELD);
}

/* --- a BAR as memory --- */

static void map_bar(struct trial *t, const struct test_case *c)
{
	struct smn_sys *sys = &trial_ctl(t)->sys;
	struct vfio_region_info bar = { .argsz = sizeof(bar) };
	struct iommu_ioas_map map = {
		.size = sizeof(map), .ioas_id = trial_id(t, "ioas"),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE,
		.length = 0x1000, .iova = 0x50000000,
	};
	void *p;

	(void)c;
	if (!trial_ioctl(t, SMN_VFIO_DEVICE_GET_REGION_INFO,
			 trial_fd(t, "cdev"), &bar, 0))
		return;
	if (bar.offset || bar.size < map.length ||
	    !(bar.flags & VFIO_REGION_INFO_FLAG_MMAP)) {
		trial_skip(t, "needs a BAR0 that can be mapped into a process");
		return;
	}
	p = smn_sys_map_file(sys, trial_fd(t, "cdev"), map.length);
	if (!trial_check(t, p, "BAR0 cannot be mapped into the process"))
		return;
	map.user_va = (uintptr_t)p;
	trial_ioctl(t, SMN_IOMMU_IOAS_MAP, trial_fd(t, "iommufd"), &map,
		    -EFAULT);
	smn_sys_unmap(sys, p, map.length);
	/* and nothing of it is left */
	trial_lines(t, "expect ENOENT unmap.nothing\nioas-unmap ioas_id=ioas "
		    "iova=0x50000000 length=0x1000\n");
}

/* --- rows --- */

static const struct test_case rows[] = {
	/* commands follow the vDEVICE at once, events the next attach: dma */
	LINES(ATTACHED, "vsid-changed", "destroy id=vdev\n" UNKNOWN("8")
	      VDEVICE("vdev", "dev", "9") KNOWN("9") UNKNOWN("8")
	      "attach-iommufd-pt cdev pt_id=s1\n" KNOWN("9") IS_HELD),
	LINES(ATTACHED, "vsid-changed-by-detach", "detach-iommufd-pt cdev\n"
	      "destroy id=vdev\n" VDEVICE("vdev", "dev", "9")
	      "attach-iommufd-pt cdev pt_id=s1\n" KNOWN("9") UNKNOWN("8")),
	LINES(ATTACHED, "vsid-changed-by-parent",
	      "attach-iommufd-pt cdev pt_id=s2\n" "destroy id=vdev\n"
	      VDEVICE("vdev", "dev", "9") "attach-iommufd-pt cdev pt_id=s1\n"
	      KNOWN("9") UNKNOWN("8")),
	LINES(ATTACHED, "vsids-swapped", SECOND
	      "destroy id=vdev\ndestroy id=vdev2\n"
	      VDEVICE("vdev", "dev", "9") VDEVICE("vdev2", "dev2", "8")
	      "destroy id=vdev\n" KNOWN("8") UNKNOWN("9"),
	      .needs = NEED(TWO)),
	LINES(ATTACHED, "one-detached", SECOND "detach-iommufd-pt cdev\n"
	      "destroy id=vdev\n" KNOWN("9") UNKNOWN("8") IS_HELD
	      "detach-iommufd-pt cdev2\ndestroy id=s1\n", .needs = NEED(TWO)),
	LINES(ATTACHED, "one-closed", SECOND "close cdev\n" KNOWN("9")
	      UNKNOWN("8") IS_HELD, .needs = NEED(TWO), .since = 617),
	LINES(ATTACHED, "cdev-first", "close cdev\nclose iommufd\n"
	      CHAIN(OPENED)),
	LINES(ATTACHED, "iommufd-first", "close iommufd\nclose cdev\n"
	      CHAIN(OPENED)),
	LINES(ATTACHED, "unmap-never-mapped", "expect ENOENT unmap.nothing\n"
	      "ioas-unmap ioas_id=ioas iova=0x50000000 length=0x1000\n"
	      "expect ok length=0x10000\n"
	      "ioas-unmap ioas_id=ioas iova=0x40000000 length=0x10000\n"),
	FUNCTION(ATTACHED, "map-bar", map_bar),
	FUNCTION(ATTACHED, "killed", killed, .needs = NEED(KERNEL)),
	FUNCTION(ATTACHED, "reset", reset, .needs = NEED(KERNEL)),
};

TOPIC(field, rows);
