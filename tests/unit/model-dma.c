// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DMA on the model: a VM's memory with a CD and tables of stage 1, typed from
 * the architecture as in walkcase.h, and what becomes of events. The real
 * kernel on the emulated SMMU does the same with an edu device.
 */
#include "modelvm.h"
#include "walkmem.h"

#define RAM 0x40000000ULL
#define BYTES 0x10000
#define IOVA 0x12345678ULL	/* indices 0, 0x91, 0x145 of three levels */
#define DOORBELL 0x08000040ULL	/* indices 0, 0x40, 0 */
#define PAGE_ATTRS 0x743ULL	/* ISH, read and write, AF */
#define BOTH (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)

enum { CD = 0x1000, T1 = 0x2000, T2 = 0x3000, T3 = 0x4000, T3MSI = 0x5000,
       DATA = 0x8000 };

#define EVT_S2 (1ULL << 39)
#define EVT_READ (1ULL << 35)
#define EVT_CLASS(evt) ((evt)[1] >> 40 & 3)

struct rig {
	struct vm vm;
	unsigned char *ram;
	uint32_t veventq;
	int events;		/* the queue's file */
};

static void word(struct rig *r, uint64_t at, uint64_t v)
{
	memcpy(r->ram + at, &v, sizeof(v));
}

/* The device is attached to a VM's stage 1; a queue of two gets its events. */
static void rig(struct rig *r)
{
	struct vm *vm = &r->vm;

	vm_nest(vm);
	r->ram = smn_sys_map(&vm->sys, BYTES);
	vm_map(vm, vm->ioas, r->ram, BYTES, RAM, BOTH);
	word(r, CD, CD_PLAIN | CD_EPD1 | CD_T0SZ(25) | CD_IPS(4) | 7ULL << 48);
	word(r, CD + 8, RAM + T1);
	word(r, CD + 24, 0x4404ff);
	word(r, T1, (RAM + T2) | 3);
	word(r, T2 + 8 * 0x91, (RAM + T3) | 3);
	word(r, T3 + 8 * 0x145, (RAM + DATA) | PAGE_ATTRS);
	vm_vdevice(vm, ALONE, 0x77);
	r->events = vm_veventq(vm, IOMMU_VEVENTQ_TYPE_ARM_SMMUV3, 2,
			       &r->veventq);
}

static void rig_free(struct rig *r)
{
	smn_sys_unmap(&r->vm.sys, r->ram, BYTES);
	vm_free(&r->vm);
}

static int attach(struct rig *r, uint64_t ste0)
{
	return vm_attach_to(&r->vm, ALONE,
			    vm_nested(&r->vm, ALONE, ste0, 0, 0));
}

static struct smn_transfer_result dma(struct rig *r, int dev, uint64_t iova,
				      bool write, void *data, size_t len)
{
	const struct smn_transfer t = { iova, data, len, write };
	struct smn_transfer_result res;

	if (smn_model_dma(r->vm.m, bdfs[dev], &t, &res))
		res.end = SMN_TRANSFER_UNKNOWN;
	return res;
}

static ssize_t next(struct rig *r, void *buf, size_t len)
{
	return smn_sys_read_queue(&r->vm.sys, SMN_READ_VEVENTQ, r->events, buf,
				  len);
}

struct record {
	struct iommufd_vevent_header h;
	uint64_t evt[4];
};

static void stage2(struct tap *t)
{
	struct smn_transfer_result res;
	struct rig r;
	char in[16];

	rig(&r);
	res = dma(&r, ALONE, RAM + DATA, true, "8 bytes", 8);
	tap_ok(t, res.end == SMN_TRANSFER_BLOCKED && res.why.text[0],
	       "attached to nothing");
	vm_attach_to(&r.vm, ALONE, r.vm.s2);
	res = dma(&r, ALONE, RAM + DATA + 1, true, "8 bytes", 8);
	tap_ok(t, res.end == SMN_TRANSFER_DONE &&
	       !memcmp(r.ram + DATA, "\0" "8 bytes", 9), "memory is written");
	res = dma(&r, ALONE, RAM + DATA + 1, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_DONE && !memcmp(in, "8 bytes", 8),
	       "and read");
	res = dma(&r, ALONE, RAM + BYTES - 4, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && res.done == 4 &&
	       res.evt[0] == (0x10 | 0x10ULL << 32) &&
	       res.evt[1] == (EVT_S2 | EVT_READ | 2ULL << 40) &&
	       res.evt[2] == RAM + BYTES && res.evt[3] == RAM + BYTES &&
	       r.vm.w->log & SMN_LOG_EVENT,
	       "beyond what is mapped: stage 2 faults, the log tells");
	vm_map(&r.vm, r.vm.ioas, r.ram, BYTES, 2 * RAM,
	       IOMMU_IOAS_MAP_READABLE);
	res = dma(&r, ALONE, 2 * RAM, true, in, 1);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED &&
	       (res.evt[0] & 0xff) == 0x13 && !res.done,
	       "what is mapped for reading is not written");
	tap_ok(t, dma(&r, ALONE, 2 * RAM, false, in, 1).end ==
	       SMN_TRANSFER_DONE, "but read");
	tap_ok(t, dma(&r, ALONE, DOORBELL, true, in, 4).end ==
	       SMN_TRANSFER_MSI, "MSIs go through");
	rig_free(&r);
}

