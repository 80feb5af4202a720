// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests: what is written down reads back the same, mistakes are told with
 * their place, and what is sent is what was written.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/iommufd.h>

#include "nest/request.h"
#include "tap.h"

/* --- round trip --- */

struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d, uint64_t n)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return n ? d->state % n : d->state;
}

static const char *const names[] = { "iommufd", "cdev", "dev", "ioas", "s_2" };
enum { NAMES = SMN_ARRAY_SIZE(names) };

static uint64_t any_number(struct dice *d, unsigned int bytes)
{
	uint64_t max = bytes == 8 ? UINT64_MAX : (1ULL << 8 * bytes) - 1;

	return roll(d, 4) ? roll(d, 12) : roll(d, 0) & max;
}

static struct smn_req_value any_value(struct dice *d, const struct smn_arg *a)
{
	struct smn_req_value v = { .ref = roll(d, 5) };

	if (v.ref == SMN_REF_ID && a->format != SMN_ARG_FD && !a->nnames)
		return (struct smn_req_value){ SMN_REF_ID, roll(d, NAMES + 1),
					       roll(d, 2) * roll(d, 0) };
	if (v.ref == SMN_REF_FD && a->format == SMN_ARG_FD)
		return (struct smn_req_value){ SMN_REF_FD, roll(d, NAMES + 1),
					       0 };
	if (v.ref == SMN_REF_MEMORY && a->size == 8 && !a->nnames)
		return (struct smn_req_value){ SMN_REF_MEMORY, 0,
					       roll(d, 2) * roll(d, 0) };
	if (v.ref == SMN_REF_PAYLOAD && a->size == 8 && !a->nnames)
		return (struct smn_req_value){ SMN_REF_PAYLOAD, 0, 0 };
	return (struct smn_req_value){ 0, 0, any_number(d, a->size) };
}

static void any_words(struct dice *d, struct smn_request *r)
{
	r->nwords = roll(d, 3) ? roll(d, 9) : roll(d, SMN_REQ_WORDS + 1);
	for (unsigned int i = 0; i < r->nwords; i++)
		r->words[i] = roll(d, 2) ? roll(d, 0) : roll(d, 256);
}

/* Of what is no ioctl a few members alone can be given. */
static bool is_users(const struct smn_request *r, const char *name)
{
	bool region = r->op == SMN_READ_REGION || r->op == SMN_WRITE_REGION;

	return smn_op(r->op)->request || !strcmp(name, "data") ||
	       (region && (!strcmp(name, "offset") || !strcmp(name, "region")));
}

static struct smn_request any_request(struct dice *d)
{
	struct smn_request r = { .op = roll(d, SMN_NOPS) };
	const struct smn_op *op;

	op = smn_op(r.op);
	r.result = roll(d, NAMES + 1);
	if (r.op == SMN_OPEN) {
		r.kind = SMN_REQ_OPEN;
		r.device = roll(d, 4);
		if (r.device == 3) {
			r.device = SMN_REQ_PATH;
			strcpy(r.path, "/dev/null");
		}
		return r;
	}
	r.file = roll(d, NAMES + 1);
	r.kind = r.op == SMN_CLOSE ? SMN_REQ_CLOSE :
		 r.op == SMN_WRITE_FAULTQ || r.op == SMN_WRITE_REGION ?
		 SMN_REQ_WRITE :
		 r.op == SMN_MMAP ? SMN_REQ_MAP :
		 op->request ? SMN_REQ_IOCTL : SMN_REQ_READ;
	if (r.kind == SMN_REQ_CLOSE)
		return r;
	if (r.kind == SMN_REQ_MAP) {
		r.size = roll(d, SMN_REQ_LENGTH + 1);
		return r;
	}
	r.size = roll(d, 2) && op->request ? op->size :
		 roll(d, SMN_REQ_SIZE + 1);
	any_words(d, &r);
	for (unsigned int i = 0; i < op->nargs; i++) {
		if (!roll(d, 2) || !is_users(&r, op->args[i].name))
			continue;
		/* in text, size= is the argument's, and a region's told */
		if (!strcmp(op->args[i].name, "size"))
			continue;
		r.given |= 1u << i;
		r.arg[i] = any_value(d, &op->args[i]);
	}
	if (op->request)
		r.tail = roll(d, 3) ? 0 : roll(d, 256);
	/* a bind always says to which iommufd, in text */
	if (r.op == SMN_VFIO_DEVICE_BIND_IOMMUFD && !(r.given & 2)) {
		r.given |= 2;
		r.arg[1] = (struct smn_req_value){ SMN_REF_FD, 1, 0 };
	}
	return r;
}

