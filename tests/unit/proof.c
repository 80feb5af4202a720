// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The proof on the model, and verdicts that no machine of the tests can be made
 * to show: events of another stream, fetches that abort.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dma/proof.h"
#include "sys/model.h"
#include "tap.h"

#define EDU "0000:00:02.0"
#define NVME "0000:00:03.0"

struct run {
	struct smn_model *m;
	struct smn_sys sys;
	struct smn_session s;
	struct smn_pci pci;
	struct smn_bed bed;
	struct smn_proof p;
	struct smn_why why;
};

static int start_on(struct run *r, const char *bdf, const char *ste,
		    enum smn_break spoil)
{
	struct smn_bed_setup setup = { .pci = &r->pci, .spoil = spoil };
	int ret;

	memset(r, 0, sizeof(*r));
	if (smn_model_preset("qemu", &r->m, &r->why))
		exit(1);
	r->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = r->m,
				   .world = smn_model_world(r->m) };
	smn_pci_read(&r->sys, bdf, &r->pci);
	setup.dma.source = smn_dma_of(&r->pci);
	setup.plan.cdev = r->pci.cdev;
	setup.plan.vsid = 0x42;
	smn_layout_parse(&smn_vste, setup.plan.ste, ste, NULL);
	ret = smn_session_open(&r->s, &r->sys);
	return ret ? ret : smn_bed_build(&r->s, &setup, &r->bed, &r->why);
}

static int start(struct run *r, const char *ste, enum smn_break spoil)
{
	return start_on(r, EDU, ste, spoil);
}

static void stop(struct run *r)
{
	smn_session_close(&r->s);
	smn_model_free(r->m);
}

static void verdict(struct tap *t, const char *ste, enum smn_break spoil,
		    enum smn_live live, bool ok)
{
	struct run r;
	int ret = start(&r, ste, spoil);

	if (!ret)
		ret = smn_proof_run(&r.bed, &r.p);
	tap_ok(t, !ret && r.p.verdict == live && r.p.ok == ok, "%s, %s: %d %s "
	       "%s", ste, spoil ? smn_break_name(spoil) : "whole", ret,
	       smn_live_name(r.p.verdict), r.p.why.text);
	stop(&r);
}

static void verdicts(struct tap *t)
{
	verdict(t, "V=1,Cfg=s1", SMN_BREAK_NONE, SMN_LIVE_BOTH, true);
	verdict(t, "V=1,Cfg=bypass", SMN_BREAK_NONE, SMN_LIVE_S1_SKIPPED,
		true);
	verdict(t, "V=1,Cfg=abort", SMN_BREAK_NONE, SMN_LIVE_NOTHING, true);
	verdict(t, "V=0", SMN_BREAK_NONE, SMN_LIVE_NOTHING, true);
	verdict(t, "V=1,Cfg=s1,S1STALLD=1", SMN_BREAK_NONE, SMN_LIVE_NOTHING,
		true);
	verdict(t, "V=1,Cfg=s1", SMN_BREAK_S1_IDENTITY, SMN_LIVE_S1_SKIPPED,
		false);
	verdict(t, "V=1,Cfg=s1", SMN_BREAK_S2_HOLE, SMN_LIVE_NOTHING, false);
	verdict(t, "V=1,Cfg=s1", SMN_BREAK_NO_VDEVICE,
		SMN_LIVE_WRONG_STREAM, false);
	verdict(t, "V=1,Cfg=s1", SMN_BREAK_NO_MASTER, SMN_LIVE_NOTHING,
		false);
}

/* The VM's idea of its StreamID is not what events say. */
static void other_stream(struct tap *t)
{
	struct run r;
	int ret = start(&r, "V=1,Cfg=s1", SMN_BREAK_NONE);

	if (!ret)
		ret = smn_proof_run(&r.bed, &r.p);
	tap_ok(t, !ret && r.p.ok, "the right vSID");
	r.bed.setup.plan.vsid = 0x43;
	ret = smn_proof_run(&r.bed, &r.p);
	tap_ok(t, !ret && !r.p.ok && r.p.verdict == SMN_LIVE_WRONG_STREAM &&
	       r.p.write.ok && !r.p.control.ok, "an event of another stream");
	stop(&r);
}

/* An event where there should be none, though memory is as it should be. */
static void unexpected(struct tap *t)
{
	struct smn_proof_move m = { .want = { .fate = SMN_DMA_ARRIVES } };
	struct smn_proof_move late = m;
	struct run r;
	int ret = start(&r, "V=1,Cfg=s1", SMN_BREAK_NONE);

	if (!ret)
		ret = smn_proof_run(&r.bed, &r.p);
	late.iova = r.bed.x;
	smn_dma_write(&r.bed.dma, r.bed.hole, 7);
	if (!ret)
		ret = smn_proof_listen(&r.bed, &late, 0);
	tap_ok(t, !ret && !late.came && late.ok, "of an earlier control");
	m.iova = r.bed.hole;
	smn_dma_write(&r.bed.dma, r.bed.hole, 7);
	if (!ret)
		ret = smn_proof_listen(&r.bed, &m, 0);
	tap_ok(t, !ret && m.came && !m.ok, "an event too many: %s",
	       m.why.text);
	/* the control alone is not as predicted */
	r.bed.setup.plan.no_vdevice = true;
	if (!ret)
		ret = smn_proof_run(&r.bed, &r.p);
	tap_ok(t, !ret && r.p.verdict == SMN_LIVE_BOTH && !r.p.ok &&
	       r.p.write.ok && !r.p.control.ok, "%s", r.p.why.text);
	stop(&r);
}

