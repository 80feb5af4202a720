// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stage 1 as it is built translates as it was meant: the walk, whose tests are
 * typed from the architecture, is the judge. Every granule, T0SZ and level,
 * linear and two-level CD tables, and what must be refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/s1.h"
#include "arch/walk.h"
#include "tap.h"

#define IPA 0x40000000ULL
#define BYTES (8u << 20)

struct vm {
	struct smn_arena arena;
	struct smn_s1 s1;
	struct smn_cds cds;
	uint64_t ste[2];
};

static int read_ipa(void *ctx, uint64_t addr, void *buf, size_t len)
{
	const struct vm *vm = ctx;
	const void *p = smn_arena_at(&vm->arena, addr, len);

	if (!p)
		return -EFAULT;
	memcpy(buf, p, len);
	return 0;
}

static struct smn_walk_result walk(struct vm *vm, uint64_t iova, bool write,
				   int ssid)
{
	struct smn_walk w = { .from = SMN_WALK_STE, .ste_words = 2,
			      .iova = iova, .write = write, .sid = 1,
			      .read = read_ipa, .ctx = vm };
	struct smn_walk_result r;

	memcpy(w.ste, vm->ste, sizeof(vm->ste));
	w.ssv = ssid >= 0;
	w.ssid = ssid >= 0 ? ssid : 0;
	smn_walk_run(&w, &r);
	return r;
}

static bool is_event(const struct smn_walk_result *r, const char *name)
{
	return r->end == SMN_WALK_EVENT && !strcmp(r->event->name, name);
}

static bool begin(struct vm *vm, unsigned int granule, unsigned int t0sz,
		  unsigned int fmt, unsigned int cdmax)
{
	memset(vm->arena.mem, 0, BYTES);
	vm->arena = (struct smn_arena){ .mem = vm->arena.mem, .ipa = IPA,
					.bytes = BYTES };
	if (smn_s1_init(&vm->s1, &vm->arena, granule, t0sz) ||
	    smn_cds_init(&vm->cds, &vm->arena, fmt, cdmax) ||
	    smn_cds_set(&vm->cds, 0, &vm->s1, "ASID=7", NULL))
		return false;
	memset(vm->ste, 0, sizeof(vm->ste));
	smn_layout_parse(&smn_vste, vm->ste, "V=1,Cfg=s1", NULL);
	smn_cds_ste(&vm->cds, vm->ste);
	return true;
}

/* One mapping at a random place: its ends translate, what is beside does not */
static bool one_mapping(struct vm *vm, int level)
{
	uint64_t size = smn_s1_size(&vm->s1, level);
	uint64_t space = 1ULL << (64 - vm->s1.t0sz);
	uint64_t r = (uint64_t)rand() << 31 ^ (uint64_t)rand();
	uint64_t iova = r % space & ~(size - 1);
	uint64_t ipa = (r * 0x9e3779b97f4a7c15ULL) >> 20 & ~(size - 1);
	struct smn_walk_result first, last, after;

	if (!size)
		return smn_s1_map(&vm->s1, 0, 0, level, SMN_S1_USUAL, NULL) ==
			-EINVAL;
	if (smn_s1_map(&vm->s1, iova, ipa, level, SMN_S1_USUAL, NULL))
		return false;
	first = walk(vm, iova, true, -1);
	last = walk(vm, iova + size - 1, false, -1);
	after = walk(vm, iova ^ size, false, -1);
	return first.end == SMN_WALK_OUT && first.pa == ipa && first.w &&
		last.end == SMN_WALK_OUT && last.pa == ipa + size - 1 &&
		(size == space || is_event(&after, "F_TRANSLATION"));
}

static void geometry(struct tap *t, struct vm *vm, unsigned int granule)
{
	for (unsigned int t0sz = 16; t0sz <= 39; t0sz++)
		for (int level = -1; level <= 3; level++)
			tap_ok(t, begin(vm, granule, t0sz, 0, 0) &&
			       one_mapping(vm, level), "granule %u, T0SZ %u, "
			       "level %d", granule, t0sz, level);
}

static void attributes(struct tap *t, struct vm *vm)
{
	struct smn_walk_result r;
	struct smn_why why;

	begin(vm, 12, 25, 0, 0);
	smn_s1_map(&vm->s1, 0x1000, 0x1000, 3, "AP[1]=1,AP[2]=1,AF=1", NULL);
	smn_s1_map(&vm->s1, 0x2000, 0x1000, 3, "AP[1]=1", NULL);
	smn_s1_map(&vm->s1, 0x3000, 1ULL << 47, 3, SMN_S1_USUAL, NULL);
	r = walk(vm, 0x1000, true, -1);
	tap_ok(t, is_event(&r, "F_PERMISSION"), "a read-only page");
	r = walk(vm, 0x2000, false, -1);
	tap_ok(t, is_event(&r, "F_ACCESS"), "an access flag that is 0");
	smn_cds_set(&vm->cds, 0, &vm->s1, "IPS=32", NULL);
	r = walk(vm, 0x3000, false, -1);
	tap_ok(t, is_event(&r, "F_ADDR_SIZE"), "an output beyond IPS");
	smn_cds_set(&vm->cds, 0, &vm->s1, "V=0", NULL);
	r = walk(vm, 0x1000, false, -1);
	tap_ok(t, is_event(&r, "C_BAD_CD"), "a CD that is not valid");
	tap_ok(t, smn_cds_set(&vm->cds, 0, &vm->s1, "TOSZ=3", &why) == -ENOENT
	       && strstr(why.text, "T0SZ"), "a CD field's nearest name");
	tap_ok(t, smn_s1_map(&vm->s1, 0x8000, 0, 3, "AF=2", &why) == -ERANGE,
	       "an attribute that does not fit");
}