static struct smn_names *new_names(void)
{
	struct smn_names *n = smn_names_new();

	for (unsigned int i = 0; i < NAMES; i++)
		smn_names_slot(n, names[i], strlen(names[i]));
	return n;
}

static void round_trip(struct tap *t)
{
	struct smn_names *n = new_names();
	struct dice d = { 88172645463325252ULL };
	struct smn_text_error error = { 0 };
	struct smn_request a, b;
	unsigned int good = 0, cut = 0;
	char line[16384], part[20];
	size_t len;

	for (unsigned int i = 0; i < 20000; i++) {
		a = any_request(&d);
		len = smn_request_format(&a, n, line, sizeof(line));
		cut += smn_request_format(&a, n, part, sizeof(part)) == len &&
			(len < sizeof(part) || !part[sizeof(part) - 1]);
		if (!smn_request_parse(&b, n, line, &error) &&
		    !memcmp(&a, &b, sizeof(a)))
			good++;
		else if (i - good < 3)
			printf("# %s\n# %u: %s\n", line, error.column,
			       error.why.text);
	}
	tap_ok(t, good == 20000, "%u of 20000 requests read back", good);
	tap_ok(t, cut == 20000, "a short buffer is not overrun");
	tap_ok(t, smn_names_count(n) == NAMES, "no name came of reading");
	smn_names_free(n);
}

/* --- mistakes --- */

static void mistakes(struct tap *t)
{
	static const struct {
		const char *line;
		unsigned int column;
		const char *says;
	} rows[] = {
		{ "hwpt-aloc", 1, "did you mean hwpt-alloc?" },
		{ "mmap", 5, "the file's name comes first" },
		{ "let", 4, "let NAME = REQUEST" },
		{ "let x ioas-alloc", 5, "let NAME = REQUEST" },
		{ "let x =", 8, "missing" },
		{ "let 9x = ioas-alloc", 5, "cannot be a name" },
		{ "let mem = ioas-alloc", 5, "cannot be a name" },
		{ "destroy id=iaos", 12, "did you mean ioas?" },
		{ "destroy  nofd", 10, "nothing is called 'nofd'" },
		{ "destroy identity=1", 9, "no member 'identity'" },
		{ "destroy id=1 id=2", 14, "given twice" },
		{ "destroy id=", 12, "needs a value" },
		{ "destroy id=0x100000000", 12, "more than 0xffffffff" },
		{ "destroy id=1x", 12, "not a number" },
		{ "destroy id=ioas+x", 17, "not a number" },
		{ "destroy iommufd id", 17, "not MEMBER=VALUE" },
		{ "destroy size=129", 14, "more than 0x80" },
		{ "destroy ste=0", 9, "no member" },
		{ "hwpt-alloc flags=NEST_PARNT", 18, "mean NEST_PARENT?" },
		{ "hwpt-alloc flags=NEST_PARENT|", 30, "no value" },
		{ "hwpt-alloc data_type=NONE|NONE", 22, "does not fit" },
		{ "hwpt-alloc ste=Cgf=s1", 16, "'Cgf'" },
		{ "hwpt-alloc ste=0,zero", 18, "not a number" },
		{ "hwpt-invalidate cmds=tlbi-nh-all,tlbi-x:ASID=1", 34,
		  "no command" },
		{ "hwpt-invalidate cmds=tlbi-nh-all*129", 22, "1 to 256" },
		{ "hwpt-invalidate cmds=tlbi-nh-all*0", 22, "1 to 256" },
		{ "bind-iommufd", 13, "file's name" },
		{ "open", 5, "open what" },
		{ "open devx", 6, "none of" },
		{ "open dev0 dev1", 11, "too many" },
	};
	struct smn_names *n = new_names();
	struct smn_text_error e;
	struct smn_request r;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		int ret = smn_request_parse(&r, n, rows[i].line, &e);

		tap_ok(t, ret == -EINVAL && e.column == rows[i].column &&
		       strstr(e.why.text, rows[i].says),
		       "%s: %u: %s", rows[i].line, e.column, e.why.text);
	}
	tap_ok(t, smn_request_parse(&r, n, " \t# x", &e) == -ENODATA &&
	       smn_request_parse(&r, n, "", &e) == -ENODATA, "comments");
	tap_ok(t, smn_names_count(n) == NAMES, "no mistake makes a name");
	smn_names_free(n);
}

