/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call written down: which ioctl, which members, with objects by name
 * instead of by number, so that the same request can be sent to a kernel and
 * to a model, kept in a file, and sent again.
 */
#ifndef SMN_NEST_REQUEST_H
#define SMN_NEST_REQUEST_H

#include "smmunest.h"

#define SMN_REQ_ARGS 12		/* as many members as any op's argument has */
#define SMN_REQ_WORDS 256	/* of a payload: 128 commands */
#define SMN_REQ_SIZE 128	/* bytes an argument can have, tail included */

/* What a member's value is. */
enum smn_ref {
	SMN_REF_NUMBER,		/* .value */
	SMN_REF_ID,		/* the id of object .slot, plus .value */
	SMN_REF_FD,		/* the file of slot .slot */
	SMN_REF_MEMORY,		/* byte .value of the runner's memory */
	SMN_REF_PAYLOAD,	/* the address of the request's own words */
};

struct smn_req_value {
	uint8_t ref;		/* enum smn_ref */
	uint16_t slot;
	uint64_t value;
};

/* Some requests are no ioctl but are written in the same way. */
enum smn_req_kind {
	SMN_REQ_IOCTL,
	SMN_REQ_OPEN,		/* /dev/iommu, or the cdev of a device */
	SMN_REQ_CLOSE,		/* the file of .file */
	SMN_REQ_READ,		/* of the vEVENTQ or fault queue .file */
	SMN_REQ_WRITE,		/* to the fault queue .file */
};

struct smn_request {
	uint8_t kind;			/* enum smn_req_kind */
	uint8_t op;			/* enum smn_op_id */
	uint16_t file;			/* slot whose file it is sent to */
	uint16_t result;		/* slot for what it makes; 0: nowhere */
	uint16_t device;		/* SMN_REQ_OPEN: 0 /dev/iommu, n: the
					 * n-th device's cdev */
	uint32_t size;			/* what the argument says of its size,
					 * or the length of a read or write */
	uint32_t tail;			/* what bytes beyond the struct hold */
	uint32_t given;			/* 1 << place: members that are set */
	struct smn_req_value arg[SMN_REQ_ARGS];	/* by place in the op's table */
	uint16_t nwords;
	uint64_t words[SMN_REQ_WORDS];
};

/* What a slot stands for on one side. */
struct smn_slot {
	uint32_t id;		/* iommufd's number, 0: none */
	int fd;			/* -1: none */
	uint8_t type;		/* enum smn_type of the id */
};

/* What came of it. */
struct smn_reply {
	int err;				/* 0, -errno, or bytes read */
	const struct smn_row *row;		/* the model's reason */
	unsigned char out[SMN_REQ_SIZE];	/* the argument afterwards */
	uint8_t data[256];			/* what a read gave, or what the
						 * kernel wrote at data_uptr */
	uint64_t ns;
};

/* One side: a kernel or a model, and what the slots are there. */
struct smn_runner {
	struct smn_sys *sys;
	const char *const *cdevs;	/* paths of the devices */
	unsigned int ncdevs;
	void *memory;			/* mapped through the funnel */
	size_t bytes;
	struct smn_slot *slots;		/* by number; 0 is not used */
	unsigned int nslots;
};

/* Zeroed slots, and @bytes of memory. 0 or -ENOMEM. */
int smn_runner_init(struct smn_runner *r, struct smn_sys *sys,
		    unsigned int nslots, size_t bytes);

/* Closes every file that is open and frees the memory. */
void smn_runner_free(struct smn_runner *r);

/*
 * Send it. Always fills @reply; what it made is in the result slot on success,
 * empty on failure. Returns reply->err.
 */
int smn_runner_call(struct smn_runner *r, const struct smn_request *req,
		    struct smn_reply *reply);

/*
 * Text, one line a request:
 *   let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT
 *   ioas-map ioas_id=ioas user_va=mem+0x1000 length=0x1000 iova=0x40000000 ...
 *   hwpt-alloc dev_id=dev pt_id=viommu data_type=ARM_SMMUV3 ste=W0,W1
 *   hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all,0x46:0x0
 *   let fd = open /dev/iommu ; let c = open dev0 ; close c
 *   let dev = vfio-device-bind-iommufd c iommufd=fd
 * Op names are the UAPI's in lower case with dashes, "iommu-" and
 * "vfio-device-" aside where that is unambiguous; members are the UAPI's. A
 * member that is left out has its usual value (size the struct's, data_len the
 * payload's, the rest 0). Names are letters, digits and '_'.
 */
struct smn_names;	/* slot numbers by name, grows as names are met */

/*
 * 0; -EINVAL and @why with the column: it is not a request. An empty line or
 * a comment ('#') is -ENODATA.
 */
int smn_request_parse(struct smn_request *req, struct smn_names *names,
		      const char *line, struct smn_why *why);

/* The line of @req, as parse reads it. Returns as snprintf() does. */
size_t smn_request_format(const struct smn_request *req,
			  const struct smn_names *names, char *buf, size_t len);

struct smn_names *smn_names_new(void);
void smn_names_free(struct smn_names *n);
/* The number of a name, made when it is new; 0: no memory. And the reverse,
 * "x7" for a slot without a name. */
unsigned int smn_names_slot(struct smn_names *n, const char *name, size_t len);
const char *smn_names_of(const struct smn_names *n, unsigned int slot,
			 char buf[16]);

#endif
