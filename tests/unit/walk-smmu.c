// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of walklab.h on the model, whose devices translate by the walk:
 * what is tried here is what lies around it, and the cases themselves.
 */
#include <stdlib.h>

#include "sys/model.h"
#include "sys/presets.h"

#include "walkevents.h"
#include "walkrandom.h"

static void run(struct tap *tap, const char *cdev, const char *name,
		unsigned int n)
{
	const char *command;
	struct smn_model *m;
	struct smn_sys sys;
	struct lab l = { .tap = tap, .sys = &sys, .seed = 1, .strict = true };
	struct smn_why why;
	int ret;

	if (smn_model_preset("qemu", &m, &why))
		exit(1);
	sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m,
				.world = smn_model_world(m) };
	l.source = smn_dma_named(name, &command);
	ret = lab_open(&l, cdev);
	tap_ok(tap, !ret, "%s is ready (%d)", name, ret);
	if (!ret) {
		faults(&l);
		layouts(&l, n);
	}
	ret = smn_session_close(&l.s);
	tap_ok(tap, !ret, "all is undone (%d)", ret);
	smn_model_free(m);
}

int main(void)
{
	struct tap tap = { 0 };

	run(&tap, "/dev/vfio/devices/vfio0", "edu", 500);
	run(&tap, "/dev/vfio/devices/vfio1", "nvme", 500);
	return tap_done(&tap);
}
