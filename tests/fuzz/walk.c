// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transaction through STEs, CDs and tables that are the fuzzer's bytes: a
 * small image that repeats all over the address space, so that every table
 * points somewhere, and often at itself.
 */
#include <errno.h>

#include "fuzz.h"

#define MAX_READS 64	/* five levels, each with a stage 2 walk, and more */

struct memory {
	struct input image;
	uint8_t hole;		/* this page of each 256 cannot be read */
	unsigned int reads, steps;
};

static int read_memory(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct memory *m = ctx;
	uint8_t *to = buf;

	CHECK(++m->reads <= MAX_READS && len && len <= 64);
	if (m->hole && (addr >> 12 & 0xff) == m->hole)
		return -EFAULT;
	for (size_t i = 0; i < len; i++)
		to[i] = m->image.size ?
			m->image.data[(addr + i) % m->image.size] : 0;
	return 0;
}

static void check_step(void *ctx, const struct smn_walk_step *step)
{
	struct memory *m = ctx;

	m->steps++;
	CHECK(step->what && step->words <= 8 && IS_STRING(step->says.text));
	CHECK(!step->field || step->word < 8);
	CHECK(!step->has_level || (step->level >= -1 && step->level <= 3));
}

static void check_event(const struct smn_walk *w,
			const struct smn_walk_result *r)
{
	const struct smn_layout *l = r->event;
	const struct smn_field *sid;

	CHECK(l && l->kind == SMN_EVT && l->words <= SMN_EVT_WORDS);
	CHECK((r->evt[0] & SMN_EVT_TYPE) == l->opcode);
	CHECK(smn_evt_by_type(l->opcode) == l);
	for (unsigned int i = 0; i < l->words; i++)
		CHECK(!(r->evt[i] & ~smn_layout_known(l, i)));
	sid = smn_layout_field(l, "StreamID", 8);
	CHECK(!sid || smn_field_get(sid, r->evt) == w->sid);
}

static void check_result(const struct smn_walk *w,
			 const struct smn_walk_result *r)
{
	CHECK(r->end <= SMN_WALK_UNKNOWN);
	check_why(&r->why);
	if (r->end == SMN_WALK_EVENT)
		check_event(w, r);
	if (r->end != SMN_WALK_OUT)
		return;
	/* the smallest page has 4 KiB */
	CHECK((r->pa & 0xfff) == (w->iova & 0xfff));
	CHECK(r->mem.kind < 4 && r->mem.sh < 4 && r->mem.sh != 1);
	CHECK(r->mem.inner <= SMN_WB && r->mem.outer <= SMN_WB);
}

static void take_walk(struct input *in, struct smn_walk *w)
{
	uint8_t flags;

	take(in, &flags, sizeof(flags));
	take(in, w->ste, sizeof(w->ste));
	take(in, &w->at, sizeof(w->at));
	take(in, &w->iova, sizeof(w->iova));
	take(in, &w->sid, sizeof(w->sid));
	take(in, &w->ssid, sizeof(w->ssid));
	w->from = (flags & 3) % 3;
	w->ste_words = flags & 4 ? 2 : 8;
	w->ssv = flags & 8;
	w->write = flags & 16;
	w->priv = flags & 32;
	w->inst = flags & 64;
	w->ssid &= 0xfffff;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct memory m = { 0 };
	struct smn_walk w = { .read = read_memory, .step = check_step,
			      .ctx = &m };
	struct smn_walk_result first, second;
	uint32_t regs[SMN_NREGS];
	uint8_t newest;
	unsigned int reads;

	take_walk(&in, &w);
	take(&in, &newest, sizeof(newest));
	take(&in, regs, sizeof(regs));
	take(&in, &m.hole, sizeof(m.hole));
	w.idr = newest & 1 ? NULL : regs;
	m.image = in;

	smn_walk_run(&w, &first);
	check_result(&w, &first);
	/* who looks on changes nothing */
	reads = m.reads;
	m.reads = 0;
	w.step = NULL;
	smn_walk_run(&w, &second);
	CHECK(m.reads == reads && second.end == first.end);
	CHECK(!strcmp(first.why.text, second.why.text));
	return 0;
}
