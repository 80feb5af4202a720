/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share that have a device do DMA on a test bed. */
#ifndef CTL_PROOF_H
#define CTL_PROOF_H

#include "ctl.h"
#include "dma/proof.h"

/*
 * The bed's own options, beside those of stage 1. Members live in ctl->opts: a
 * bed has to outlive its session.
 */
struct bed_opts {
	struct plan_opts plan;
	const struct smn_dma_source *source;	/* NULL: by the device */
	const char *command;
	uint8_t bits;
	uint32_t wait_ms;
	enum smn_break spoil;
	uint64_t repeat;
	struct smn_pci pci;
	struct smn_bed bed;
};

enum { OPT_DMA = 0x500, OPT_BREAK, OPT_BITS, OPT_WAIT, OPT_REPEAT_BED };

#define BED_OPTIONS \
	{ "dma", OPT_DMA, "SOURCE", 0, "who moves memory: auto (default), " \
	  "edu, nvme, testdev, manual, exec:CMD, none", 0 }, \
	{ "break", OPT_BREAK, "WHAT", 0, "spoil one thing, which has to be " \
	  "found out: s1-identity, s2-hole, no-tlbi, no-vdevice, " \
	  "no-doorbell, no-master", 0 }, \
	{ "bits", OPT_BITS, "N", 0, "how many bits of address the device " \
	  "has (default: its source's)", 0 }, \
	{ "wait", OPT_WAIT, "SECS", 0, "how long manual and exec: may take", \
	  0 }, \
	{ "repeat", OPT_REPEAT_BED, "N", 0, "do it N times; min, p50, max", \
	  0 }, \
	{ "vsid", OPT_VSID, "N|none", 0, "vSID of the vDEVICE (default: the " \
	  "requester ID); none: make no vDEVICE", 0 }

error_t bed_parse(struct bed_opts *o, int key, char *arg,
		  struct argp_state *state);

/* Build it in ctl->session; result gets source, steps, addresses. */
enum status bed_open(struct ctl *ctl, struct bed_opts *o);

/* The same in a session that is open, for the device in o->pci. */
enum status bed_build(struct ctl *ctl, struct bed_opts *o);

/* The same, and nothing is to be moved: a source that does nothing will do. */
enum status bed_build_still(struct ctl *ctl, struct bed_opts *o);

/* "arrives", "event", "kernel-log", "nothing", "unknown" */
const char *bed_fate(const struct smn_expected *e);

/* A transfer as {ok, ns, ...}, the control with its event. */
struct json_object *doc_move(const struct smn_proof_move *m);
struct json_object *doc_control(const struct smn_proof_move *m);
void doc_add_log(struct ctl *ctl, const struct smn_bed *bed,
		 const struct smn_kmsg_seen *seen);

/* Times of N repetitions, as result.repeat: a row for each that has some. */
struct samples {
	const char *name;
	uint64_t *ns;
	size_t n;
};

void doc_add_samples(struct ctl *ctl, struct samples *s, size_t n);

/* --break, and nothing was found out. */
enum status bed_unseen(struct ctl *ctl, enum smn_break spoil);

#endif