static void stage1(struct tap *t)
{
	struct smn_transfer_result res;
	struct record rec;
	char in[16];
	struct rig r;

	rig(&r);
	attach(&r, STE_S1 | (RAM + CD));
	res = dma(&r, ALONE, IOVA, true, "8 bytes", 8);
	tap_ok(t, res.end == SMN_TRANSFER_DONE &&
	       !memcmp(r.ram + DATA + 0x678, "8 bytes", 8),
	       "a write through both stages");
	res = dma(&r, ALONE, IOVA, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_DONE && !memcmp(in, "8 bytes", 8),
	       "and a read");
	res = dma(&r, ALONE, (IOVA | 0xfff) - 3, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_EVENT && res.done == 4,
	       "a hole in stage 1 stops what reaches it");
	tap_ok(t, next(&r, &rec, sizeof(rec)) == sizeof(rec) &&
	       rec.evt[0] == (0x10 | 0x77ULL << 32) &&
	       rec.evt[1] == (EVT_READ | 2ULL << 40) &&
	       rec.evt[2] == (IOVA | 0xfff) + 1 && !rec.h.sequence,
	       "its event comes with the vSID and the VM's address");
	tap_ok(t, !next(&r, &rec, sizeof(rec)), "and comes once");
	word(&r, CD, 0);
	res = dma(&r, ALONE, IOVA, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_EVENT &&
	       next(&r, &rec, sizeof(rec)) == sizeof(rec) &&
	       (rec.evt[0] & 0xff) == 0x0a, "a CD that is not valid: C_BAD_CD");
	rig_free(&r);
}

static void msi(struct tap *t)
{
	struct smn_transfer_result res;
	uint32_t data = 0xffffffff;
	struct record rec;
	struct rig r;

	rig(&r);
	attach(&r, STE_S1 | (RAM + CD));
	res = dma(&r, ALONE, DOORBELL, true, &data, 4);
	tap_ok(t, res.end == SMN_TRANSFER_EVENT &&
	       next(&r, &rec, sizeof(rec)) == sizeof(rec) &&
	       rec.evt[2] == DOORBELL, "the doorbell is not in stage 1");
	word(&r, T2 + 8 * 0x40, (RAM + T3MSI) | 3);
	word(&r, T3MSI, 0x08000000 | PAGE_ATTRS);
	res = dma(&r, ALONE, DOORBELL, true, &data, 4);
	tap_ok(t, res.end == SMN_TRANSFER_MSI && res.done == 4,
	       "and as itself it rings");
	res = dma(&r, ALONE, DOORBELL, false, &data, 4);
	tap_ok(t, res.end == SMN_TRANSFER_DONE && !data, "to read it: 0");
	word(&r, T3MSI, 0x08001000 | PAGE_ATTRS);
	res = dma(&r, ALONE, DOORBELL, true, &data, 4);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && res.evt[1] & EVT_S2,
	       "the window's other pages are nobody's");
	rig_free(&r);
}

