// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stale BDF [BDF]: the cases of stalerun.h on the real kernel, of one device or
 * of two on one stage 2.
 */
#include "../unit/stalerun.h"

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct tap tap = { 0 };
	struct smn_pci pci[2];
	struct smn_bed_setup setup, second;
	struct smn_stale_second two = { 0 };
	struct stale_count count = { { 0 } };
	int ret = argc > 1 ? stale_setup(&sys, argv[1], &pci[0], &setup) : 0;

	if (!ret && argc > 2) {
		ret = stale_setup(&sys, argv[2], &pci[1], &second);
		two.cdev = pci[1].cdev;
		two.source = second.dma.source;
	}
	if (argc < 2 || argc > 3 || ret) {
		fprintf(stderr, "usage: stale BDF [BDF] (%d)\n", ret);
		return 64;
	}
	stale_run(&tap, &sys, &setup, &two, &count);
	return tap_done(&tap);
}
