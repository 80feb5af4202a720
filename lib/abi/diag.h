/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a call failed: rows of (ioctl, errno, cause, remedy), each with a test of
 * the argument and of what is known about the machine.
 */
#ifndef SMN_ABI_DIAG_H
#define SMN_ABI_DIAG_H

#include "abi/op.h"
#include "arch/field.h"

enum smn_verdict {
	SMN_POSSIBLE,	/* nothing known speaks for or against it */
	SMN_LIKELY,	/* what is known speaks for it */
	SMN_CERTAIN,	/* what is known leaves nothing else */
	SMN_EXCLUDED,	/* what is known speaks against it */
};

const char *smn_verdict_name(enum smn_verdict verdict);

/* What is known; a member that is not known says so. */
struct smn_facts {
	bool have_regs;		/* GET_HW_INFO answered with registers */
	uint32_t regs[SMN_NREGS];
	smn_feats feats;
	uint32_t hw_type;	/* its out_data_type, with have_type */
	bool have_type;
	bool old_kernel;	/* IOMMU_VIOMMU_ALLOC is ENOTTY */
	bool have_memlock;
	uint64_t memlock;	/* RLIMIT_MEMLOCK in bytes, ~0 for no limit */
	bool ipc_lock;		/* CAP_IPC_LOCK: the limit does not count */
	uint64_t pinned;	/* bytes the session maps */
	bool direct;		/* reserved regions hold a "direct" one */
	bool have_reserved;
	bool have_vsid;		/* a vDEVICE exists, with this vSID */
	uint64_t vsid;
	bool no_vdevice;	/* none exists */
	struct smn_why holder;	/* who has the device open, or "" */
};

struct smn_finding {
	enum smn_verdict verdict;
	const char *id;
	struct smn_why cause, remedy;
};

#define SMN_MAX_FINDINGS 8

/* An ioctl that failed, as much as its causes depend on. */
struct smn_question {
	enum smn_op_id op;
	int err;			/* -errno */
	const void *in, *out; /* the argument before and after; what it
					 * points to is not looked at */
	const uint64_t *words;		/* smn_op_culprit(), or NULL */
	const struct smn_facts *facts;
};

/* Ranked causes, the surest first; returns how many. */
unsigned int smn_diagnose(const struct smn_question *q,
			  struct smn_finding out[SMN_MAX_FINDINGS]);

#endif
