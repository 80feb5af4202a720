// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma CDEV SOURCE: the cases of dmarun.h on the real kernel, and what the
 * device has, as the model's must have it.
 */
#include <stdlib.h>

#include "../unit/dmarun.h"

static void print_device(struct dmarun *r, const char *cdev)
{
	struct smn_device_info info = { 0 };
	struct smn_bar bar;
	uint32_t command = 0, n;

	dr_session(r, cdev, &command);
	smn_device_info_get(&r->s, &r->dev, &info);
	printf("# resets %d, %u regions, %u irqs, command %#x\n", info.resets,
	       info.nregions, info.nirqs, command);
	for (uint32_t i = 0; i < info.nregions; i++)
		if (!smn_bar_open(&r->s, &r->dev, i, &bar))
			printf("# region %u: %#lx bytes at %#lx\n", i,
			       (long)bar.size, (long)bar.at);
	for (uint32_t i = 0; i < info.nirqs; i++)
		if (!smn_irq_count(&r->s, &r->dev, i, &n))
			printf("# irqs %u: %u\n", i, n);
	smn_session_close(&r->s);
}

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct tap tap = { 0 };
	struct dmarun r = { .tap = &tap, .sys = &sys };
	const char *command;

	r.source = argc == 3 ? smn_dma_named(argv[2], &command) : NULL;
	if (!r.source) {
		fprintf(stderr, "usage: dma CDEV SOURCE\n");
		return 64;
	}
	print_device(&r, argv[1]);
	/* edu takes a tenth of a second for each copy */
	r.many = r.source->write_tags ? 2 : 150;
	dr_plain(&r, argv[1]);
	dr_nested(&r, argv[1]);
	return tap_done(&tap);
}
