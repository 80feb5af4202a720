// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel has no memory: each piece that an ioctl asks for is refused once.
 * It must say so, be as before, and do the same thing at once when it is asked
 * again. A piece that it can do without may be refused for nothing.
 */
#include <errno.h>
#include <string.h>

#include <linux/vfio.h>

#include "cases/case.h"

enum {
	MOST = 400,	/* pieces of one call */
	/*
	 * Kernels from before nesting are spared: 6.12 itself falls when
	 * VFIO_DEVICE_BIND_IOMMUFD is refused memory for the configuration
	 * space. The close frees it once more, and its lock is never let go.
	 */
	NESTING = 613,
};

struct fault {
	const char *before;	/* lines that come first, or NULL */
	const char *act;	/* the request */
	const char *undo;	/* the lines that undo it, or NULL */
	const char *made;	/* the name of what it makes, or NULL */
	const char *still;	/* lines that hold after a refusal, or NULL */
	const char *warns;	/* who may warn in the log, or NULL */
	int also;		/* an errno beside ENOMEM, or 0 */
};

struct sweep {
	struct trial *t;
	const struct fault *f;
	struct smn_inject inject;
	struct smn_kmsg log;	/* its fd is below 0: it cannot be read */
	uint32_t id;		/* of what was made without any fault */
	int fd;			/* the lowest that is free */
	unsigned int refused, spared, warned;
};

/* --- is it as before? --- */

static int lowest_fd(struct sweep *s)
{
	struct smn_sys *sys = &trial_ctl(s->t)->sys;
	int fd = smn_sys_eventfd(sys);

	smn_sys_close(sys, fd);
	return fd;
}

/* What leaks keeps the lowest number from the next one. */
static bool is_as_before(struct sweep *s)
{
	int fd = lowest_fd(s);

	return trial_check(s->t, fd == s->fd, "file %d is the next, and %d was:"
			   " one is left open", fd, s->fd);
}

static bool is_same_id(struct sweep *s)
{
	uint32_t id = s->f->made ? trial_id(s->t, s->f->made) : s->id;

	return trial_check(s->t, id == s->id, "the id is %u, and %u was free: "
			   "an object is left", id, s->id);
}

/* Every warning since the last look is by whom we know. */
static bool is_quiet(struct sweep *s)
{
	const uint32_t bad = 1u << SMN_KMSG_WARN | 1u << SMN_KMSG_OOPS;
	struct smn_kmsg_seen seen;

	if (s->log.fd < 0)
		return true;
	smn_kmsg_read(&s->log, &seen);
	if (!trial_check(s->t, !seen.lost && !seen.dropped,
			 "the kernel's log has more than can be read"))
		return false;
	for (unsigned int i = 0; i < seen.n; i++) {
		const char *text = seen.line[i].text;

		if (!(1u << seen.line[i].kind & bad))
			continue;
		s->warned++;
		if (!trial_check(s->t, s->f->warns &&
				 strstr(text, s->f->warns), "%s", text))
			return false;
	}
	return true;
}

static bool undo(struct sweep *s)
{
	return is_same_id(s) && (!s->f->undo || trial_lines(s->t, s->f->undo))
		&& is_as_before(s);
}

/* Nothing is in its way, and it goes as it did. */
static bool again(struct sweep *s)
{
	return trial_lines(s->t, s->f->act) && undo(s);
}

/* --- one piece --- */

static bool is_injected(struct sweep *s, unsigned int nth, int err)
{
	struct smn_sys *sys = &trial_ctl(s->t)->sys;
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct smn_question q;

	if (!trial_check(s->t, err == -ENOMEM || err == -s->f->also,
			 "piece %u is refused, and the call ends with %s", nth,
			 smn_errno_name(err)))
		return false;
	smn_call_question(&sys->failed, sys->world, &q);
	smn_diagnose(&q, err, found);
	return trial_check(s->t, found[0].verdict == SMN_CERTAIN &&
			   !strncmp(found[0].id, "injected", 8),
			   "piece %u is refused, and the call ends with %s, of "
			   "which the cause is said to be: %s [%s]", nth,
			   smn_errno_name(err), found[0].cause.text,
			   found[0].id);
}

/* True: there are more. */
static bool one(struct sweep *s, unsigned int nth)
{
	bool injected;
	int err;

	s->inject.injected = false;
	s->inject.nth = nth;
	if (!trial_try(s->t, s->f->act, &err))
		return false;
	s->inject.nth = 0;
	injected = s->inject.injected;
	if (!trial_check(s->t, injected || !err, "nothing is refused, and it "
			 "is %s", smn_errno_name(err)))
		return false;
	if (!err) {
		s->spared += injected;
		return undo(s) && is_quiet(s) && injected;
	}
	s->refused++;
	return is_injected(s, nth, err) && is_as_before(s) &&
		(!s->f->still || trial_lines(s->t, s->f->still)) && again(s) &&
		is_quiet(s);
}

