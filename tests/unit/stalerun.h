/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cases of dma/stale.h as TAP: for the model (tests/unit/stale.c) and a
 * real kernel (tests/guest/stale.c). What could not be observed is no pass.
 */
#ifndef STALERUN_H
#define STALERUN_H

#include <inttypes.h>
#include <string.h>

#include "dma/stale.h"
#include "tap.h"

struct stale_count {
	unsigned int n[SMN_NSTALE_ENDS];
};

static inline void stale_case(struct tap *t, struct smn_stale *st,
			      unsigned int n, struct stale_count *c)
{
	struct smn_stale_result r;
	int ret = smn_stale_run(st, n, &r);
	bool told = r.end == SMN_STALE_UNSEEN || r.end == SMN_STALE_SKIP;

	c->n[r.end]++;
	printf("# %s: %s; looked %u, stale %u, spared %u, left %u, beside "
	       "%u\n", smn_stale_name(n), r.why.text, r.looked, r.lived,
	       r.spared, r.left, r.beside);
	tap_ok(t, !ret && r.end != SMN_STALE_FAIL, "%s: %s (%d)%s%s",
	       smn_stale_name(n), smn_stale_doc(n), ret,
	       told ? " # SKIP " : "", told ? r.end == SMN_STALE_UNSEEN ?
	       "not observable" : r.why.text : "");
}

static inline void stale_run(struct tap *t, struct smn_sys *sys,
			     const struct smn_bed_setup *setup,
			     const struct smn_stale_second *second,
			     struct stale_count *c)
{
	struct smn_session s;
	struct smn_stale st;
	struct smn_bed bed;
	struct smn_why why = { "" };
	int ret = smn_session_open(&s, sys);

	*c = (struct stale_count){ { 0 } };
	if (!ret)
		ret = smn_bed_build(&s, setup, &bed, &why);
	if (!ret)
		ret = smn_stale_begin(&st, &bed, second);
	tap_ok(t, !ret, "two vIOMMUs, %s (%d %s)", second && second->cdev ?
	       "two devices" : "one device", ret, why.text);
	for (unsigned int i = 0; !ret && i < smn_stale_cases(); i++)
		stale_case(t, &st, i, c);
	ret = smn_session_close(&s);
	tap_ok(t, !ret, "all is undone (%d)", ret);
	for (int i = 0; i < SMN_NSTALE_ENDS; i++)
		printf("# %s: %u\n", smn_stale_end_name(i), c->n[i]);
}

/* The device @bdf as the bed wants it: stage 1 on, all else left to it. */
static inline int stale_setup(struct smn_sys *sys, const char *bdf,
			      struct smn_pci *pci, struct smn_bed_setup *setup)
{
	int ret = smn_pci_read(sys, bdf, pci);

	*setup = (struct smn_bed_setup){
		.pci = pci,
		.plan = { .cdev = pci->cdev, .vsid = 0x42 },
		.dma = { .source = smn_dma_of(pci) },
	};
	smn_layout_assign(&smn_vste, setup->plan.ste, "V=1", NULL);
	smn_layout_assign(&smn_vste, setup->plan.ste, "Cfg=s1", NULL);
	return ret;
}

#endif