/* --- a log that tells of fetches --- */

struct log {
	const char *record;
	unsigned int empty;	/* so many looks at it, before */
};

static ssize_t l_read(void *be, int fd, void *buf, size_t len)
{
	struct log *l = be;
	const char *record = l->empty ? NULL : l->record;

	(void)fd;
	if (l->empty)
		l->empty--;
	else
		l->record = NULL;
	return record ? snprintf(buf, len, "4,1,1;%s\n", record) : -EAGAIN;
}

static const struct smn_backend log_backend = { .name = "log",
						.read = l_read };

static void aborted(struct tap *t, const char *record, unsigned int empty,
		    enum smn_live live)
{
	struct log l = { record, empty };
	struct smn_sys log = { .be = &log_backend, .priv = &l };
	struct run r;
	int ret = start(&r, "V=1,Cfg=s1", SMN_BREAK_S2_HOLE);

	r.bed.log = (struct smn_kmsg){ .sys = &log, .begun = true };
	if (!ret)
		ret = smn_proof_run(&r.bed, &r.p);
	tap_ok(t, !ret && r.p.verdict == live, "%s, after %u looks: %s",
	       record, empty, smn_live_name(r.p.verdict));
	stop(&r);
}

static void fetches(struct tap *t)
{
	/* the kernel writes its log when it finds the time, or not at all */
	aborted(t, "smmu: event: F_CD_FETCH client: " EDU " sid: 0x10", 5,
		SMN_LIVE_S2_SKIPPED);
	aborted(t, "smmu: event: F_CD_FETCH client: " EDU " sid: 0x10", 1000,
		SMN_LIVE_NOTHING);
	aborted(t, "smmu: event: F_CD_FETCH client: " EDU " sid: 0x10", 0,
		SMN_LIVE_S2_SKIPPED);
	aborted(t, "smmu: event: F_WALK_EABT client: " EDU " sid: 0x10", 0,
		SMN_LIVE_S2_SKIPPED);
	aborted(t, "smmu: event: F_CD_FETCH client: 0000:00:03.0 sid: 0x18", 0,
		SMN_LIVE_NOTHING);
	aborted(t, "smmu: event: F_TRANSLATION client: " EDU " sid: 0x10", 0,
		SMN_LIVE_NOTHING);
}

/* --- the event that was expected --- */

static void events(struct tap *t)
{
	static const struct {
		const char *fields;
		bool same;
	} rows[] = {
		{ "SID=0x42,CLASS=in,InputAddr=0x5008", true },
		{ "SID=0x42,CLASS=in,InputAddr=0x5fff", true },
		{ "SID=0x42,CLASS=in,InputAddr=0x6008", false },
		{ "SID=0x43,CLASS=in,InputAddr=0x5008", false },
		{ "SID=0x42,CLASS=tt,InputAddr=0x5008", false },
		{ "SID=0x42,CLASS=in,InputAddr=0x5008,RnW=read", false },
		{ "SID=0x42,CLASS=in,InputAddr=0x5008,S2=s2", false },
	};
	const struct smn_layout *l = smn_layout_by_name("F_TRANSLATION");
	struct smn_expected e = { .event = l };
	uint64_t words[4];
	struct smn_why why;

	smn_layout_parse(l, e.evt, rows[0].fields, NULL);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		smn_layout_parse(l, words, rows[i].fields, NULL);
		tap_ok(t, smn_bed_same_event(&e, words, &why) ==
		       rows[i].same && !why.text[0] == rows[i].same,
		       "%s: %s", rows[i].fields, why.text);
	}
	smn_layout_parse(smn_layout_by_name("F_ACCESS"), words,
			 rows[0].fields, NULL);
	tap_ok(t, !smn_bed_same_event(&e, words, &why), "%s", why.text);
	words[0] |= 0xff;
	tap_ok(t, !smn_bed_same_event(&e, words, &why), "%s", why.text);
}

static void room(struct tap *t)
{
	struct run r;
	int ret = start(&r, "V=1,Cfg=s1", SMN_BREAK_NONE);
	bool ok = !ret;

	for (enum smn_place p = SMN_PLACE_A; ok && p < SMN_NPLACES; p++)
		ok = !(r.bed.at[p].ipa % r.bed.page);
	tap_ok(t, ok && r.bed.hole >> 28 == 0, "all within edu's 28 bits");
	stop(&r);
}

/* --- interrupts of getting ready --- */

static unsigned int pauses;

/* A pause watches nothing. */
static int counted_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	pauses += !n && ms > 0;
	return smn_backend_model.poll(be, fds, n, ms);
}

static void settled(struct tap *t, const char *bdf, bool pause)
{
	struct smn_backend counted = smn_backend_model;
	struct smn_msi_proof p;
	struct run r;
	int ret = start_on(&r, bdf, "V=1,Cfg=s1", SMN_BREAK_NONE);

	pauses = 0;
	counted.poll = counted_poll;
	r.sys.be = &counted;
	if (!ret)
		ret = smn_msi_prove(&r.bed, &p, &r.why);
	tap_ok(t, !ret && p.ok && !pauses == !pause, "%s is ready after %u "
	       "pauses (%d)", bdf, pauses, ret);
	stop(&r);
}

int main(void)
{
	struct tap t = { 0 };

	verdicts(&t);
	other_stream(&t);
	unexpected(&t);
	fetches(&t);
	events(&t);
	room(&t);
	/* who has one vector only raises none by making others */
	settled(&t, EDU, false);
	settled(&t, NVME, true);
	return tap_done(&t);
}
