// SPDX-License-Identifier: GPL-2.0-or-later
/* map SIZE@IPA [mem+N], unmap SIZE@IPA: stage 2, of the ioas */
#include <inttypes.h>

#include "nest/verb.h"

static int need_ioas(struct smn_verb *v)
{
	return smn_verb_slot(v, "ioas") ? 0 :
		smn_script_wrong(v->r, v->verb, "there is no ioas yet: "
				 "alloc upto=ioas");
}

static int read_map(struct smn_verb *v, struct smn_word w)
{
	struct smn_word mem = smn_word_after(w);
	uint64_t at, bytes, offset = 0;
	int ret = smn_verb_range(v, w, &at, &bytes);

	if (!ret && mem.len)
		ret = smn_verb_memory(v, mem, &offset);
	if (!ret)
		ret = smn_verb_end(v, smn_word_after(mem));
	if (!ret)
		ret = need_ioas(v);
	return ret ? ret : smn_verb_request(v, "ioas-map ioas_id=ioas flags="
		"READABLE|WRITEABLE|FIXED_IOVA user_va=mem+0x%" PRIx64
		" length=0x%" PRIx64 " iova=0x%" PRIx64, offset, bytes, at);
}

const struct smn_verb_row smn_verb_map = { "map", read_map, false };

static int read_unmap(struct smn_verb *v, struct smn_word w)
{
	uint64_t at, bytes;
	int ret = smn_verb_range(v, w, &at, &bytes);

	if (!ret)
		ret = smn_verb_end(v, smn_word_after(w));
	if (!ret)
		ret = need_ioas(v);
	return ret ? ret : smn_verb_request(v, "ioas-unmap ioas_id=ioas "
		"iova=0x%" PRIx64 " length=0x%" PRIx64, at, bytes);
}

const struct smn_verb_row smn_verb_unmap = { "unmap", read_unmap, false };
