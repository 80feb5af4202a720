// SPDX-License-Identifier: GPL-2.0-or-later
/* Stream tables, and what the CFGI_STE commands of a queue find there. */
#include "cmdqvm.h"

static void put_word(struct test *x, size_t at, uint64_t word)
{
	memcpy(x->memory + at, &word, sizeof(word));
}

static void follow(struct test *x, uint64_t base, uint64_t cfg)
{
	struct smn_image image = { .name = "ram", .base = 0x40000000,
				   .read = read_memory, .ctx = x };
	struct smn_why why;

	x->images = (struct smn_memory){ 0 };
	smn_memory_add(&x->images, &image, sizeof(x->memory), &why);
	smn_strtab_init(&x->strtab, base, cfg, &why);
	x->q.strtab = &x->strtab;
}

static void test_linear(struct tap *t, struct test *x)
{
	reset(x);
	/* RA, low bits, and the table is aligned to its 0x800 bytes */
	follow(x, 1ULL << 62 | 0x40000fffULL, 5);
	put_word(x, 0x800 + SID * 64, 0x4000100b);
	/* MEV, EATS and SHCFG: only one of them is passed on */
	put_word(x, 0x800 + SID * 64 + 8,
		 1ULL << 19 | 1ULL << 28 | 1ULL << 44);
	PUT(x, ASID(1), CFGI_STE(SID), SYNC, CFGI_STE(0x99), CFGI_STE(0x22));
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_DONE, SMN_CERROR_NONE, 5) &&
	       step_is(x, 0, SMN_CMDQ_INVALIDATE, 0, 0) &&
	       step_is(x, 1, SMN_CMDQ_CONFIGURE, 1, 1) &&
	       x->steps[1].vsid == SID && x->steps[1].ste[0] == 0x4000100b &&
	       x->steps[1].ste[1] == 1ULL << 28, "CFGI_STE takes the STE");
	tap_ok(t, x->steps[1].dropped[1] == (1ULL << 19 | 1ULL << 44) &&
	       !x->steps[1].dropped[0], "without what is not the guest's");
	tap_ok(t, x->q.account.stes == 2 && x->q.account.left == 1 &&
	       x->steps[2].vsid == 0x22 && !x->steps[2].ste[0],
	       "other streams are left; outside of the table is not valid");

	reset(x);
	follow(x, 0x40000000, 6);
	PUT(x, CFGI_RANGE(0, 31), CFGI_RANGE(0x10, 3), CFGI_RANGE(0x20, 0),
	    CFGI_RANGE(0x20, 1));
	smn_cmdq_run(&x->q);
	tap_ok(t, x->nsteps == 4 && x->steps[0].vsid == SID &&
	       x->steps[1].vsid == 0x22 && step_is(x, 2, SMN_CMDQ_CONFIGURE,
						   1, 1) &&
	       x->steps[2].vsid == SID && x->steps[3].first == 3 &&
	       x->steps[3].vsid == 0x22 && x->q.account.left == 1,
	       "ranges and CFGI_ALL: the streams within");

	reset(x);
	follow(x, 0x40000000, 6);
	PUT(x, ASID(1), CFGI_STE(SID), ASID(2));
	x->configure_err = -EIO;
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_KERNEL, SMN_CERROR_ILL, 1) &&
	       x->q.err == -EIO && issued(x, 1, 0, 0) && !x->q.account.stes,
	       "an STE that the kernel refuses");

	reset(x);
	follow(x, 0x50000000, 6);
	PUT(x, CFGI_STE(SID));
	smn_cmdq_run(&x->q);
	tap_ok(t, ended(x, SMN_CMDQ_NO_STE, SMN_CERROR_NONE, 0) &&
	       strstr(x->q.why.text, "0x50000400"),
	       "an STE that is in no image: its address is told");
}

static bool ste_at(struct test *x, uint32_t sid, int err, uint64_t at)
{
	uint64_t ste[2] = { 0 }, addr = 0;
	int ret = smn_strtab_read(&x->strtab, &x->images, sid, ste, 2, &addr);
	bool ok = ret == -err && (ret || addr == at);

	if (!ok)
		printf("# 0x%x: %d at 0x%llx\n", sid, ret,
		       (unsigned long long)addr);
	return ok;
}

static void test_two_levels(struct tap *t, struct test *x)
{
	enum { SPLIT8 = 1 << 16 | 8 << 6 };
	struct smn_why why;

	reset(x);
	follow(x, 0x40000000, SPLIT8 | 16);
	put_word(x, 0, 0x40004000 | 9);		/* all 256 of them */
	put_word(x, 8, 0x40001000 | 1);		/* one */
	put_word(x, 16, 0x40001000 | 10);	/* more than SPLIT gives */
	put_word(x, 32, 0x60000000 | 9);	/* elsewhere */
	put_word(x, 40, 0x40004f40 | 4);	/* 8, and not aligned to them */
	tap_ok(t, ste_at(x, 0xff, 0, 0x40004000 + 0xff * 64) &&
	       ste_at(x, 0x100, 0, 0x40001000) &&
	       ste_at(x, 0x101, ERANGE, 0), "two levels, within Span");
	tap_ok(t, ste_at(x, 0x200, ERANGE, 0) && ste_at(x, 0x300, ERANGE, 0),
	       "a Span that is too large, or 0");
	tap_ok(t, ste_at(x, 0x400, ENXIO, 0) &&
	       ste_at(x, 0x501, 0, 0x40004e40), "L2Ptr as the SMMU aligns it");
	tap_ok(t, ste_at(x, 0x10000, ERANGE, 0), "beyond LOG2SIZE");
	follow(x, 0x40000000, SPLIT8 | 5);
	tap_ok(t, ste_at(x, 0x1f, 0, 0x40004000 + 0x1f * 64) &&
	       ste_at(x, 0x20, ERANGE, 0), "a table smaller than SPLIT");
	tap_ok(t, smn_strtab_init(&x->strtab, 0, 2 << 16, &why) == -EINVAL &&
	       smn_strtab_init(&x->strtab, 0, 33, &why) == -EINVAL,
	       "reserved formats, more than 32 bits");
	smn_strtab_init(&x->strtab, 0, 1 << 16 | 7 << 6 | 8, &why);
	tap_ok(t, x->strtab.split == 6, "a reserved SPLIT acts as 6");
}

int main(void)
{
	struct test *x = malloc(sizeof(*x));
	struct tap t = { 0 };

	if (!x)
		return 1;
	test_linear(&t, x);
	test_two_levels(&t, x);
	free(x);
	return tap_done(&t);
}
