/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's command queue, executed as a VMM has to: what the kernel forwards
 * is collected into runs, what a VMM answers by itself is done in between, and
 * the first entry that goes wrong stops the queue with what the guest then
 * reads in CMDQ_CONS and GERROR (IHI 0070 sections 4.7.3, 6.3.28, 7.1).
 * smn_cmds[].fate says which command is which.
 */
#ifndef SMN_NEST_CMDQ_H
#define SMN_NEST_CMDQ_H

#include "smmunest.h"

/*
 * Commands of one IOMMU_HWPT_INVALIDATE at most: whole blocks, so that a longer
 * run is issued in the same pieces as it would be at once.
 */
#define SMN_CMDQ_RUN (1024 * SMN_CMD_BLOCK)

/* CMDQ_CONS.ERR, by its values. */
enum smn_cerror {
	SMN_CERROR_NONE,
	SMN_CERROR_ILL,		/* the command at CONS is illegal */
	SMN_CERROR_ABT,		/* it could not be read */
	SMN_CERROR_ATC_INV,	/* before the CMD_SYNC at CONS */
};

/* "NONE", "ILL", "ABT", "ATC_INV" */
const char *smn_cerror_name(enum smn_cerror e);

/* Which entries of a file are to be executed. */
struct smn_cmdq_window {
	uint64_t first;		/* slot of the file, 16 bytes each */
	uint64_t count;		/* UINT64_MAX: up to the end of the file */
	uint64_t slots;		/* of a ring; 0: it is none */
	uint32_t cons;		/* of a ring: where it begins, with wrap bit */
};

/*
 * CMDQ_CONS and CMDQ_PROD as registers of a ring of 2^@log2size entries, wrap
 * bits included; @log2size -1: plain indices. @prod NULL: to the end of the
 * file, for a ring one whole round. -EINVAL: bits that no such queue has, or
 * more entries than it holds.
 */
int smn_cmdq_window_init(struct smn_cmdq_window *w, int log2size,
			 uint64_t cons, const uint64_t *prod,
			 struct smn_why *why);

/* CMDQ_CONS of a ring when @done entries are consumed. */
uint32_t smn_cmdq_cons(const struct smn_cmdq_window *w, uint64_t done,
		       enum smn_cerror e);

/* Why it ended. */
enum smn_cmdq_end {
	SMN_CMDQ_DONE,
	SMN_CMDQ_REFUSED,	/* a command that no guest may send */
	SMN_CMDQ_ILLEGAL,	/* one with bits or values that are reserved */
	SMN_CMDQ_UNREAD,	/* the queue's memory cannot be read */
	SMN_CMDQ_NO_STE,	/* the images lack the memory of an STE */
	SMN_CMDQ_KERNEL,	/* an ioctl failed: err */
	SMN_CMDQ_STOPPED,	/* vm.stop() */
};

enum smn_cmdq_what {
	SMN_CMDQ_INVALIDATE,	/* one IOMMU_HWPT_INVALIDATE */
	SMN_CMDQ_REPEAT,	/* the same commands again, for the erratum */
	SMN_CMDQ_CONFIGURE,	/* a new nested HWPT for a stream */
};

/* Something that was done: the plan's rows. */
struct smn_cmdq_step {
	enum smn_cmdq_what what;
	uint64_t first, last;	/* entries of the queue */
	uint32_t n;		/* commands */
	uint32_t vsid;		/* CONFIGURE: the stream, its STE as it was */
	uint64_t ste[2];	/* given on, and what of it no VMM gives on */
	uint64_t dropped[2];
	int err;
};

/* What executes it: the session, or a test. Each returns 0 or -errno. */
struct smn_cmdq_vm {
	int (*invalidate)(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
			  uint32_t *handled);
	int (*configure)(void *ctx, uint32_t vsid, const uint64_t ste[2]);
	void (*step)(void *ctx, const struct smn_cmdq_step *step); /* or NULL */
	bool (*stop)(void *ctx);	/* end after this entry; or NULL */
	void *ctx;
};

/* What became of the entries. Commands are forwarded ones. */
struct smn_cmdq_account {
	uint64_t entries;	/* of the queue */
	uint64_t cons;		/* index of the one that stopped it */
	uint64_t forwarded;	/* commands that were put into runs */
	uint64_t issued;	/* of these, certainly issued */
	uint64_t unknown;	/* of these, in a block that did not complete */
	uint64_t again;		/* of these, before cons and not issued: a VMM
				 * sends them before the guest sees cons */
	uint64_t runs;		/* IOMMU_HWPT_INVALIDATE without repetitions */
	uint64_t repeated;	/* commands issued a second time */
	uint64_t syncs;		/* CMD_SYNC */
	uint64_t stes;		/* stream table entries installed */
	uint64_t ignored;	/* nothing to do for a VMM */
	uint64_t left;		/* of streams that are not the VM's */
	uint64_t unfollowed;	/* CFGI_STE*, but no stream table was given */
};

struct smn_cmdq_op;

struct smn_cmdq {
	/* --- the caller's --- */
	struct smn_source from;
	/* to a byte of the file; NULL where the window does not need it */
	int (*seek)(void *ctx, uint64_t offset);
	struct smn_cmdq_window window;

	const struct smn_rules *rules;
	struct smn_accounting acc;	/* of the kernel that answers */
	bool repeat;		/* hw_info's ERRATA_REPEAT_TLBI_CFGI */
	bool leave_others;	/* forward nothing for streams not in vsids */
	const uint32_t *vsids;
	unsigned int nvsids;
	const struct smn_strtab *strtab;	/* NULL: no CFGI_STE followed */
	const struct smn_memory *memory;
	struct smn_cmdq_vm vm;
	uint64_t (*run)[2];	/* room for that many commands */
	uint32_t room;

	/* --- the answer --- */
	struct smn_cmdq_account account;
	enum smn_cmdq_end end;
	enum smn_cerror cerror;
	int err;		/* -errno of the ioctl, or 0 */
	bool has_cmd;
	uint64_t cmd[2];	/* the entry at cons */
	struct smn_why why;	/* unless it is DONE or the kernel's */

	/* --- its own --- */
	struct smn_dump *dump;
	struct smn_cmdq_op *ops;	/* by opcode */
	uint64_t *where;	/* entries of the commands in run */
	uint64_t slot, at;	/* of the next entry: in the file, in all */
	uint32_t n;		/* commands in run */
};

/*
 * Execute it. 0 whatever became of the queue, which q->end tells; -ENOMEM.
 * A kernel that checks opcodes alone (acc.strict is false) is sent nothing that
 * the rules refuse: it would hand it to the host's own command queue.
 */
int smn_cmdq_run(struct smn_cmdq *q);

/* --- the session as what executes it --- */

struct smn_cmdq_nest {
	struct smn_session *s;
	struct smn_nest *nest;	/* built up to the vDEVICE */
};

/* ctx is a struct smn_cmdq_nest. errnos as those of the calls they make. */
int smn_cmdq_invalidate(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
			uint32_t *handled);
/* IOMMU_HWPT_ALLOC, VFIO_DEVICE_ATTACH_IOMMUFD_PT, IOMMU_DESTROY of the old */
int smn_cmdq_configure(void *ctx, uint32_t vsid, const uint64_t ste[2]);

#endif
