// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile recording: whatever it says, a program that asks for this and that
 * gets no more than it has room for, and no reason is without words.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tape.h"
#include "fuzz.h"

/* What the program would tell, and how it would end. */
enum status ctl_no(struct ctl *ctl, enum status status, const char *op,
		   const struct smn_why *why, const struct smn_why *remedy)
{
	(void)ctl;
	check_why(why);
	check_why(remedy);
	CHECK(op[0]);
	return status;
}

void ctl_say(struct ctl *ctl, const char *fmt, ...)
{
	(void)ctl;
	(void)fmt;
}

void self_learn(struct self *self)
{
	*self = (struct self){ .page = 4096 };
}

int stop_signal(void)
{
	return 0;
}

static int each(void *ctx, const char *name)
{
	CHECK(strlen(name) < 1u << 24);
	return ++*(int *)ctx == 3;
}

#define GUARD 0x5a

/* Nothing is written behind @n bytes. */
static void check_guard(const unsigned char *buf, size_t n, size_t room)
{
	for (size_t i = n; i < room; i++)
		CHECK(buf[i] == GUARD);
}

static void ask_files(struct smn_sys *sys)
{
	unsigned char buf[64];
	struct pollfd p[2] = { { .fd = 3 }, { .fd = 4 } };
	char text[16];
	int n = 0;

	memset(buf, GUARD, sizeof(buf));
	smn_sys_open(sys, "/dev/iommu", O_RDWR);
	CHECK(smn_sys_read(sys, 3, buf, 8) <= 8);
	check_guard(buf, 8, sizeof(buf));
	smn_sys_read_text(sys, "/proc/sys/kernel/osrelease", text,
			  sizeof(text));
	CHECK(smn_sys_readlink(sys, "/sys/x", text, sizeof(text)) < 16);
	smn_sys_list(sys, "/sys/bus/pci/devices", each, &n);
	CHECK(smn_sys_poll(sys, p, 2, 0) <= 2);
	smn_sys_close(sys, 3);
	smn_sys_refusal(sys);
}

static void ask_iommufd(struct smn_sys *sys)
{
	_Alignas(8) unsigned char regs[64];
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_hw_info info = {
		.size = sizeof(info), .data_len = 40,
		.data_uptr = (uintptr_t)regs,
	};
	void *memory;

	memset(regs, GUARD, sizeof(regs));
	smn_sys_ioctl(sys, SMN_IOMMU_IOAS_ALLOC, 3, &ioas);
	smn_sys_ioctl(sys, SMN_IOMMU_GET_HW_INFO, 3, &info);
	check_guard(regs, 40, sizeof(regs));
	memory = smn_sys_map(sys, 4096);
	smn_sys_now(sys);
	if (memory)
		smn_sys_unmap(sys, memory, 4096);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cmd cmd = { .name = "info" };
	struct ctl ctl = { .cmd = &cmd };
	int fd = memfd_create("recording", 0);
	char path[40];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!replay_open(&ctl, path)) {
		ask_files(&ctl.sys);
		ask_iommufd(&ctl.sys);
		tape_stream(&ctl, "case");
		ask_files(&ctl.sys);
		replay_close(&ctl);
	} else {
		CHECK(!ctl.tape);
	}
	close(fd);
	return 0;
}
