// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The floor: the calls that `smmunest-ctl bench` times, each between two clock
 * readings and with nothing of ours in between. What they need is built through
 * the library. Prints min, p50 and p99 in ns.
 *
 *   bare-rows CDEV ROW SIZE N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "smmunest.h"

enum { WARMUP = 100, IOVA = 0x40000000, VSID = 0x10 };

struct bare {
	struct smn_session session;
	struct smn_nest nest;
	void *memory;		/* batch or pages */
	uint64_t size;
	uint32_t s1[2];
	unsigned int turn;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int timed(int fd, unsigned long request, void *arg, uint64_t *ns)
{
	uint64_t start = now();
	int ret = ioctl(fd, request, arg);

	*ns = now() - start;
	return ret;
}

static int destroy(struct bare *b, uint32_t id)
{
	struct iommu_destroy arg = { .size = sizeof(arg), .id = id };

	return ioctl(b->session.iommufd, IOMMU_DESTROY, &arg);
}

static int hwinfo(struct bare *b, uint64_t *ns)
{
	struct iommu_hw_info_arm_smmuv3 hw = { 0 };
	struct iommu_hw_info arg = {
		.size = sizeof(arg), .dev_id = b->nest.dev.id,
		.data_len = sizeof(hw), .data_uptr = (uintptr_t)&hw,
	};

	return timed(b->session.iommufd, IOMMU_GET_HW_INFO, &arg, ns);
}

static int vdevice(struct bare *b, uint64_t *ns)
{
	struct iommu_vdevice_alloc arg = {
		.size = sizeof(arg), .viommu_id = b->nest.viommu,
		.dev_id = b->nest.dev.id, .virt_id = VSID,
	};
	int ret = timed(b->session.iommufd, IOMMU_VDEVICE_ALLOC, &arg, ns);

	return ret ? ret : destroy(b, arg.out_vdevice_id);
}

static int make_s1(struct bare *b, uint32_t *id, uint64_t *ns)
{
	struct iommu_hwpt_arm_smmuv3 ste = { { 0x4000000b, 0 } };
	struct iommu_hwpt_alloc arg = {
		.size = sizeof(arg), .dev_id = b->nest.dev.id,
		.pt_id = b->nest.viommu,
		.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3,
		.data_len = sizeof(ste), .data_uptr = (uintptr_t)&ste,
	};
	int ret = timed(b->session.iommufd, IOMMU_HWPT_ALLOC, &arg, ns);

	*id = arg.out_hwpt_id;
	return ret;
}

static int alloc(struct bare *b, uint64_t *ns)
{
	uint32_t id;
	int ret = make_s1(b, &id, ns);

	return ret ? ret : destroy(b, id);
}

static int attach(struct bare *b, uint64_t *ns)
{
	struct vfio_device_attach_iommufd_pt arg = {
		.argsz = sizeof(arg), .pt_id = b->s1[b->turn = !b->turn],
	};

	return timed(b->nest.dev.fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &arg, ns);
}

static int detach(struct bare *b, uint64_t *ns)
{
	struct vfio_device_detach_iommufd_pt arg = { .argsz = sizeof(arg) };
	int ret = attach(b, ns);

	return ret ? ret : timed(b->nest.dev.fd,
				 VFIO_DEVICE_DETACH_IOMMUFD_PT, &arg, ns);
}

static int inval(struct bare *b, uint64_t *ns)
{
	struct iommu_hwpt_invalidate arg = {
		.size = sizeof(arg), .hwpt_id = b->nest.viommu,
		.data_uptr = (uintptr_t)b->memory,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
		.entry_len = 16, .entry_num = b->size,
	};

	return timed(b->session.iommufd, IOMMU_HWPT_INVALIDATE, &arg, ns);
}

static int do_map(struct bare *b, uint64_t *ns)
{
	struct iommu_ioas_map arg = {
		.size = sizeof(arg), .ioas_id = b->nest.ioas,
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_READABLE,
		.user_va = (uintptr_t)b->memory, .length = b->size,
		.iova = IOVA,
	};

	return timed(b->session.iommufd, IOMMU_IOAS_MAP, &arg, ns);
}

static int do_unmap(struct bare *b, uint64_t *ns)
{
	struct iommu_ioas_unmap arg = {
		.size = sizeof(arg), .ioas_id = b->nest.ioas, .iova = IOVA,
		.length = b->size,
	};

	return timed(b->session.iommufd, IOMMU_IOAS_UNMAP, &arg, ns);
}

static int map(struct bare *b, uint64_t *ns)
{
	uint64_t other;
	int ret = do_map(b, ns);

	return ret ? ret : do_unmap(b, &other);
}

static int unmap(struct bare *b, uint64_t *ns)
{
	int ret = do_map(b, ns);

	return ret ? ret : do_unmap(b, ns);
}

static const struct row {
	const char *name;
	enum smn_stage upto;
	unsigned int s1;		/* how many it needs */
	bool attached;			/* to the first of them */
	int (*once)(struct bare *b, uint64_t *ns);
} rows[] = {
	{ "hwinfo", SMN_UPTO_DEVICE, 0, false, hwinfo },
	{ "vdevice", SMN_UPTO_VIOMMU, 0, false, vdevice },
	{ "alloc", SMN_UPTO_VDEVICE, 0, false, alloc },
	{ "attach", SMN_UPTO_VDEVICE, 2, true, attach },
	{ "detach", SMN_UPTO_VDEVICE, 2, false, detach },
	{ "inval", SMN_UPTO_VDEVICE, 0, false, inval },
	{ "map", SMN_UPTO_S2, 0, false, map },
	{ "unmap", SMN_UPTO_S2, 0, false, unmap },
};

static int build(struct bare *b, const struct row *row, const char *cdev,
		 struct smn_sys *sys)
{
	const struct smn_plan plan = { .cdev = cdev, .upto = row->upto,
				       .vsid = VSID };
	uint64_t ns, (*cmds)[2];
	int ret = smn_session_open(&b->session, sys);