/* What Linux keeps from the VM. */
static void kept(struct tap *t)
{
	struct smn_transfer_result res;
	struct record rec;
	char in[8];
	struct rig r;

	rig(&r);
	attach(&r, STE_S1 | (RAM + BYTES));
	res = dma(&r, ALONE, IOVA, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && res.evt[1] & EVT_S2 &&
	       EVT_CLASS(res.evt) == 0 && res.evt[3] == RAM + BYTES &&
	       res.evt[2] == IOVA, "the CD is not in stage 2");
	attach(&r, STE_S1 | (RAM + CD));
	word(&r, CD + 8, 3 * RAM);
	res = dma(&r, ALONE, IOVA, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && res.evt[1] & EVT_S2 &&
	       EVT_CLASS(res.evt) == 1, "nor a table");
	word(&r, CD + 8, RAM + T1);
	word(&r, T3 + 8 * 0x145, 3 * RAM | PAGE_ATTRS);
	res = dma(&r, ALONE, IOVA, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && res.evt[1] & EVT_S2 &&
	       EVT_CLASS(res.evt) == 2, "nor a page");
	tap_ok(t, !next(&r, &rec, sizeof(rec)), "of which the VM sees nothing");
	attach(&r, STE_ABORT);
	tap_ok(t, dma(&r, ALONE, IOVA, false, in, 8).end ==
	       SMN_TRANSFER_BLOCKED, "abort is silent");
	attach(&r, 0);
	tap_ok(t, dma(&r, ALONE, IOVA, false, in, 8).end ==
	       SMN_TRANSFER_BLOCKED, "so is V=0");
	attach(&r, STE_BYPASS);
	tap_ok(t, dma(&r, ALONE, RAM, false, in, 8).end ==
	       SMN_TRANSFER_DONE, "bypass is stage 2 alone");
	tap_ok(t, !next(&r, &rec, sizeof(rec)), "still nothing");
	rig_free(&r);
}

static void queues(struct tap *t)
{
	struct smn_transfer_result res;
	struct record rec[3];
	struct vm *vm;
	struct rig r;
	uint32_t id;
	char in[8];
	int fd;

	rig(&r);
	vm = &r.vm;
	attach(&r, STE_S1 | (RAM + CD));
	for (int i = 0; i < 3; i++)
		dma(&r, ALONE, 0x1000 * i, false, in, 8);
	vm_is(t, vm, next(&r, rec, 7), EINVAL, "read.header", "7 bytes");
	tap_ok(t, vm->sys.failed.op == SMN_READ_VEVENTQ,
	       "what failed is remembered");
	vm_is(t, vm, next(&r, rec, 39), EINVAL, "read.event", "39 bytes");
	vm_is(t, vm, next(&r, NULL, 40), EFAULT, "read.buffer", "nowhere");
	tap_ok(t, next(&r, rec, 87) == 80 && next(&r, rec, 8) == 8 &&
	       rec[0].h.flags == 1 && rec[0].h.sequence == 2 &&
	       !next(&r, rec, 40),
	       "a depth of two holds two, and tells of the third");
	vm_is(t, vm, vm_veventq(vm, 1, 1, &id), EEXIST, "veventq.taken",
	      "a second queue");
	tap_ok(t, vm_destroy(vm, r.veventq) == -EBUSY &&
	       !smn_sys_close(&vm->sys, r.events) &&
	       !vm_destroy(vm, r.veventq), "a queue goes after its file");
	res = dma(&r, ALONE, 0x1000, false, in, 8);
	tap_ok(t, res.end == SMN_TRANSFER_LOGGED && !(res.evt[1] & EVT_S2) &&
	       res.evt[0] >> 32 == 0x10, "without one the log tells");
	fd = vm_veventq(vm, 7, 1, &id);
	tap_ok(t, fd == r.events && dma(&r, ALONE, 0, false, in, 8).end ==
	       SMN_TRANSFER_LOGGED, "also with one of another type");
	smn_sys_close(&vm->sys, vm->iommu);
	smn_sys_close(&vm->sys, vm->cdev[ALONE]);
	r.events = fd;
	tap_ok(t, !next(&r, rec, 40), "a queue's file keeps its iommufd");
	rig_free(&r);
}

/* A buffer that ends where memory does gets what fits, and no more is lost. */
static void edge(struct tap *t)
{
	struct smn_file_arg out;
	struct rig r;
	char in[8], *end;

	rig(&r);
	attach(&r, STE_S1 | (RAM + CD));
	end = (char *)smn_sys_map(&r.vm.sys, 8192) + 4096;
	smn_sys_unmap(&r.vm.sys, end, 4096);
	dma(&r, ALONE, 0, false, in, 8);
	dma(&r, ALONE, 0, false, in, 8);
	tap_ok(t, next(&r, end - 60, 80) == 40, "one of two events fits");
	memcpy(&out, r.vm.sys.last.out, sizeof(out));
	tap_ok(t, out.length == 40, "the call remembers how much");
	tap_ok(t, next(&r, end - 60, 60) == 40 && !next(&r, end - 60, 60),
	       "the other one is still there");
	smn_sys_unmap(&r.vm.sys, end - 4096, 4096);
	rig_free(&r);
}