/* --- what lines mean --- */

static struct smn_request parsed(struct smn_names *n, const char *line)
{
	struct smn_text_error e = { 0 };
	struct smn_request r;

	if (smn_request_parse(&r, n, line, &e))
		printf("# %s: %u: %s\n", line, e.column, e.why.text);
	return r;
}

static void meaning(struct tap *t)
{
	struct smn_names *n = new_names();
	struct smn_request r = parsed(n, "let s1 = hwpt-alloc dev_id=dev "
				      "ste=Cfg=s1,S1ContextPtr=0x40001000");

	tap_ok(t, r.nwords == 2 && r.words[0] == 0x4000100b && !r.words[1] &&
	       r.result == NAMES + 1 && r.file == 1, "V=1 is implied");
	r = parsed(n, "hwpt-alloc ste=V=0,Cfg=s1");
	tap_ok(t, r.words[0] == 0xa, "unless it says V=0");
	r = parsed(n, "IOMMU_HWPT_INVALIDATE cmds=0x46:0x7,tlbi-nh-va:ASID=1,"
		   "Leaf=1*2,cfgi-cd-all:SID=9 # the rest");
	tap_ok(t, r.nwords == 8 && r.words[0] == 0x46 && r.words[1] == 7 &&
	       r.words[2] == 0x0001000000000012 && r.words[3] == 1 &&
	       r.words[4] == r.words[2] && r.words[6] == 0x900000006,
	       "commands, their fields, repetition");
	r = parsed(n, "attach-iommufd-pt cdev pt_id=ioas+1");
	tap_ok(t, r.file == 2 && r.arg[1].ref == SMN_REF_ID &&
	       r.arg[1].slot == 4 && r.arg[1].value == 1, "a file, an offset");
	r = parsed(n, "destroy id=x12+3");
	tap_ok(t, r.arg[0].ref == SMN_REF_ID && !r.arg[0].slot &&
	       r.arg[0].value == 3, "a slot that nothing made is empty");
	smn_names_free(n);
}

/* --- what is sent --- */

struct fake {
	int fd, closed;
	int err;
	_Alignas(8) unsigned char arg[SMN_REQ_SIZE];
	uint64_t words[4];
};

static int fake_open(void *be, const char *path, int flags)
{
	(void)path;
	(void)flags;
	return ((struct fake *)be)->fd++;
}

static int fake_close(void *be, int fd)
{
	if (fd < 0)
		return -EBADF;
	((struct fake *)be)->closed = fd;
	return 0;
}

static int fake_ioctl(void *be, int fd, unsigned long request, void *arg,
		      struct smn_span *span)
{
	const struct iommu_hwpt_invalidate *inval = arg;
	struct iommu_veventq_alloc *queue = arg;
	struct fake *f = be;

	*span = (struct smn_span){ 0 };
	memcpy(f->arg, arg, sizeof(f->arg));
	if (fd < 0)
		return -EBADF;
	if (request == IOMMU_HWPT_INVALIDATE && inval->data_type)
		memcpy(f->words, (void *)(uintptr_t)inval->data_uptr,
		       sizeof(f->words));
	if (request == IOMMU_VEVENTQ_ALLOC) {
		queue->out_veventq_id = 77;
		queue->out_veventq_fd = f->fd++;
	}
	return f->err;
}

