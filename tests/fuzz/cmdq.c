// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's queue of any bytes, in pieces, in a ring or not, against a kernel
 * that fails when the input says so. The account must add up, nothing beyond
 * the entry at which it stands is done, and all before it is.
 */
#include "chunks.h"
#include "nest/cmdq.h"

enum { ROOM = 2 * SMN_CMD_BLOCK };

struct setup {
	uint8_t how;		/* bits: ring, seekable, lax, repeat, ... */
	uint8_t log2size, cons, prod, piece;
	uint8_t fail_call, fail_err, handled;
	uint8_t strtab_cfg[4];
	uint8_t vsids[2];
};

struct fuzz {
	struct setup s;
	struct chunks file;
	uint32_t calls;
	uint64_t sent, done;	/* commands; entries that a step covered */
	unsigned int failures;
};

static int seek(void *ctx, uint64_t offset)
{
	struct chunks *c = ctx;

	if (offset > c->size)
		return -EINVAL;
	c->at = offset;
	c->over = false;
	return 0;
}

static int failure(struct fuzz *f)
{
	static const int errs[] = { -EIO, -ETIMEDOUT, -EFAULT, -ENOMEM };

	if (++f->calls != f->s.fail_call)
		return 0;
	f->failures++;
	return errs[f->s.fail_err % SMN_ARRAY_SIZE(errs)];
}

static int invalidate(void *ctx, const uint64_t (*cmds)[2], uint32_t n,
		      uint32_t *handled)
{
	struct fuzz *f = ctx;
	int ret = failure(f);

	CHECK(n && n <= ROOM && !(f->failures && !ret));
	for (uint32_t i = 0; i < n; i++) {
		const struct smn_layout *l =
			smn_cmd_by_opcode(cmds[i][0] & SMN_CMD_OPCODE);

		CHECK(l && l->fate == SMN_FORWARDED);
	}
	*handled = ret ? f->s.handled : n;
	return ret;
}

static int configure(void *ctx, uint32_t vsid, const uint64_t ste[2])
{
	struct fuzz *f = ctx;

	CHECK(vsid == f->s.vsids[0] || vsid == f->s.vsids[1]);
	for (unsigned int i = 0; i < 2; i++)
		CHECK(!(ste[i] & ~smn_rules_allowed(&smn_vste, i,
						    SMN_FEATS_ALL)));
	return failure(f);
}

static void note(void *ctx, const struct smn_cmdq_step *s)
{
	struct fuzz *f = ctx;

	CHECK(s->first <= s->last);
	if (s->what == SMN_CMDQ_REPEAT)
		return;
	/* in the queue's order; several streams may share an entry */
	CHECK(s->first + (s->what == SMN_CMDQ_CONFIGURE) >= f->done);
	f->done = s->last + 1;
	f->sent += s->what == SMN_CMDQ_INVALIDATE ? s->n : 0;
	CHECK(s->what == SMN_CMDQ_CONFIGURE || s->n <= s->last - s->first + 1);
}

static int read_image(void *ctx, uint64_t offset, void *buf, size_t len)
{
	const struct chunks *c = ctx;

	memcpy(buf, c->data + offset, len);
	return 0;
}

static void check_end(const struct smn_cmdq *q, const struct fuzz *f)
{
	const struct smn_cmdq_account *a = &q->account;

	CHECK(a->cons <= a->entries || q->end != SMN_CMDQ_DONE);
	CHECK(q->end != SMN_CMDQ_DONE || a->cons == a->entries);
	CHECK((q->end == SMN_CMDQ_KERNEL) == !!f->failures);
	CHECK(!q->err == !f->failures);
	CHECK(q->end != SMN_CMDQ_DONE || q->cerror == SMN_CERROR_NONE);
	CHECK(a->issued + a->unknown + a->again <= a->forwarded);
	CHECK(a->forwarded >= f->sent && a->repeated <= a->issued);
	if (!f->failures && q->end != SMN_CMDQ_STOPPED)
		CHECK(q->end == SMN_CMDQ_NO_STE || f->sent == a->issued);
	if (q->end == SMN_CMDQ_DONE)
		CHECK(a->forwarded == a->issued && a->entries >=
		      a->forwarded + a->syncs + a->ignored + a->left +
		      a->unfollowed);
	if (q->end != SMN_CMDQ_DONE && q->end != SMN_CMDQ_KERNEL)
		CHECK(q->why.text[0] && IS_STRING(q->why.text));
	CHECK(smn_cerror_name(q->cerror));
}

static void run(struct fuzz *f, struct smn_rules *rules)
{
	static uint64_t room[ROOM][2];
	const struct setup *s = &f->s;
	const uint32_t vsids[] = { s->vsids[0], s->vsids[1] };
	uint64_t prod = s->prod, base = 0, cfg = 0;
	struct smn_memory memory = { 0 };
	struct smn_image image = { .name = "x", .read = read_image,
				   .ctx = &f->file };
	struct smn_strtab strtab;
	struct smn_why why;
	struct smn_cmdq q = {
		.from = { .read = read_chunk, .ctx = &f->file },
		.seek = s->how & 2 ? seek : NULL, .rules = rules,
		.acc = { .strict = !(s->how & 4),
			 .counts_issued = s->how & 64 },
		.repeat = s->how & 8, .leave_others = s->how & 16,
		.vsids = vsids, .nvsids = 2, .memory = &memory,
		.vm = { invalidate, configure, note, NULL, f },
		.run = room, .room = 1 + s->piece % ROOM,
	};

	memcpy(&cfg, s->strtab_cfg, sizeof(s->strtab_cfg));
	if (s->how & 32 && !smn_strtab_init(&strtab, base, cfg, &why))
		q.strtab = &strtab;
	if (f->file.size >= 8)
		CHECK(!smn_memory_add(&memory, &image, f->file.size & ~7UL,
				      &why));
	if (smn_cmdq_window_init(&q.window, s->how & 1 ? s->log2size : -1,
				 s->cons, s->how & 128 ? &prod : NULL, &why)) {
		check_why(&why);
		return;
	}
	CHECK(!smn_cmdq_run(&q));
	check_end(&q, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	static struct smn_rules rules;
	struct fuzz f = { .calls = 0 };

	smn_rules_init(&rules, SMN_FEATS_ALL);
	take(&in, &f.s, sizeof(f.s));
	f.file = (struct chunks){ .data = in.data, .size = in.size,
				  .most = f.s.piece };
	run(&f, &rules);
	return 0;
}
