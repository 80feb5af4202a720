// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of overflow.h on the model, and 100,000 events of it. */
#include <malloc.h>
#include <stdlib.h>

#include "sys/model.h"
#include "sys/presets.h"

#include "overflow.h"

static void run(struct tap *tap, uint64_t n)
{
	const char *command;
	struct smn_model *m;
	struct smn_sys sys;
	struct lab l = { .tap = tap, .sys = &sys, .depth = n ? 0 : 1 };
	struct smn_why why;
	size_t before;
	int ret;

	if (smn_model_preset("qemu", &m, &why))
		exit(1);
	sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m,
				.world = smn_model_world(m) };
	l.source = smn_dma_named("edu", &command);
	ret = lab_open(&l, "/dev/vfio/devices/vfio0");
	tap_ok(tap, !ret, "the device is ready (%d)", ret);
	before = mallinfo2().uordblks;
	if (!ret && n) {
		overflow_many(&l, n, 1000000);
		tap_ok(tap, mallinfo2().uordblks <= before + 4096,
		       "nothing is left of them: %zu bytes, then %zu", before,
		       mallinfo2().uordblks);
	} else if (!ret) {
		overflow_numbers(&l);
		overflow_gap(&l);
		overflow_counted(&l);
	}
	ret = smn_session_close(&l.s);
	tap_ok(tap, !ret, "all is undone (%d)", ret);
	smn_model_free(m);
}

int main(void)
{
	struct tap tap = { 0 };

	run(&tap, 0);
	run(&tap, 100000);
	return tap_done(&tap);
}
