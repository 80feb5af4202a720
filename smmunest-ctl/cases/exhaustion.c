// SPDX-License-Identifier: GPL-2.0-or-later
/* Many of everything, until nothing is left, and whether it comes back. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cases/case.h"

/* The request in .with, .number times. */
static void many(struct trial *t, const struct test_case *c)
{
	for (uint64_t i = 0; i < c->number; i++)
		if (!trial_lines(t, c->with))
			return;
}

/* As many mappings, a page each, and how much one unmap takes away. */
static void mappings(struct trial *t, const struct test_case *c)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map), .ioas_id = trial_id(t, "ioas"),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE,
		.user_va = (uintptr_t)trial_memory(t), .length = 0x1000,
	};
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap), .ioas_id = map.ioas_id,
		.iova = 0x100000000, .length = 0x100000000,
	};
	int fd = trial_fd(t, "iommufd");

	for (uint64_t i = 0; i < c->number; i++) {
		map.iova = unmap.iova + i * 0x2000;
		if (!trial_ioctl(t, SMN_IOMMU_IOAS_MAP, fd, &map, 0))
			return;
	}
	if (trial_ioctl(t, SMN_IOMMU_IOAS_UNMAP, fd, &unmap, 0))
		trial_check(t, unmap.length == c->number * 0x1000,
			    "0x%llx bytes were unmapped",
			    (unsigned long long)unmap.length);
}

/* The most commands that a call can have: 4 MiB of them. */
static void largest_batch(struct trial *t, const struct test_case *c)
{
	uint64_t (*cmds)[2] = calloc(c->number, sizeof(*cmds));
	uint32_t handled;

	for (uint64_t i = 0; cmds && i < c->number; i++)
		cmds[i][0] = 0x30;
	if (trial_check(t, cmds, "no memory for it") &&
	    trial_inval(t, (const uint64_t (*)[2])cmds, c->number, 0,
			&handled))
		trial_check(t, handled == c->number, "entry_num is %u",
			    handled);
	free(cmds);
}

static bool make_parent(struct trial *t, uint32_t ids[2], int *err)
{
	struct smn_sys *sys = &trial_ctl(t)->sys;
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_hwpt_alloc s2 = { .size = sizeof(s2),
				       .flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
				       .dev_id = trial_id(t, "dev") };
	int fd = trial_fd(t, "iommufd");

	if (!trial_ioctl(t, SMN_IOMMU_IOAS_ALLOC, fd, &ioas, 0))
		return false;
	s2.pt_id = ioas.out_ioas_id;
	*err = smn_sys_ioctl(sys, SMN_IOMMU_HWPT_ALLOC, fd, &s2);
	ids[0] = ioas.out_ioas_id;
	ids[1] = s2.out_hwpt_id;
	return true;
}

/* Each parent takes a VMID; when none is left, one that goes makes room. */
static void vmids(struct trial *t, const struct test_case *c)
{
	bool wide = smn_idr_get(trial_hw(t)->regs, "IDR0.VMID16");
	struct iommu_destroy destroy = { .size = sizeof(destroy) };
	uint32_t most = wide ? 0xffff : 0xff, n = 0, ids[2], last = 0;
	int err = 0;

	(void)c;
	while (n <= most && make_parent(t, ids, &err) && !err) {
		last = ids[1];
		n++;
	}
	if (!trial_check(t, err == -ENOSPC, "parent %u of at most %u ends with "
			 "%s", n, most, err ? smn_errno_name(err) : "ok"))
		return;
	/* the host has some for itself */
	trial_check(t, n > most - most / 4, "%u parents, and there are %u "
		    "VMIDs", n, most);
	destroy.id = last;
	if (trial_ioctl(t, SMN_IOMMU_DESTROY, trial_fd(t, "iommufd"), &destroy,
			0) && make_parent(t, ids, &err))
		trial_check(t, !err, "one went, and there is no room for one: "
			    "%s", smn_errno_name(err));
}

/* Not one file more than there are. */
static void no_files(struct trial *t, const struct test_case *c)
{
	struct rlimit was, none;

	getrlimit(RLIMIT_NOFILE, &was);
	none = was;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	trial_lines(t, c->with);
	setrlimit(RLIMIT_NOFILE, &was);
}

/* The rights of a recording's process are what they were. */
static bool becomes(struct trial *t, uid_t uid)
{
	return trial_ctl(t)->replay || !seteuid(uid);
}

/* Pinned pages count for who may not lock as many as they like. */
static void no_pages(struct trial *t, const struct test_case *c)
{
	const struct rlimit little = { 64 << 10, 64 << 10 };
	enum { NOBODY = 65534 };

	setrlimit(RLIMIT_MEMLOCK, &little);
	if (trial_check(t, becomes(t, NOBODY), "root cannot be nobody"))
		trial_lines(t, c->with);
	trial_check(t, becomes(t, 0), "nobody cannot be root again");
}

#define MANY(bed, name_, n, text, ...) \
	FUNCTION(bed, name_, many, .number = n, .with = text, __VA_ARGS__)
#define NESTED "let a = hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=s1\n"

static const struct test_case rows[] = {
	MANY(IOMMUFD, "many.ioas", 500, "let a = ioas-alloc\n"),
	MANY(DEVICE, "many.host-stage-1", 50,
	     "let a = hwpt-alloc dev_id=dev pt_id=ioas\n"),
	MANY(S2, "many.parents", 50,
	     "let a = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT\n"),
	MANY(VIOMMU, "many.viommus", 200,
	     "let a = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3\n"),
	MANY(VIOMMU, "many.nested", 500, NESTED),
	MANY(IOMMUFD, "many.fault-queues", 200,
	     "let a = fault-queue-alloc\n"),
	MANY(IOMMUFD, "again.ioas", 200, "expect ok out_ioas_id=1\n"
	     "let a = ioas-alloc\ndestroy id=a\n"),
	MANY(VIOMMU, "again.nested", 200, NESTED "destroy id=a\n"),
	MANY(VDEVICE, "again.vdevice", 50, "destroy id=vdev\n"
	     "let vdev = vdevice-alloc viommu_id=viommu dev_id=dev "
	     "virt_id=8\n"),
	MANY(VIOMMU, "again.veventq", 50, "let q = veventq-alloc "
	     "viommu_id=viommu type=ARM_SMMUV3 veventq_depth=8\n"
	     "close q\ndestroy id=q\n", .since = 615),
	MANY(S1, "again.attach", 20, "attach-iommufd-pt cdev pt_id=s1\n"
	     "detach-iommufd-pt cdev\n"),
	FUNCTION(IOAS, "many.mappings", mappings, .number = 2000),
	FUNCTION(VIOMMU, "largest-batch", largest_batch, .number = 1 << 18,
		 .slow = true),
	FUNCTION(S2, "vmids", vmids, .slow = true),
	FUNCTION(IOMMUFD, "no-files.fault-queue", no_files,
		 .with = "expect EMFILE\nfault-queue-alloc\n",
		 .needs = NEED(KERNEL)),
	FUNCTION(VIOMMU, "no-files.veventq", no_files, .with =
		 "expect EMFILE\nveventq-alloc viommu_id=viommu "
		 "type=ARM_SMMUV3 veventq_depth=8\n", .needs = NEED(KERNEL)),
	FUNCTION(S2, "no-pages", no_pages, .with =
		 "expect ENOMEM map.memlock\nioas-map ioas_id=ioas "
		 "flags=READABLE|FIXED_IOVA user_va=mem length=0x20000 "
		 "iova=0x50000000\n", .needs = NEED(KERNEL) | NEED(ROOT)),
};

TOPIC(exhaustion, rows);
