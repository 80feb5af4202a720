// SPDX-License-Identifier: GPL-2.0-or-later
/* What hardware makes of a VM's STE, before it has fetched anything else. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "arch/walk.h"

static int nothing(void *ctx, uint64_t addr, void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return -EIO;
}

bool smn_ste_predict(const uint64_t ste[2], const uint32_t *idr,
		     struct smn_walk_result *r)
{
	struct smn_walk walk = {
		.from = SMN_WALK_STE,
		.ste = { ste[0], ste[1] },
		.ste_words = 2,
		.idr = idr,
		.read = nothing,
	};

	smn_walk_run(&walk, r);
	if (r->end != SMN_WALK_EVENT)
		return true;
	/* it got as far as a fetch: the STE itself has passed */
	if (r->unread)
		smn_why_set(&r->why, "it is legal; 0x%" PRIx64 " is fetched "
			    "next", r->fetch);
	return r->unread;
}

static uint64_t get(const uint64_t *ste, const char *name)
{
	return smn_field_get(smn_layout_field(&smn_vste, name, strlen(name)),
			     ste);
}

/*
 * log2 of the size of what S1ContextPtr points to, IHI 0070 section 5.2,
 * STE.S1Fmt: CDs of 64 bytes, or 8-byte pointers to 4 or 64 KiB of them.
 */
static unsigned int table_bits(unsigned int fmt, unsigned int cdmax)
{
	static const unsigned int leaf[] = { [1] = 6, [2] = 10 };

	if (fmt == 0 || fmt >= SMN_ARRAY_SIZE(leaf))
		return cdmax + 6;
	return cdmax > leaf[fmt] + 3 ? cdmax - leaf[fmt] + 3 : 6;
}

unsigned int smn_ste_notes(const uint64_t ste[2],
			   struct smn_why notes[SMN_MAX_NOTES])
{
	unsigned int fmt = get(ste, "S1Fmt"), cdmax = get(ste, "S1CDMax");
	uint64_t ptr = get(ste, "S1ContextPtr"), low, n = 0;

	if (!get(ste, "V")) {
		smn_why_set(&notes[0], "V=0: everything else is ignored");
		return ste[0] || ste[1];
	}
	if (!cdmax && (fmt || get(ste, "S1DSS")))
		smn_why_set(&notes[n++], "S1Fmt and S1DSS are ignored: "
			    "S1CDMax=0 means a single CD");
	if (cdmax && fmt == 3)
		smn_why_set(&notes[n++], "S1Fmt=3 is reserved");
	if (cdmax && get(ste, "S1DSS") == 3)
		smn_why_set(&notes[n++], "S1DSS=3 is reserved");
	low = cdmax ? ptr & ((1ULL << table_bits(fmt, cdmax)) - 1) : 0;
	if (low)
		smn_why_set(&notes[n++], "S1ContextPtr is not aligned to its "
			    "table of 2^%u bytes: bits 0x%" PRIx64
			    " are taken for 0", table_bits(fmt, cdmax), low);
	return n;
}
