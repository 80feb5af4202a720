// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overflow CDEV SOURCE [N [SECONDS]]: the cases of overflow.h on the real
 * kernel. The numbers want a source whose fault is one event, as edu's is; N
 * events come faster from nvme, each of whose faults is many.
 */
#include <dirent.h>
#include <stdlib.h>

#include "../unit/overflow.h"

static unsigned int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

/* KiB of @name in @file, of lines such as "Slab:   1234 kB" */
static long kib(const char *file, const char *name)
{
	char line[128];
	long n = -1;
	FILE *f = fopen(file, "r");

	while (f && n < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			n = strtol(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return n;
}

#define SLACK 2048	/* KiB that something else on the machine may take */

/* What is there before must be there afterwards, and no more. */
static void many(struct lab *l, uint64_t n, uint64_t seconds)
{
	unsigned int fds = open_fds();
	long own = kib("/proc/self/status", "VmRSS:");
	long slab = kib("/proc/meminfo", "Slab:");
	long own2, slab2;

	overflow_many(l, n, seconds);
	own2 = kib("/proc/self/status", "VmRSS:");
	slab2 = kib("/proc/meminfo", "Slab:");
	tap_ok(l->tap, open_fds() == fds, "as many files are open");
	tap_ok(l->tap, own2 - own < SLACK && slab2 - slab < SLACK,
	       "nothing is left of them: process %ld, then %ld KiB; kernel "
	       "%ld, then %ld KiB", own, own2, slab, slab2);
}

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct tap tap = { 0 };
	struct lab l = { .tap = &tap, .sys = &sys };
	const char *command;
	uint64_t n;
	int ret;

	l.source = argc >= 3 ? smn_dma_named(argv[2], &command) : NULL;
	if (!l.source) {
		fprintf(stderr, "usage: overflow CDEV SOURCE [N [SECONDS]]\n");
		return 64;
	}
	n = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	l.depth = n ? 0 : 1;
	ret = lab_open(&l, argv[1]);
	tap_ok(&tap, !ret, "the device is ready (%d)", ret);
	if (!ret && n) {
		many(&l, n, argc > 4 ? strtoull(argv[4], NULL, 0) : 60);
	} else if (!ret) {
		overflow_numbers(&l);
		overflow_gap(&l);
		overflow_counted(&l);
	}
	ret = smn_session_close(&l.s);
	tap_ok(&tap, !ret, "all is undone (%d)", ret);
	return tap_done(&tap);
}