static void *fake_map(void *be, size_t len)
{
	(void)be;
	return calloc(1, len);
}

static int fake_unmap(void *be, void *addr, size_t len)
{
	(void)be;
	(void)len;
	free(addr);
	return 0;
}

static uint64_t fake_now(void *be)
{
	(void)be;
	return 0;
}

static const struct smn_backend fake_backend = {
	.name = "fake", .open = fake_open, .close = fake_close,
	.ioctl = fake_ioctl, .map = fake_map, .unmap = fake_unmap,
	.now = fake_now,
};

static int send(struct smn_runner *r, struct smn_names *n, const char *line,
		struct smn_reply *reply)
{
	struct smn_request req = parsed(n, line);

	return smn_runner_call(r, &req, reply);
}

static void payload(struct tap *t, struct smn_runner *r, struct smn_names *n,
		    struct fake *f)
{
	struct iommu_hwpt_invalidate *inval = (void *)f->arg;
	struct smn_reply reply;

	send(r, n, "hwpt-invalidate hwpt_id=q cmds=0x30:0x1,0x46:0x2", &reply);
	tap_ok(t, inval->hwpt_id == 77 && inval->data_type == 1 &&
	       inval->entry_len == 16 && inval->entry_num == 2 &&
	       f->words[0] == 0x30 && f->words[3] == 2,
	       "a payload describes itself");
	tap_ok(t, reply.data[0] == 0x30 && reply.data[24] == 2,
	       "and is kept with the answer");
	send(r, n, "hwpt-invalidate entry_num=9 data_uptr=0x1000 data_type=0 "
	     "words=1,2", &reply);
	tap_ok(t, inval->entry_num == 9 && inval->data_uptr == 0x1000 &&
	       !inval->data_type, "what is given stands");
	send(r, n, "destroy id=q+1 size=12 tail=0xa5", &reply);
	tap_ok(t, f->arg[0] == 12 && f->arg[4] == 78 && f->arg[8] == 0xa5 &&
	       f->arg[SMN_REQ_SIZE - 1] == 0xa5, "a longer argument");
	send(r, n, "ioas-map user_va=mem+0x10", &reply);
	tap_ok(t, !memcmp(f->arg + 16, &(uint64_t){ (uintptr_t)r->memory +
			  0x10 }, 8), "memory");
}

static void sending(struct tap *t)
{
	struct fake f = { .fd = 10, .closed = -1 };
	struct smn_sys sys = { .be = &fake_backend, .priv = &f };
	struct smn_names *n = smn_names_new();
	struct smn_reply reply;
	struct smn_runner r;

	smn_runner_init(&r, &sys, 8, 4096);
	tap_ok(t, !send(&r, n, "let iommufd = open /dev/iommu", &reply) &&
	       r.slots[1].fd == 10, "open");
	tap_ok(t, send(&r, n, "let c = open dev0", &reply) == -ENODEV,
	       "no such device");
	send(&r, n, "let q = veventq-alloc veventq_depth=1", &reply);
	tap_ok(t, r.slots[3].id == 77 && r.slots[3].fd == 11 &&
	       r.slots[3].type == SMN_T_VEVENTQ, "what was made is kept");
	payload(t, &r, n, &f);
	send(&r, n, "let q = veventq-alloc veventq_depth=1", &reply);
	tap_ok(t, f.closed == 11 && r.slots[3].fd == 12,
	       "a file without a name is closed");
	f.err = -EBUSY;
	tap_ok(t, send(&r, n, "let q = destroy id=q", &reply) == -EBUSY &&
	       !r.slots[3].id && f.closed == 12, "a refusal makes nothing");
	tap_ok(t, send(&r, n, "close q", &reply) == -EBADF &&
	       send(&r, n, "ioas-alloc q", &reply) == -EBADF, "no file");
	smn_runner_free(&r);
	tap_ok(t, f.closed == 10, "what is open at the end is closed");
	smn_names_free(n);
}

int main(void)
{
	struct tap t = { 0 };

	round_trip(&t);
	mistakes(&t);
	meaning(&t);
	sending(&t);
	return tap_done(&t);
}
