// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DMA sources: the cases of dmarun.h on the model's devices, and what no
 * machine of the tests has: devices that hang, iommu-testdev, a person, a
 * command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/gadget.h"
#include "sys/model.h"
#include "sys/presets.h"

#include "dmarun.h"

#define EDU "0000:00:02.0"
#define NVME "0000:00:03.0"
#define CDEV0 "/dev/vfio/devices/vfio0"
#define CDEV1 "/dev/vfio/devices/vfio1"

struct machine {
	struct smn_model *m;
	struct smn_sys sys;
};

static void make(struct machine *mc)
{
	struct smn_why why;

	if (smn_model_preset("qemu", &mc->m, &why))
		exit(1);
	mc->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = mc->m,
				    .world = smn_model_world(mc->m) };
}

static void run_cases(struct tap *tap, const char *cdev, const char *name)
{
	struct machine mc;
	struct dmarun r = { .tap = tap, .sys = &mc.sys, .many = 1100 };
	const char *command;

	make(&mc);
	r.source = smn_dma_named(name, &command);
	dr_plain(&r, cdev);
	dr_nested(&r, cdev);
	smn_model_free(mc.m);
}

/* --- choosing --- */

static void choosing(struct tap *tap)
{
	static const struct {
		struct smn_pci pci;
		const char *name;
	} devices[] = {
		{ { .vendor = 0x1234, .device = 0x11e8, .class = 0xff00 },
		  "edu" },
		{ { .vendor = 0x1b36, .device = 0x10, .class = 0x010802 },
		  "nvme" },
		{ { .vendor = 0x144d, .device = 0xa80a, .class = 0x010802 },
		  "nvme" },
		{ { .vendor = 0x144d, .device = 0xa80a, .class = 0x010601 },
		  "none" },
		{ { .vendor = 0x1b36, .device = 0x05, .class = 0x00ff00 },
		  "testdev" },
		{ { .vendor = 0x8086, .device = 0x10c9, .class = 0x020000 },
		  "none" },
	};
	const char *command = "";

	for (size_t i = 0; i < SMN_ARRAY_SIZE(devices); i++)
		tap_ok(tap, !strcmp(smn_dma_of(&devices[i].pci)->name,
				    devices[i].name), "%04x:%04x is for %s",
		       devices[i].pci.vendor, devices[i].pci.device,
		       devices[i].name);
	for (size_t i = 0; smn_dma_sources[i]; i++) {
		const struct smn_dma_source *s = smn_dma_sources[i];

		if (!strcmp(s->name, "exec"))
			continue;
		tap_ok(tap, smn_dma_named(s->name, &command) == s && !command,
		       "%s by its name", s->name);
	}
	tap_ok(tap, !strcmp(smn_dma_named("exec:a b", &command)->name,
			    "exec") && !strcmp(command, "a b"),
	       "exec with its command");
	tap_ok(tap, !smn_dma_named("exec:", &command) &&
	       !smn_dma_named("exec", &command), "exec without one");
	tap_ok(tap, !smn_dma_named("nvm", &command), "no such source");
}

/* --- devices that hang --- */

static void hanging(struct tap *tap, const char *cdev, const char *bdf,
		    const char *name)
{
	struct machine mc;
	struct dmarun r = { .tap = tap, .sys = &mc.sys, .stages = "hung" };
	struct smn_pdev *dev;
	uint32_t ioas, command;
	uint64_t before;
	const char *none;
	int ret;

	make(&mc);
	r.source = smn_dma_named(name, &none);
	r.mem = smn_sys_map(r.sys, PLAIN_BYTES);
	dev = smn_machine_device(smn_model_machine(mc.m), bdf);
	ret = dr_session(&r, cdev, &command);
	if (!ret)
		ret = smn_ioas_alloc(&r.s, &ioas);
	if (!ret)
		ret = smn_ioas_map(&r.s, ioas, r.mem, PLAIN_BYTES, IPA_LOW);
	if (!ret)
		ret = smn_device_attach(&r.s, &r.dev, ioas);
	if (dr_ok(&r, !ret, "attached", ret) && !dr_open(&r)) {
		dr_write(&r);
		smn_gadget_hang(dev->gadget);
		before = smn_sys_now(r.sys);
		ret = smn_dma_write(&r.dma, IPA_LOW + TARGET, 7);
		dr_ok(&r, ret == -ETIMEDOUT, "a write times out", ret);
		dr_ok(&r, smn_sys_now(r.sys) - before <=
		      (r.source->ms + 100) * 1000000ULL,
		      "not later than it promises", 0);
		dr_ok(&r, strstr(smn_dma_says(&r.dma), "reset"),
		      "it says what became of it", 0);
		if (r.dma.reset)
			smn_config_read(&r.s, &r.dev, 4, 2, &command);
		dr_ok(&r, r.dma.reset ? !(command & 4) : 1,
		      "it does no more DMA unless it was reset", r.dma.reset);
		if (!r.dma.reset)
			dr_write(&r);
	}
	smn_session_close(&r.s);
	smn_sys_unmap(r.sys, r.mem, PLAIN_BYTES);
	smn_model_free(mc.m);
}