/* --- all of them --- */

static void all(struct sweep *s)
{
	unsigned int nth = 1;

	s->fd = lowest_fd(s);
	if (!trial_lines(s->t, s->f->act))
		return;
	s->id = s->f->made ? trial_id(s->t, s->f->made) : 0;
	if (!undo(s))
		return;
	while (nth < MOST && one(s, nth))
		nth++;
	trial_check(s->t, nth < MOST, "it asks for memory without end");
	trial_check(s->t, s->refused, "no piece of memory was refused to it");
	trial_note(s->t, "memory refused %u times, and done without it %u "
		   "times", s->refused + s->spared, s->spared);
	if (s->warned && s->f->warns)
		trial_note(s->t, "%u warnings of %s, which is known: what it "
			   "removes was not made", s->warned, s->f->warns);
}

static void sweep(struct trial *t, const struct test_case *c)
{
	struct sweep s = { .t = t, .f = c->with };
	struct smn_sys *sys = &trial_ctl(t)->sys;
	struct smn_why why;
	int ret;

	if (s.f->before && !trial_lines(t, s.f->before))
		return;
	if (smn_kmsg_open(sys, &s.log, false, &why) && !trial_ctl(t)->on_model)
		trial_note(t, "nothing is known of warnings: %s", why.text);
	ret = smn_inject_begin(&s.inject, sys, &why);
	if (trial_check(t, !ret, "%s: %s", smn_errno_name(ret), why.text)) {
		all(&s);
		ret = smn_inject_end(&s.inject);
		trial_check(t, !ret, "failslab is not as it was: %s",
			    smn_errno_name(ret));
	}
	smn_kmsg_close(&s.log);
}

/* The kind of interrupt that the device has: some have MSI-X alone. */
static const char *irq_kind(struct trial *t)
{
	struct vfio_irq_info info = { .argsz = sizeof(info),
				      .index = VFIO_PCI_MSI_IRQ_INDEX };

	return !trial_ioctl(t, SMN_VFIO_DEVICE_GET_IRQ_INFO,
			    trial_fd(t, "cdev"), &info, 0) ? NULL :
		info.count ? "MSI" : "MSIX";
}

/* The same with an MSI's eventfd, which lines have no word for. */
static void interrupt(struct trial *t, const struct test_case *c)
{
	struct smn_sys *sys = &trial_ctl(t)->sys;
	struct test_case own = *c;
	struct fault f = *(const struct fault *)c->with;
	char act[128], off[128];
	const char *kind = irq_kind(t);
	int fd;

	if (!kind)
		return;
	fd = smn_sys_eventfd(sys);
	snprintf(act, sizeof(act), "set-irqs cdev index=%s flags=DATA_EVENTFD|"
		 "ACTION_TRIGGER count=1 fd=%d", kind, fd);
	snprintf(off, sizeof(off), "set-irqs cdev index=%s flags=DATA_NONE|"
		 "ACTION_TRIGGER\n", kind);
	f.act = act;
	f.undo = off;
	own.with = &f;
	sweep(t, &own);
	smn_sys_close(sys, fd);
}

#define FAULT(bed, name_, act_, undo_, ...) \
	FAULT_OF(0, bed, name_, act_, undo_, __VA_ARGS__)
#define FAULT_OF(needs_, bed, name_, act_, undo_, ...) \
	FAULT_SINCE(NESTING, needs_, bed, name_, act_, undo_, __VA_ARGS__)
#define FAULT_SINCE(since_, needs_, bed, name_, act_, undo_, ...) \
	FUNCTION(bed, name_, sweep, .needs = NEED(INJECT) | (needs_), \
		 .since = since_, \
		 .with = &(const struct fault){ .act = act_, .undo = undo_, \
						__VA_ARGS__ })
/* an object that comes, and goes */
#define OBJECT(bed, name_, act_) OBJECT_OF(0, bed, name_, act_)
#define OBJECT_OF(needs_, bed, name_, act_) \
	FAULT_OF(needs_, bed, name_, "let x = " act_, "destroy id=x\n", \
		 .made = "x")
/* and one that has a file */
#define QUEUE(since_, bed, name_, act_) \
	FAULT_SINCE(since_, 0, bed, name_, "let x = " act_, \
		    "close x\ndestroy id=x\n", .made = "x")
