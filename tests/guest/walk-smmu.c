// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk-smmu CDEV SOURCE [N [SEED [BITS [strict]]]]: N stage 1 layouts at
 * random, and each event of a VM's own making, as walklab.h tries them, on the
 * real kernel.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../unit/walkevents.h"
#include "../unit/walkrandom.h"

/* Memory in one piece; without it, tables larger than a page are left out. */
static void find_memory(struct lab *l)
{
	int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY), n = 0;
	void *mem = MAP_FAILED;

	if (fd >= 0) {
		n = write(fd, "1", 1);
		close(fd);
	}
	if (n == 1)
		mem = mmap(NULL, LAB_WORK_BYTES + LAB_TABLES,
			   PROT_READ | PROT_WRITE, MAP_PRIVATE |
			   MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	l->mem = mem == MAP_FAILED ? NULL : mem;
	l->only4k = !l->mem;
	tap_ok(l->tap, true, "16K and 64K granules%s", l->mem ? "" :
	       " # SKIP there is no huge page for their tables");
}

int main(int argc, char **argv)
{
	struct smn_sys sys = { .be = &smn_backend_kernel };
	struct tap tap = { 0 };
	struct lab l = { .tap = &tap, .sys = &sys };
	const char *command;
	unsigned int n;
	int ret;

	l.source = argc >= 3 ? smn_dma_named(argv[2], &command) : NULL;
	if (!l.source) {
		fprintf(stderr, "usage: walk-smmu CDEV SOURCE "
			"[N [SEED [BITS [strict]]]]\n");
		return 64;
	}
	n = argc > 3 ? strtoul(argv[3], NULL, 0) : 30;
	l.seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
	l.bits = argc > 5 ? strtoul(argv[5], NULL, 0) : 0;
	l.strict = argc > 6;
	find_memory(&l);
	ret = lab_open(&l, argv[1]);
	tap_ok(&tap, !ret, "the device is ready (%d)", ret);
	if (!ret) {
		faults(&l);
		layouts(&l, n);
	}
	ret = smn_session_close(&l.s);
	tap_ok(&tap, !ret, "all is undone (%d)", ret);
	return tap_done(&tap);
}