/* --- iommu-testdev, which the emulated machine's QEMU does not have --- */

/* Its registers, and an IOMMU that lets one page through. */
struct testdev {
	uint32_t regs[16];
	uint64_t iova;
	unsigned char *page;
	uint64_t bar;
	bool refuses;
};

static int t_ioctl(void *be, int fd, unsigned long request, void *arg,
		   struct smn_span *span)
{
	const struct testdev *t = be;
	struct vfio_region_info *info = arg;

	(void)fd;
	*span = (struct smn_span){ 0 };
	if (request != VFIO_DEVICE_GET_REGION_INFO)
		return -ENOTTY;
	info->size = info->index ? 256 : t->bar;
	info->offset = (uint64_t)info->index << SMN_REGION_SHIFT;
	return 0;
}

static uint32_t t_trigger(struct testdev *t)
{
	static const uint32_t word = 0x12345678;
	uint64_t iova = t->regs[1] | (uint64_t)t->regs[2] << 32;

	if (t->regs[5] != 1)
		return 0xdead0005;
	if (t->regs[6] != 0x0a)
		return 0xdead0006;
	if (t->regs[3] != 4)
		return 0xdead0001;
	if (iova != t->iova || t->refuses)
		return 0xdead0002;
	memcpy(t->page, &word, sizeof(word));
	return 0xdead0004;
}

static ssize_t t_pread(void *be, int fd, void *buf, size_t len,
		       uint64_t offset)
{
	struct testdev *t = be;

	(void)fd;
	memset(buf, 0, len);
	if (offset >> SMN_REGION_SHIFT)
		return len;
	if (offset == 0)
		t->regs[4] = t_trigger(t);
	memcpy(buf, &t->regs[offset / 4], 4);
	return len;
}

static ssize_t t_pwrite(void *be, int fd, const void *buf, size_t len,
			uint64_t offset)
{
	struct testdev *t = be;

	(void)fd;
	if (offset < sizeof(t->regs) && len == 4)
		memcpy(&t->regs[offset / 4], buf, 4);
	return len;
}

static const struct smn_backend testdev_backend = {
	.name = "testdev", .ioctl = t_ioctl, .pread = t_pread,
	.pwrite = t_pwrite,
};

static void testdev(struct tap *tap)
{
	static _Alignas(4096) unsigned char page[SMN_DMA_PAGE];
	static _Alignas(4096) unsigned char space[SMN_DMA_SPACE];
	struct testdev t = { .iova = 0x500000000, .page = page,
			     .bar = 4096 };
	struct smn_sys sys = { .be = &testdev_backend, .priv = &t };
	struct smn_session s = { .sys = &sys };
	const struct smn_device dev = { .fd = 3 };
	const char *command;
	const struct smn_dma_setup setup = {
		.source = smn_dma_named("testdev", &command),
		.space = { space, 0x1000, sizeof(space) },
	};
	struct smn_dma d;
	uint16_t seen;

	tap_ok(tap, !smn_dma_open(&s, &dev, &setup, &d), "testdev: opens");
	tap_ok(tap, !smn_dma_write(&d, t.iova, 3) &&
	       smn_dma_wrote(&d, page, 3), "testdev: writes");
	memset(page, 0, sizeof(page));
	tap_ok(tap, !smn_dma_wrote(&d, page, 3), "testdev: had it not");
	tap_ok(tap, smn_dma_write(&d, 0x1000, 3) == -EIO &&
	       strstr(smn_dma_says(&d), "refused"), "testdev: is refused");
	tap_ok(tap, smn_dma_read(&d, t.iova, &seen) == -EOPNOTSUPP,
	       "testdev: cannot read");
	tap_ok(tap, smn_dma_msi(&d, 0) == -EOPNOTSUPP,
	       "testdev: sends no MSI");
	smn_session_close(&s);
	t.bar = 256;
	s = (struct smn_session){ .sys = &sys };
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -ENODEV,
	       "testdev: pci-testdev is another device");
	smn_session_close(&s);
}