#define MAP "ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA " \
	"user_va=mem+0x10000 length=0x4000 iova=0x50000000"
#define UNMAP "ioas-unmap ioas_id=ioas iova=0x50000000 length=0x4000\n"
#define NESTED "hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=s1," \
	"S1ContextPtr=0x40001000"
#define HOST "hwpt-alloc dev_id=dev pt_id=ioas"
/* what was not attached can be destroyed, what still is cannot */
#define ATTACH(bed, name_, to_, undo_, still_) \
	ATTACH_OF(0, bed, name_, to_, undo_, still_)
#define ATTACH_OF(needs_, bed, name_, to_, undo_, still_) \
	FAULT_OF(needs_, bed, name_, "attach-iommufd-pt cdev pt_id=to", undo_, \
	      .before = "let to = " to_ "\n", \
	      .still = still_ "destroy id=to\nlet to = " to_ "\n")
#define OFF "detach-iommufd-pt cdev\n"
#define BACK "attach-iommufd-pt cdev pt_id=s1\n"
#define STILL "expect EBUSY destroy.busy\ndestroy id=s1\n"

static const struct test_case rows[] = {
	FAULT(NONE, "open", "let x = open /dev/iommu", "close x\n"),
	FAULT(IOMMUFD, "open-device", "let x = open dev0", "close x\n"),
	FAULT(IOMMUFD, "bind-iommufd", "let dev = bind-iommufd cdev",
	      "close cdev\nlet cdev = open dev0\n", .made = "dev",
	      .before = "let cdev = open dev0\n"),
	OBJECT(IOMMUFD, "ioas-alloc", "ioas-alloc"),
	QUEUE(NESTING, IOMMUFD, "fault-queue-alloc", "fault-queue-alloc"),
	FAULT(IOAS, "ioas-map", MAP, UNMAP),
	FAULT(S2, "ioas-map.pinned", MAP, UNMAP),
	FAULT(S2, "ioas-copy", "ioas-copy dst_ioas_id=ioas src_ioas_id=ioas "
	      "flags=READABLE|FIXED_IOVA length=0x4000 src_iova=0x40000000 "
	      "dst_iova=0x50000000", UNMAP),
	/* no device pins it, so any file will do */
	FAULT_SINCE(NESTING, 0, IOAS, "ioas-map-file",
		    "ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		    "fd=file length=0x4000 iova=0x50000000", UNMAP,
		    .before = "let file = open /dev/iommu\n"),
	FAULT(IOAS, "ioas-allow-iovas", "ioas-allow-iovas ioas_id=ioas "
	      "num_iovas=1 words=0x40000000,0x4fffffff", NULL),
	FAULT(DEVICE, "get-hw-info", "get-hw-info dev_id=dev", NULL),
	OBJECT(DEVICE, "hwpt-alloc.host", HOST),
	OBJECT_OF(NEED(S2), DEVICE, "hwpt-alloc.parent",
		  HOST " flags=NEST_PARENT"),
	OBJECT(VDEVICE, "hwpt-alloc.nested", NESTED),
	OBJECT_OF(NEED(VIOMMU), S2, "viommu-alloc",
		  "viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3"),
	OBJECT(VIOMMU, "vdevice-alloc",
	       "vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8"),
	QUEUE(615, VIOMMU, "veventq-alloc", "veventq-alloc "
	      "viommu_id=viommu type=ARM_SMMUV3 veventq_depth=8"),
	ATTACH(DEVICE, "attach.ioas", "ioas-alloc", OFF, ""),
	ATTACH(DEVICE, "attach.host", HOST, OFF, ""),
	ATTACH_OF(NEED(S2), DEVICE, "attach.parent", HOST " flags=NEST_PARENT",
		  OFF, ""),
	ATTACH(VDEVICE, "attach.nested", NESTED, OFF, ""),
	ATTACH(ATTACHED, "attach.replace", NESTED, BACK, STILL),
	ATTACH(ATTACHED, "attach.parent-again", HOST " flags=NEST_PARENT",
	       BACK, STILL),
	FAULT(VIOMMU, "hwpt-invalidate",
	      "hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all*4", NULL),
	FUNCTION(S2, "set-irqs", interrupt, .needs = NEED(INJECT),
		 .since = NESTING,
		 .with = &(const struct fault){
			.also = ENOSPC,
			/*
			 * Linux 7.3 does without files in /proc/irq that it
			 * could not make, and warns when it removes them.
			 */
			.warns = "remove_proc_entry",
			.before = "attach-iommufd-pt cdev pt_id=s2\n" }),
};

TOPIC(fault, rows);
