/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A software kernel. It has no errno of its own: each call is put to the same
 * rows that explain a real kernel's refusals, and what no row refuses changes
 * the world as the acts say.
 */
#ifndef SMN_SYS_MODEL_H
#define SMN_SYS_MODEL_H

#include "abi/world.h"
#include "sys/machine.h"
#include "sys/sys.h"

struct smn_model;

extern const struct smn_backend smn_backend_model;

/* An empty machine: no SMMU, no device. NULL: no memory. */
struct smn_model *smn_model_new(void);
void smn_model_free(struct smn_model *m);

/* What exists in it; its kernel, facts, SMMUs and devices are to be set. */
struct smn_world *smn_model_world(struct smn_model *m);

/* What it shows beside iommufd; its PCI devices are to be added. */
struct smn_machine *smn_model_machine(struct smn_model *m);

/*
 * Its SMMU of that name has these registers, made when it is not there yet;
 * @canwbs: does firmware promise it for the devices behind it? 0 or -ENOMEM.
 */
int smn_model_tell(struct smn_model *m, const char *smmu,
		   const uint32_t regs[SMN_NREGS], enum smn_truth canwbs);

/* From now on it does wrong what broken.c has under that name. 0 or -ENOENT. */
int smn_model_break(struct smn_model *m, const char *name);

/* Has anything been asked of it? */
bool smn_model_asked(const struct smn_model *m);

/*
 * The row that refused the last ioctl, NULL when nothing did. It tells why; two
 * rows can share an errno.
 */
const struct smn_row *smn_model_refusal(const struct smn_model *m);

/* How a device's DMA ended. */
enum smn_transfer_end {
	SMN_TRANSFER_DONE,    /* every byte went through */
	SMN_TRANSFER_MSI,     /* so did a write to the MSI doorbell */
	SMN_TRANSFER_BLOCKED, /* it was stopped, and nothing tells of it */
	SMN_TRANSFER_EVENT,   /* stopped: an event went to the vEVENTQ */
	SMN_TRANSFER_LOGGED,  /* stopped: only the kernel's log tells */
	SMN_TRANSFER_UNKNOWN, /* the model does not know something */
};

/* The device writes memory from @data, or reads it into @data. */
struct smn_transfer {
	uint64_t iova;
	void *data;
	size_t len;
	bool write;
};

struct smn_transfer_result {
	enum smn_transfer_end end;
	size_t done;		/* bytes that went through */
	bool msi;		/* some of them rang the doorbell */
	uint64_t evt[4];	/* the event, as the VM or the log has it */
	struct smn_why why;	/* what stopped it */
};

/*
 * The device called @bdf does a DMA, without SubstreamID, unprivileged. 0, and
 * *@r tells how it ended; -ENODEV: there is no such device.
 *
 * One event comes for the first address that is stopped; hardware may send one
 * for each of its accesses, or merge them.
 */
int smn_model_dma(struct smn_model *m, const char *bdf,
		  const struct smn_transfer *dma,
		  struct smn_transfer_result *r);

#endif