/* --- a person, and a command --- */

struct person {
	struct smn_dma_ask asked;
	uint32_t word;
	int ret;
};

static int person_does(void *ctx, const struct smn_dma_ask *what,
		       uint32_t *seen)
{
	struct person *p = ctx;

	p->asked = *what;
	*seen = p->word;
	return p->ret;
}

static void manual(struct tap *tap)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct smn_session s = { .sys = &sys };
	const struct smn_device dev = { .fd = -1 };
	struct person p = { .word = smn_dma_pattern(77) };
	struct smn_dma_setup setup = { .ask_ctx = &p };
	struct smn_dma d;
	uint16_t seen = 0;
	uint32_t page[SMN_DMA_PAGE / 4] = { 0 };
	const char *command;

	setup.source = smn_dma_named("manual", &command);
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "manual: somebody has to be asked");
	setup.ask = person_does;
	tap_ok(tap, !smn_dma_open(&s, &dev, &setup, &d), "manual: opens");
	tap_ok(tap, !smn_dma_write(&d, 0x7000, 5) && p.asked.write &&
	       p.asked.iova == 0x7000 && p.asked.bytes == 4 &&
	       p.asked.pattern == smn_dma_pattern(5), "manual: a write");
	page[0] = p.asked.pattern;
	tap_ok(tap, smn_dma_wrote(&d, page, 5) && !smn_dma_wrote(&d, page, 6),
	       "manual: the pattern is the tag's");
	tap_ok(tap, !smn_dma_read(&d, 0x8000, &seen) && seen == 77 &&
	       !p.asked.write && p.asked.iova == 0x8000, "manual: a read");
	p.word = 0xffffffff;
	tap_ok(tap, !smn_dma_read(&d, 0x8000, &seen) && !seen,
	       "manual: another word is no tag");
	p.ret = -ECANCELED;
	seen = 5;
	tap_ok(tap, smn_dma_read(&d, 0x8000, &seen) == -ECANCELED &&
	       seen == 5, "manual: gave up");
	smn_session_close(&s);
}

static const struct {
	const char *command, *what, *says;
	bool write;
	int ret;
	uint16_t seen;
} commands[] = {
	{ "test $SMMUNEST_DMA_IOVA = 0x7000 -a $SMMUNEST_DMA_BYTES = 4 -a "
	  "$SMMUNEST_DMA_DIRECTION = write -a "
	  "$SMMUNEST_DMA_PATTERN = 0xd3a50009", "a write is told all", "",
	  true, 0, 0 },
	{ "test -z \"$SMMUNEST_DMA_PATTERN\" -a "
	  "$SMMUNEST_DMA_DIRECTION = read && echo 0xd3a5004d",
	  "a read is told, and tells", "", false, 0, 77 },
	{ "echo 0", "a read that got nothing", "", false, 0, 0 },
	{ "true", "a read that tells nothing", "did not print", false,
	  -ENODATA, 0 },
	{ "echo 0xd3a5004d or so", "a read that tells too much",
	  "did not print", false, -ENODATA, 0 },
	{ "echo 0xfffffffff", "more than a word", "did not print", false,
	  -ENODATA, 0 },
	{ "exit 3", "a command that fails", "failed", true, -EIO, 0 },
	{ "yes", "one that prints without end", "more than", true, -EFBIG,
	  0 },
	{ "sleep 60", "one that hangs", "killed", true, -ETIMEDOUT, 0 },
	{ "sleep 60 & echo 1", "one that leaves a child", "killed", true,
	  -ETIMEDOUT, 0 },
	{ "exec >&-; sleep 60", "one that closes its output", "killed", true,
	  -ETIMEDOUT, 0 },
};

static void external(struct tap *tap)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct smn_session s = { .sys = &sys };
	const struct smn_device dev = { .fd = -1 };
	const char *none;
	struct smn_dma_setup setup = { .ms = 300 };
	struct smn_dma d;

	setup.source = smn_dma_named("exec:x", &none);
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "exec: a command is needed");
	for (size_t i = 0; i < SMN_ARRAY_SIZE(commands); i++) {
		uint64_t start = smn_sys_now(&sys);
		uint16_t seen = 0;
		int ret;

		setup.command = commands[i].command;
		ret = smn_dma_open(&s, &dev, &setup, &d);
		if (!ret)
			ret = commands[i].write ?
				smn_dma_write(&d, 0x7000, 9) :
				smn_dma_read(&d, 0x7000, &seen);
		tap_ok(tap, ret == commands[i].ret &&
		       seen == commands[i].seen &&
		       strstr(smn_dma_says(&d), commands[i].says) &&
		       smn_sys_now(&sys) - start < 10000000000ULL,
		       "exec: %s (%d %s)", commands[i].what, ret,
		       smn_dma_says(&d));
	}
	smn_session_close(&s);
}