	if (!ret)
		ret = smn_nest_build(&b->session, &plan, &b->nest);
	for (unsigned int i = 0; !ret && i < row->s1; i++)
		ret = make_s1(b, &b->s1[i], &ns);
	if (!ret && row->attached) {
		b->turn = 1;
		ret = attach(b, &ns);
	}
	/* enough for so many commands, and for so many bytes */
	b->memory = mmap(NULL, b->size * 16, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (ret || b->memory == MAP_FAILED)
		return -1;
	cmds = b->memory;
	for (uint64_t i = 0; row->once == inval && i < b->size; i++)
		smn_cmd_parse("tlbi-nh-asid:ASID=7", cmds[i], NULL);
	return 0;
}

static int measure(struct bare *b, const struct row *row, size_t n)
{
	uint64_t *samples = malloc(n * sizeof(*samples)), ns;
	struct smn_stat stat;

	if (!samples)
		return 1;
	memset(samples, 1, n * sizeof(*samples));
	for (unsigned int i = 0; i < WARMUP; i++)
		if (row->once(b, &ns))
			return 1;
	for (size_t i = 0; i < n; i++)
		if (row->once(b, &samples[i]))
			return 1;
	smn_stat_of(samples, n, &stat);
	printf("%lu %lu %lu\n", stat.min, stat.p50, stat.p99);
	free(samples);
	return 0;
}

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	const struct row *row = NULL;
	struct bare b = { 0 };

	for (size_t i = 0; argc == 5 && i < SMN_ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].name, argv[2]))
			row = &rows[i];
	b.size = row ? atoi(argv[3]) : 0;
	if (!b.size || atoi(argv[4]) < 1) {
		fprintf(stderr, "usage: bare-rows CDEV ROW SIZE N\n");
		return 1;
	}
	if (build(&b, row, argv[1], &sys) || measure(&b, row, atoi(argv[4]))) {
		perror(argv[2]);
		return 1;
	}
	/* the bare loops' own stage 1 and attachment go with the files */
	exit(0);
}
