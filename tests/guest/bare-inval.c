// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The floor: a bare loop of the ioctl that `smmunest-ctl inval --repeat` times,
 * with nothing around it but two clock readings. Prints min, p50 and p99 in ns.
 *
 *   bare-inval CDEV BATCH N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include <linux/iommufd.h>

#include "smmunest.h"

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int main(int argc, char **argv)
{
	uint32_t batch = argc == 4 ? atoi(argv[2]) : 0;
	size_t n = argc == 4 ? atoi(argv[3]) : 0;
	struct smn_plan plan = { .cdev = argv[1], .upto = SMN_UPTO_VIOMMU };
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct smn_session session;
	struct smn_nest nest;
	struct smn_stat stat;
	uint64_t *samples = calloc(n + 1, sizeof(*samples));
	uint64_t (*cmds)[2] = calloc(batch + 1, sizeof(*cmds));

	if (!batch || !n || !samples || !cmds ||
	    smn_session_open(&session, &sys) ||
	    smn_nest_build(&session, &plan, &nest)) {
		fprintf(stderr, "usage: bare-inval CDEV BATCH N\n");
		return 1;
	}
	for (uint32_t i = 0; i < batch; i++)
		smn_cmd_parse("tlbi-nh-asid:ASID=7", cmds[i], NULL);

	for (size_t i = 0; i < n; i++) {
		struct iommu_hwpt_invalidate arg = {
			.size = sizeof(arg),
			.hwpt_id = nest.viommu,
			.data_uptr = (uintptr_t)cmds,
			.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
			.entry_len = sizeof(*cmds),
			.entry_num = batch,
		};
		uint64_t start = now();
		int ret = ioctl(session.iommufd, IOMMU_HWPT_INVALIDATE, &arg);

		samples[i] = now() - start;
		if (ret) {
			perror("IOMMU_HWPT_INVALIDATE");
			return 1;
		}
	}
	smn_stat_of(samples, n, &stat);
	printf("%lu %lu %lu\n", stat.min, stat.p50, stat.p99);
	free(samples);
	free(cmds);
	return smn_session_close(&session) != 0;
}