/* A process that is no more, or only waits for its parent to see that. */
static bool is_gone(const char *pid_file)
{
	char path[64], stat[128] = "";
	FILE *f = fopen(pid_file, "r");
	int pid = 0;

	if (!f || fscanf(f, "%d", &pid) != 1 || pid <= 0)
		return false;
	fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return true;
	if (!fgets(stat, sizeof(stat), f))
		stat[0] = '\0';
	fclose(f);
	return strstr(stat, ") Z ");
}

static void killing(struct tap *tap)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct smn_session s = { .sys = &sys };
	const struct smn_device dev = { .fd = -1 };
	char name[] = "/tmp/smmunest-dma-XXXXXX", command[128];
	struct smn_dma_setup setup = { .ms = 300, .command = command };
	int fd = mkstemp(name), ret, tries = 100;
	const char *none;
	struct smn_dma d;

	setup.source = smn_dma_named("exec:x", &none);
	snprintf(command, sizeof(command), "sleep 60 & echo $! >%s; wait",
		 name);
	ret = smn_dma_open(&s, &dev, &setup, &d);
	if (!ret)
		ret = smn_dma_write(&d, 0x7000, 9);
	while (tries-- && !is_gone(name))
		smn_sys_poll(&sys, NULL, 0, 10);
	tap_ok(tap, ret == -ETIMEDOUT && tries > 0,
	       "exec: the command's children are killed, too (%d)", ret);
	smn_session_close(&s);
	close(fd);
	unlink(name);
}

static void bad_setups(struct tap *tap)
{
	struct machine mc;
	struct smn_session s;
	struct smn_device dev;
	struct smn_dma d;
	const char *none;
	struct smn_dma_setup setup = { 0 };
	unsigned char *mem;

	make(&mc);
	mem = smn_sys_map(&mc.sys, 2 * SMN_DMA_SPACE);
	smn_session_open(&s, &mc.sys);
	smn_device_open(&s, CDEV0, &dev);
	setup.source = smn_dma_named("edu", &none);
	setup.space = (struct smn_dma_space){ mem, 0x1000, SMN_DMA_SPACE };
	tap_ok(tap, !smn_dma_open(&s, &dev, &setup, &d), "a good setup");
	setup.space.bytes--;
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "the working area is too small");
	setup.space = (struct smn_dma_space){ mem + 8, 0x1000, SMN_DMA_SPACE };
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "it is not aligned");
	setup.space = (struct smn_dma_space){ mem, 0x1008, SMN_DMA_SPACE };
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "its IOVA is not aligned");
	setup.space = (struct smn_dma_space){ mem, (1 << 28) - 4096,
					      SMN_DMA_SPACE };
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -EINVAL,
	       "the device cannot reach all of it");
	setup.bits = 48;
	tap_ok(tap, !smn_dma_open(&s, &dev, &setup, &d),
	       "one with more bits can");
	setup.source = smn_dma_named("nvme", &none);
	tap_ok(tap, smn_dma_open(&s, &dev, &setup, &d) == -ENODEV,
	       "edu is no nvme");
	setup.source = smn_dma_named("none", &none);
	tap_ok(tap, !smn_dma_open(&s, &dev, &setup, &d) &&
	       smn_dma_write(&d, 0, 1) == -EOPNOTSUPP, "none does nothing");
	smn_session_close(&s);
	smn_sys_unmap(&mc.sys, mem, 2 * SMN_DMA_SPACE);
	smn_model_free(mc.m);
}

int main(void)
{
	struct tap tap = { 0 };

	choosing(&tap);
	run_cases(&tap, CDEV0, "edu");
	run_cases(&tap, CDEV1, "nvme");
	hanging(&tap, CDEV0, EDU, "edu");
	hanging(&tap, CDEV1, NVME, "nvme");
	bad_setups(&tap);
	testdev(&tap);
	manual(&tap);
	external(&tap);
	killing(&tap);
	return tap_done(&tap);
}
