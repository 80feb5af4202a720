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
#define SMN_REQ_DATA 256	/* bytes of an answer that are kept */
#define SMN_REQ_LENGTH 4096	/* bytes that a read can ask for */

/* What a member's value is. */
enum smn_ref {
	SMN_REF_NUMBER,		/* .value */
	SMN_REF_ID,		/* the id of object .slot, or the address that
				 * is mapped there, plus .value */
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
	SMN_REQ_MAP,		/* the first .size bytes of .file: of a device
				 * those of its BAR 0 */
	SMN_REQ_READ,		/* of .file: a vEVENTQ, a fault queue, a
				 * device's region */
	SMN_REQ_WRITE,		/* to .file: a fault queue, a region */
};

#define SMN_REQ_PATH 0xffff	/* .device: open .path */

struct smn_request {
	uint8_t kind;			/* enum smn_req_kind */
	uint8_t op;			/* enum smn_op_id */
	uint16_t file;			/* slot whose file it is sent to */
	uint16_t result;		/* slot for what it makes; 0: nowhere */
	uint16_t device;		/* SMN_REQ_OPEN: 0 /dev/iommu, n: the
					 * n-th device's cdev */
	char path[48];			/* SMN_REQ_PATH */
	uint32_t size;			/* what the argument says of its size,
					 * or the length of a read or write */
	uint32_t tail;			/* what each byte beyond the op's
					 * struct holds */
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
	void *addr;		/* of a mapped file, NULL: none */
	size_t bytes;
};

/* What came of it. */
struct smn_reply {
	int err;				/* 0, -errno, or bytes read */
	const struct smn_row *row;		/* the model's reason or NULL */
	unsigned char out[SMN_REQ_SIZE];	/* the argument afterwards */
	/*
	 * What a read gave, or what is afterwards in the request's words, or
	 * in the memory that a member points to.
	 */
	uint8_t data[SMN_REQ_DATA];
	uint64_t ns;
};

/* One side: a kernel or a model, and what the slots are there. */
struct smn_runner {
	struct smn_sys *sys;
	const char *const *cdevs;	/* paths of the devices */
	unsigned int ncdevs;
	void *memory;			/* mapped through the funnel */
	size_t bytes;
	struct smn_slot *slots;		/* by number; 0 stays empty */
	unsigned int nslots;
	void *scratch;			/* the payload, or what a read gives */
};

/* Empty slots, numbers below @nslots, and @bytes of memory. 0 or -ENOMEM. */
int smn_runner_init(struct smn_runner *r, struct smn_sys *sys,
		    unsigned int nslots, size_t bytes);

/* Closes every file that is open and frees the memory. */
void smn_runner_free(struct smn_runner *r);

/*
 * Send it. Always fills @reply; what it made is in the result slot on success,
 * empty on failure. A file that was in the result slot is closed: its name has
 * gone to another. Returns reply->err.
 */
int smn_runner_call(struct smn_runner *r, const struct smn_request *req,
		    struct smn_reply *reply);

/*
 * The argument that would be sent, its payload at r->scratch. Returns which of
 * its members were given or follow from the payload, as 1 << their place.
 */
uint32_t smn_request_arg(const struct smn_runner *r,
			 const struct smn_request *req,
			 unsigned char arg[SMN_REQ_SIZE]);

/*
 * Text, one line a request:
 *   let iommufd = open /dev/iommu
 *   let cdev = open dev0
 *   let dev = bind-iommufd cdev
 *   let ioas = ioas-alloc
 *   let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT
 *   ioas-map ioas_id=ioas user_va=mem+0x1000 length=0x1000 iova=0x40000000 ...
 *   let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=s1,S1ContextPtr=0x1000
 *   hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-asid:ASID=1,0x46:0x0
 *   let queue = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 veventq_depth=8
 *   read-veventq queue length=64
 *   close queue
 *   let bar = feature cdev feature=DMA_BUF flags=GET region_index=BAR0 ...
 *   write-region cdev region=CONFIG offset=4 length=2 words=0
 *
 * Op names are the UAPI's in lower case with dashes, without "iommu-" and
 * "vfio-device-"; members are the UAPI's. A request to iommufd goes to the file
 * called "iommufd" unless another is named after the op; BIND takes that one,
 * too. A value is a number, names of the member's own joined by '|', an
 * object's name (NAME+N is N more), mem+N for the runner's memory, or "words"
 * for the address of the payload. "none" is no object: id 0, file -1.
 *
 * A member that is left out has its usual value: size the struct's, what
 * describes a payload as that is, else 0. The payload is words=W,W,..., ste=
 * (two words, or fields, V=1 implied) or cmds= (names or W0:W1, *N repeats).
 * size=N and tail=BYTE make the argument shorter or longer than its struct.
 */
struct smn_names;	/* slot numbers by name */

struct smn_text_error {
	unsigned int column;	/* from 1 */
	struct smn_why why;
};

/*
 * 0; -EINVAL and @error: it is not a request; -ENODATA: an empty line or a
 * comment ('#'); -ENOMEM. Names that it uses must be known, those it lets are
 * from then on.
 */
int smn_request_parse(struct smn_request *req, struct smn_names *names,
		      const char *line, struct smn_text_error *error);

/* The line of @req, as parse reads it. Returns as snprintf() does. */
size_t smn_request_format(const struct smn_request *req,
			  const struct smn_names *names, char *buf, size_t len);

/* "hwpt-alloc": an op as lines begin. */
#define SMN_OP_WORD 40
const char *smn_op_word(enum smn_op_id op, char buf[SMN_OP_WORD]);

/* The op of such a word, or of the UAPI's name; SMN_NOPS: there is none. */
enum smn_op_id smn_op_of_word(const char *word);

/* The op of a line's request, "let NAME =" or not; SMN_NOPS: it has none. */
enum smn_op_id smn_line_op(const char *line);

#define SMN_NAME 32	/* letters, digits and '_', with its end */

struct smn_names *smn_names_new(void);
void smn_names_free(struct smn_names *n);

/* How many slots have names: they are numbered from 1. */
unsigned int smn_names_count(const struct smn_names *n);

/* The number of a name, made when it is new; 0: no memory, or no name. */
unsigned int smn_names_slot(struct smn_names *n, const char *name, size_t len);

/* The number of a known name, or 0. */
unsigned int smn_names_find(const struct smn_names *n, const char *name,
			    size_t len);

/*
 * The name of a slot: "none" of 0, "x7" (in @buf) where it has none or @n is
 * NULL. Valid until the next name is made.
 */
const char *smn_names_of(const struct smn_names *n, unsigned int slot,
			 char buf[SMN_NAME]);

#endif
