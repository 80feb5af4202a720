/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conformance suite: a case is one claim about the kernel. Most are rows of
 * text, requests as `script` reads them on top of a bed, which is how much of
 * the chain from /dev/iommu to an attached device stands already. The others
 * are functions. Each runs in a process of its own: see run.h.
 *
 * To add a case, add its row to the file of its topic; to add a topic, add its
 * file here and to TOPICS.
 */
#ifndef CASES_CASE_H
#define CASES_CASE_H

#include "ctl.h"
#include "nest/script.h"

/* What stands before a case begins; each has all of those before it. */
enum bed {
	BED_NONE,
	BED_IOMMUFD,	/* iommufd */
	BED_IOAS,	/* ioas, with 64 KiB of mem at 0x40000000 */
	BED_DEVICE,	/* cdev, dev */
	BED_S2,		/* s2 */
	BED_VIOMMU,	/* viommu */
	BED_VDEVICE,	/* vdev, its vSID is 8 */
	BED_S1,		/* s1, Cfg=s1 */
	BED_ATTACHED,	/* and cdev is attached to it */
	NBEDS
};

/*
 * X(name, as people read it): what a case needs of machine and process. Of two
 * devices the other one, dev1, is behind the same SMMU; of two SMMUs dev2 is
 * behind the other one.
 */
#define NEEDS(X) \
	X(DEVICE, "device") X(S2, "stage 2") X(VIOMMU, "vIOMMU") \
	X(VDEVICE, "vDEVICE") X(TWO, "two devices") X(SMMUS, "two SMMUs") \
	X(RIL, "RIL") X(NO_RIL, "no RIL") X(ATS, "ATS") X(NO_ATS, "no ATS") \
	X(SSID, "SSID") X(NO_SSID, "no SSID") X(DS, "DS") X(NO_DS, "no DS") \
	X(ASID16, "ASID16") X(STALL, "stall") X(DIRTY, "dirty tracking") \
	X(NO_DIRTY, "no dirty tracking") X(STRICT, "field checks") \
	X(DMA, "DMA source") X(MSI, "MSI source") X(TLB, "a TLB") \
	X(DMABUF, "a dma-buf of BAR0") \
	X(ROOT, "root") X(KERNEL, "a real kernel") \
	X(INJECT, "fault injection")

enum need {
#define X(name, text) NEED_##name,
	NEEDS(X)
#undef X
	NNEEDS
};

#define NEED(name) (1u << NEED_##name)

struct trial;

#define CASE_NAME 64

/* The names of rows are without their topic's. */
struct test_case {
	char name[CASE_NAME];		/* flat: "inval.cmd" */
	const char *script;		/* or NULL, and then run() */
	void (*run)(struct trial *t, const struct test_case *c);
	const void *with;		/* run()'s own */
	uint64_t number;
	uint32_t needs;			/* beside what the bed does */
	uint16_t since;			/* 615: not before 6.15; its ioctls
					 * say by themselves when they came */
	uint8_t bed;
	bool slow;			/* only with --slow */
};

struct topic {
	const char *name;
	const struct test_case *rows;
	unsigned int nrows;
	/* further ones, made from other tables; false: there is no @i-th */
	bool (*more)(unsigned int i, struct test_case *c);
};

#define TOPICS(X) \
	X(object) X(option) X(hwinfo) X(ioas) X(map) X(copy) X(bind) X(hwpt) \
	X(vste) X(viommu) X(vdevice) X(attach) X(detach) X(inval) X(batch) \
	X(veventq) X(faultq) X(isolation) X(dmabuf) X(field) X(exhaustion) \
	X(concurrency) X(dma) X(event) X(msi) X(stale) X(fault)

#define X(name) extern const struct topic topic_##name;
TOPICS(X)
#undef X

#define TOPIC(name_, table_, ...) \
	const struct topic topic_##name_ = { \
		.name = #name_, .rows = table_, \
		.nrows = SMN_ARRAY_SIZE(table_), __VA_ARGS__ }

/* Row writers. A request that is refused: the errno's row names the case. */
#define REFUSED(bed_, err, row, request, ...) \
	{ .name = row, .bed = BED_##bed_, \
	  .script = "expect " #err " " row "\n" request "\n", __VA_ARGS__ }
/* the same, and @before comes first, one that ends its lines itself */
#define THEN_REFUSED(bed_, err, row, before, request, ...) \
	{ .name = row, .bed = BED_##bed_, .script = before \
	  "expect " #err " " row "\n" request "\n", __VA_ARGS__ }
#define LINES(bed_, name_, text, ...) \
	{ .name = name_, .bed = BED_##bed_, .script = text, __VA_ARGS__ }
#define FUNCTION(bed_, name_, function, ...) \
	{ .name = name_, .bed = BED_##bed_, .run = function, __VA_ARGS__ }

/* --- all of them, list.c --- */

struct case_list {
	struct test_case *cases;
	unsigned int n, room;
};

/* Every case, in order of the topics. 0 or -ENOMEM; free(list->cases). */
int case_list_make(struct case_list *list);

/* The needs of a case, those of its bed among them. */
uint32_t case_needs(const struct test_case *c);

/* The oldest kernel that can, 615, or 0: all. */
uint16_t case_since(const struct test_case *c);

const char *need_name(enum need need);

/* --- within a case, trial.c: what does not hold ends up in the report --- */

/* More requests, with the names of before. False: one did not go so. */
bool trial_lines(struct trial *t, const char *text);

/* One request more, however it ends: @err is 0 or -errno. False: it is none. */
bool trial_try(struct trial *t, const char *line, int *err);

/* The id or the file that a name stands for; 0 or -1: none. */
uint32_t trial_id(struct trial *t, const char *name);
int trial_fd(struct trial *t, const char *name);

/* Memory of the trial's own, @bytes of it mapped as the bed says. */
enum { TRIAL_MEMORY = 128 << 10, TRIAL_MAPPED = 64 << 10 };
void *trial_memory(struct trial *t);

/* The machine that answers. */
struct ctl *trial_ctl(struct trial *t);
const struct smn_hw_info *trial_hw(struct trial *t);
const struct smn_pci *trial_pci(struct trial *t);
const struct smn_pci *trial_second(struct trial *t);	/* or NULL */
const struct smn_accounting *trial_accounting(struct trial *t);

/*
 * An ioctl that is to end with @expected, 0 or -errno. False: it did not, and
 * that is told.
 */
bool trial_ioctl(struct trial *t, enum smn_op_id op, int fd, void *arg,
		 int expected);

/* The same of IOMMU_HWPT_INVALIDATE; @handled as smn_hwpt_invalidate(). */
bool trial_inval(struct trial *t, const uint64_t (*cmds)[2], uint32_t n,
		 int expected, uint32_t *handled);

/* That no call of the library failed; @err: what it returned. */
bool trial_went(struct trial *t, int err, const char *what);

/* What must be true, and what is wrong when it is not. */
__attribute__((format(printf, 3, 4)))
bool trial_check(struct trial *t, bool holds, const char *fmt, ...);

/* What is worth knowing of a case that passes, too. */
__attribute__((format(printf, 2, 3)))
void trial_note(struct trial *t, const char *fmt, ...);

/* It cannot be told on this machine: not a failure. */
__attribute__((format(printf, 2, 3)))
void trial_skip(struct trial *t, const char *fmt, ...);

#endif
