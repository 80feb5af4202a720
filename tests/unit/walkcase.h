/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row of the walk's tests spoils a translation that works, and names the
 * event record to the bit: IHI 0070 7.3, with the causes in 5.2.2, 5.4.2, 3.4.
 */
#ifndef WALKCASE_H
#define WALKCASE_H

#include <inttypes.h>

#include "tap.h"
#include "walkmem.h"

/* What a row changes: a word of the STE, an ID register, or memory. */
#define STE(i) (0xfff0000000000000ULL + (i))
#define IDR(i) (0xfff1000000000000ULL + (i))
#define HOLE 0xfff2000000000000ULL
#define IOVA 0xfff3000000000000ULL

enum { W = 1, P = 2, I = 4 };
enum { OUT = 0, SILENT = 0xfe, UNKNOWN = 0xff };
enum { STE_FETCH = 0x03, BAD_STE = 0x04, DISABLED = 0x06, BAD_SSID = 0x08,
       CD_FETCH = 0x09, BAD_CD = 0x0a, EABT = 0x0b, TRANS = 0x10, SIZE = 0x11,
       ACCESS = 0x12, PERM = 0x13 };

/* event word 1 */
#define STALL (1ULL << 31)
#define PNU (1ULL << 33)
#define IND (1ULL << 34)
#define RNW (1ULL << 35)
#define S2 (1ULL << 39)
#define TT (1ULL << 40)
#define IN (2ULL << 40)
#define TTRNW (1ULL << 44)

#define SID 0x42ULL

struct change {
	uint64_t at, clear, set;
};

struct row {
	const char *name;
	struct change change[4];
	unsigned int access;
	unsigned int ssid;	/* plus 1; 0: none */
	unsigned int type;
	uint64_t evt1, evt3;
	uint64_t pa;		/* OUT: 0 for the usual one */
};

struct setup {
	struct memory m;
	struct smn_walk w;
	uint32_t idr[SMN_NREGS];
	uint64_t pa;
};

/*
 * IOVA 0x12345678: indices 0, 0x91, 0x145 and a page at 0x80000000. A CD at
 * 0x40001000 and tables from 0x40010000; these are PAs, or with stage 2 IPAs
 * that lie at 0x1000 and 0x10000.
 */
#define CD0 0x1000ULL
#define T1 0x10000ULL
#define T2 0x11488ULL
#define T3 0x12a28ULL
#define GUEST 0x40000000ULL
#define LEAF 0x80000743ULL	/* ISH, AP: both read and write, AF */

static inline void stage1(struct setup *s, uint64_t base)
{
	put(&s->m, base + CD0, CD_PLAIN | CD_EPD1 | CD_T0SZ(25) | CD_IPS(5) |
	    7ULL << 48);
	put(&s->m, base + CD0 + 8, GUEST + 0x10000);
	put(&s->m, base + CD0 + 24, 0x4404ff);
	put(&s->m, base + T1, GUEST + 0x11003);
	put(&s->m, base + T2, GUEST + 0x12003);
	put(&s->m, base + T3, LEAF);
}

static inline void common(struct setup *s, unsigned int config)
{
	memset(s, 0, sizeof(*s));
	smn_walk_newest(s->idr);
	s->m.hole = NO_HOLE;
	s->w.ste_words = 8;
	s->w.ste[0] = STE_V | STE_CFG(config) | (GUEST + 0x1000);
	s->w.ste[1] = 1ULL << 44;	/* SHCFG: as it comes in */
	s->w.iova = 0x12345678;
	s->w.sid = SID;
}

static inline void plain(struct setup *s)
{
	common(s, 5);
	stage1(s, GUEST);
	s->pa = 0x80000678;
}

#define S2LEAF 0x7ffULL		/* normal WB, both read and write, ISH, AF */

