// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of stalerun.h on the model: its devices translate anew for each
 * transfer, so that nothing is ever stale, and no case may pass.
 */
#include <stdlib.h>

#include "sys/model.h"
#include "sys/presets.h"

#include "stalerun.h"

int main(void)
{
	struct smn_bed_setup setup, second;
	struct smn_stale_second two = { 0 };
	struct stale_count count;
	struct tap tap = { 0 };
	struct smn_pci pci[2];
	struct smn_model *m;
	struct smn_sys sys;
	struct smn_why why;
	int ret;

	if (smn_model_preset("qemu", &m, &why))
		exit(1);
	sys = (struct smn_sys){ .be = &smn_backend_model, .priv = m,
				.world = smn_model_world(m) };
	ret = stale_setup(&sys, "0000:00:02.0", &pci[0], &setup);
	if (!ret)
		ret = stale_setup(&sys, "0000:00:03.0", &pci[1], &second);
	two.cdev = pci[1].cdev;
	two.source = second.dma.source;
	tap_ok(&tap, !ret, "the model has two devices (%d)", ret);
	if (!ret)
		stale_run(&tap, &sys, &setup, &two, &count);
	tap_ok(&tap, !ret && count.n[SMN_STALE_UNSEEN] == smn_stale_cases(),
	       "without caches nothing can be observed, in any case");
	smn_model_free(m);
	return tap_done(&tap);
}