static void refusals(struct tap *t, struct vm *vm)
{
	struct smn_s1 *s1 = &vm->s1;
	int level;

	begin(vm, 12, 25, 0, 0);
	tap_ok(t, smn_s1_init(s1, &vm->arena, 13, 25) == -EINVAL &&
	       smn_s1_init(s1, &vm->arena, 12, 15) == -EINVAL &&
	       smn_s1_init(s1, &vm->arena, 12, 40) == -EINVAL,
	       "no such geometry");
	tap_ok(t, smn_s1_map(s1, 0x1800, 0, 3, SMN_S1_USUAL, NULL) == -EINVAL &&
	       smn_s1_map(s1, 0x1000, 0x800, 3, SMN_S1_USUAL, NULL) == -EINVAL,
	       "not aligned");
	tap_ok(t, smn_s1_map(s1, 1ULL << 39, 0, 3, SMN_S1_USUAL, NULL) ==
	       -EINVAL && !smn_s1_leaf(s1, 1ULL << 39, &level),
	       "beyond T0SZ");
	smn_s1_map(s1, 0x1000, 0x1000, 3, SMN_S1_USUAL, NULL);
	tap_ok(t, smn_s1_map(s1, 0x1000, 0x1000, 3, SMN_S1_USUAL, NULL) ==
	       -EEXIST &&
	       smn_s1_map(s1, 0, 0, 2, SMN_S1_USUAL, NULL) == -EEXIST,
	       "taken by a page, by a table");
	smn_s1_map(s1, 0x200000, 0, 2, SMN_S1_USUAL, NULL);
	tap_ok(t, smn_s1_map(s1, 0x201000, 0, 3, SMN_S1_USUAL, NULL) ==
	       -EEXIST, "taken by a block");
	*smn_s1_leaf(s1, 0x1000, &level) = 0;
	tap_ok(t, level == 3 && !smn_s1_map(s1, 0x1000, 0x2000, 3,
					    SMN_S1_USUAL, NULL),
	       "cleared, it is free again");
	vm->arena.bytes = vm->arena.used;
	tap_ok(t, smn_s1_map(s1, 1ULL << 38, 0, 3, SMN_S1_USUAL, NULL) ==
	       -ENOSPC, "no room for a table");
	vm->arena.bytes = BYTES;
}

static void substreams(struct tap *t, struct vm *vm, unsigned int fmt,
		       unsigned int cdmax, uint32_t ssid)
{
	struct smn_walk_result r;
	struct smn_s1 other;

	begin(vm, 12, 25, fmt, cdmax);
	smn_s1_init(&other, &vm->arena, 16, 25);
	smn_s1_map(&other, 0x10000, 0x80000, 3, SMN_S1_USUAL, NULL);
	tap_ok(t, !smn_cds_at(&vm->cds, ssid) == (fmt && ssid >> 6),
	       "S1Fmt %u: a leaf table is made when it is needed", fmt);
	tap_ok(t, !smn_cds_set(&vm->cds, ssid, &other, "ASID=8", NULL),
	       "S1Fmt %u: CD %u is set", fmt, ssid);
	r = walk(vm, 0x10000, false, ssid);
	tap_ok(t, r.end == SMN_WALK_OUT && r.pa == 0x80000,
	       "S1Fmt %u: and translates by its own tables", fmt);
	tap_ok(t, smn_cds_set(&vm->cds, 1u << cdmax, &other, "", NULL) ==
	       -EINVAL && !smn_cds_at(&vm->cds, 1u << cdmax),
	       "S1Fmt %u: there is no CD %u", fmt, 1u << cdmax);
}

int main(void)
{
	struct tap tap = { 0 };
	struct vm vm = { .arena.mem = aligned_alloc(65536, BYTES) };

	srand(1);
	geometry(&tap, &vm, 12);
	geometry(&tap, &vm, 14);
	geometry(&tap, &vm, 16);
	attributes(&tap, &vm);
	refusals(&tap, &vm);
	substreams(&tap, &vm, 0, 3, 5);
	substreams(&tap, &vm, 1, 8, 200);
	substreams(&tap, &vm, 2, 11, 1025);
	free(vm.arena.mem);
	return tap_done(&tap);
}