static inline void nested(struct setup *s)
{
	common(s, 7);
	stage1(s, 0);
	s->w.ste[2] = STE_S2T0SZ(25) | STE_S2SL0(1) | STE_S2PS(5) |
		STE_S2AA64 | STE_S2R;
	s->w.ste[3] = 0x20000;
	put(&s->m, 0x20008, 0x21003);
	put(&s->m, 0x21000, 0x22003);
	put(&s->m, 0x22008, 0x1000 | S2LEAF);
	put(&s->m, 0x22080, 0x10000 | S2LEAF);
	put(&s->m, 0x22088, 0x11000 | S2LEAF);
	put(&s->m, 0x22090, 0x12000 | S2LEAF);
	put(&s->m, 0x20010, 0x1c00007fd);
	s->pa = 0x1c0000678;
}

static inline void apply(struct setup *s, const struct change *c)
{
	uint64_t *word = NULL, old;

	if (c->at == HOLE)
		s->m.hole = c->set;
	else if (c->at == IOVA)
		s->w.iova = c->set;
	else if (c->at >= IDR(0))
		s->idr[c->at - IDR(0)] = (s->idr[c->at - IDR(0)] & ~c->clear) |
			c->set;
	else if (c->at >= STE(0))
		word = &s->w.ste[c->at - STE(0)];
	else if (c->clear | c->set) {
		old = peek(&s->m, c->at);
		put(&s->m, c->at, (old & ~c->clear) | c->set);
	}
	if (word)
		*word = (*word & ~c->clear) | c->set;
}

/* Which of SSV, SSID and SID the record has, 7.3.5, 7.3.7, 7.3.9. */
static inline uint64_t word0(const struct row *r)
{
	uint64_t ssid = r->ssid ? (uint64_t)(r->ssid - 1) << 12 : 0;

	if (r->type == DISABLED)
		ssid = 0;
	else if (r->type != BAD_SSID && r->ssid)
		ssid |= 1 << 11;
	return r->type | SID << 32 | ssid;
}

static inline bool as_told(const struct row *r, const struct setup *s,
			   const struct smn_walk_result *out)
{
	bool fault = r->type >= EABT;
	uint64_t evt[4] = { word0(r), r->evt1, fault ? s->w.iova : 0, r->evt3 };

	switch (r->type) {
	case OUT:
		return out->end == SMN_WALK_OUT &&
			out->pa == (r->pa ? r->pa : s->pa);
	case SILENT:
		return out->end == SMN_WALK_SILENT;
	case UNKNOWN:
		return out->end == SMN_WALK_UNKNOWN;
	default:
		return out->end == SMN_WALK_EVENT &&
			!memcmp(evt, out->evt, sizeof(evt)) &&
			out->unread == (r->type == STE_FETCH || r->type == EABT
					|| r->type == CD_FETCH);
	}
}

static inline void check(struct tap *t, void (*base)(struct setup *s),
			 const struct row *r, const char *which)
{
	struct smn_walk_result out;
	struct setup s;

	base(&s);
	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(r->change); i++)
		apply(&s, &r->change[i]);
	s.w.write = r->access & W;
	s.w.priv = r->access & P;
	s.w.inst = r->access & I;
	s.w.ssv = r->ssid;
	s.w.ssid = r->ssid ? r->ssid - 1 : 0;
	s.w.idr = s.idr;
	s.w.read = read_words;
	s.w.ctx = &s.m;
	smn_walk_run(&s.w, &out);
	if (!tap_ok(t, as_told(r, &s, &out) && out.why.text[0], "%s: %s", which,
		    r->name))
		printf("# end %d, pa %" PRIx64 ", event %016" PRIx64 " %016"
		       PRIx64 " %016" PRIx64 " %016" PRIx64 ": %s\n", out.end,
		       out.pa, out.evt[0], out.evt[1], out.evt[2], out.evt[3],
		       out.why.text);
}

#define AT(where) (GUEST + (where))	/* in memory without stage 2 */
#define CDW(i) AT(CD0 + 8 * (i))

#endif