static void arguments(struct tap *t)
{
	static const struct {
		uint32_t flags, type, depth, reserved;
		int err;
		const char *id;
	} rows[] = {
		{ 1, 1, 1, 0, EOPNOTSUPP, "veventq.flags" },
		{ 0, 1, 1, 1, EOPNOTSUPP, "veventq.reserved" },
		{ 0, 0, 0, 0, EOPNOTSUPP, "veventq.type" },
		{ 0, 1, 0, 0, EINVAL, "veventq.none" },
		{ 0, 1, (1 << 19) + 1, 0, EINVAL, "veventq.depth" },
	};
	struct vm vm;
	uint32_t id;

	vm_nest(&vm);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		struct iommu_veventq_alloc a = {
			.size = sizeof(a), .flags = rows[i].flags,
			.viommu_id = vm.viommu, .type = rows[i].type,
			.veventq_depth = rows[i].depth,
			.__reserved = rows[i].reserved,
		};

		vm_is(t, &vm, vm_ioctl(&vm, SMN_IOMMU_VEVENTQ_ALLOC, vm.iommu,
				       &a), rows[i].err, rows[i].id,
		      rows[i].id);
	}
	vm.w->kernel = 616;
	tap_ok(t, vm_veventq(&vm, 1, (1 << 19) + 1, &id) > 0,
	       "6.16 has no cap");
	vm.w->kernel = 703;
	vm.viommu = vm.s2;
	vm_is(t, &vm, vm_veventq(&vm, 1, 1, &id), ENOENT, "veventq.viommu",
	      "a HWPT is no vIOMMU");
	vm_free(&vm);
}

static void faults(struct tap *t)
{
	struct iommu_hwpt_page_response answer = { 1, 2 };
	struct iommu_fault_alloc f = { .size = sizeof(f), .flags = 1 };
	struct vm vm;
	char in[80];
	int id;

	vm_nest(&vm);
	vm_is(t, &vm, vm_ioctl(&vm, SMN_IOMMU_FAULT_QUEUE_ALLOC, vm.iommu, &f),
	      EOPNOTSUPP, "faultq.flags", "a fault queue with flags");
	f.flags = 0;
	vm.w->facts.is[SMN_FACT_NO_FDS] = SMN_YES;
	vm_is(t, &vm, vm_ioctl(&vm, SMN_IOMMU_FAULT_QUEUE_ALLOC, vm.iommu, &f),
	      EMFILE, "faultq.fds", "too many files");
	vm.w->facts.is[SMN_FACT_NO_FDS] = SMN_NO;
	vm_ioctl(&vm, SMN_IOMMU_FAULT_QUEUE_ALLOC, vm.iommu, &f);
	id = f.out_fault_fd;
	vm_is(t, &vm, smn_sys_read_queue(&vm.sys, SMN_READ_FAULTQ, id, in, 41),
	      ESPIPE, "fault.size", "41 bytes");
	vm_is(t, &vm, smn_sys_read_queue(&vm.sys, SMN_READ_FAULTQ, id, in, 80),
	      0, NULL, "no fault waits");
	vm_is(t, &vm, smn_sys_write_queue(&vm.sys, id, &answer, 7), ESPIPE,
	      "answer.size", "7 bytes");
	vm_is(t, &vm, smn_sys_write_queue(&vm.sys, id, &answer, 8), EINVAL,
	      "answer.code", "an answer that is none");
	answer.code = 1;
	vm_is(t, &vm, smn_sys_write_queue(&vm.sys, id, &answer, 8), EINVAL,
	      "answer.cookie", "to a question nobody asked");
	vm_is(t, &vm, smn_sys_write_queue(&vm.sys, id, NULL, 8), EFAULT,
	      "answer.buffer", "from nowhere");
	smn_sys_close(&vm.sys, id);
	tap_ok(t, !vm_destroy(&vm, f.out_fault_id), "it goes after its file");
	vm_free(&vm);
}

static void group(struct tap *t)
{
	char in[8];
	struct rig r;

	rig(&r);
	vm_attach_to(&r.vm, PAIR1, r.vm.s2);
	tap_ok(t, dma(&r, PAIR2, RAM, false, in, 8).end == SMN_TRANSFER_DONE,
	       "what one of a group may, the other may");
	vm_detach(&r.vm, PAIR1);
	tap_ok(t, dma(&r, PAIR2, RAM, false, in, 8).end ==
	       SMN_TRANSFER_BLOCKED, "or not");
	rig_free(&r);
}

int main(void)
{
	struct tap t = { 0 };

	stage2(&t);
	stage1(&t);
	msi(&t);
	kept(&t);
	queues(&t);
	edge(&t);
	arguments(&t);
	faults(&t);
	group(&t);
	return tap_done(&t);
}
