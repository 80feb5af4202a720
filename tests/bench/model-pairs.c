// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many nested HWPTs a second the model makes and destroys, through ioctls
 * as a program sends them, while 1 to a million others live. Figures for
 * people, not a test.
 */
#include <time.h>

#include "../unit/modelbench.h"

#define PAIRS 1000000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static struct iommu_hwpt_alloc nested_on(struct bench *b)
{
	uint64_t *ste = smn_backend_model.map(b->m, 4096);
	struct iommu_hwpt_alloc arg = on_ioas(b, 0);

	/* as through the funnel, which tells the model of its memory */
	smn_world_memory(b->w, ste, 4096);
	ste[0] = 0x4000000b;	/* V, Cfg=s1 */
	arg.pt_id = make_viommu(b, make_parent(b));
	arg.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3;
	arg.data_len = 16;
	arg.data_uptr = (uintptr_t)ste;
	return arg;
}

int main(void)
{
	struct tap t = { 0 };
	struct iommu_hwpt_alloc arg;
	struct bench b;
	unsigned int live = 0;

	start(&b, &t, qemu);
	arg = nested_on(&b);
	for (unsigned int want = 1; want <= 1000000; want *= 10) {
		double began, took;

		for (; live < want; live++)
			if (call(&b, SMN_IOMMU_HWPT_ALLOC, &arg))
				return 1;
		began = now();
		for (unsigned int i = 0; i < PAIRS; i++)
			if (call(&b, SMN_IOMMU_HWPT_ALLOC, &arg) ||
			    destroy(&b, arg.out_hwpt_id))
				return 1;
		took = now() - began;
		printf("%8u live  %5.0f ns a pair  %9.0f pairs/s\n", live,
		       took / PAIRS * 1e9, PAIRS / took);
	}
	return 0;
}
