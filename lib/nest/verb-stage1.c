// SPDX-License-Identifier: GPL-2.0-or-later
/* stage1 SIZE@IOVA IPA|mem+N|none: the script's own tables */
#include "nest/verb.h"

static int parse_target(struct smn_verb *v, struct smn_word w,
			struct smn_script_dma *dma)
{
	char word[SMN_VERB_WORD];
	uint64_t offset;

	dma->unmap = smn_word_is(w, "none");
	if (dma->unmap || !smn_number_parse(smn_verb_copy(w, word), &dma->ipa))
		return 0;
	if (!w.len || smn_verb_memory(v, w, &offset))
		return smn_script_wrong(v->r, w, "it is: stage1 SIZE@IOVA "
					"IPA, mem+N or none");
	dma->ipa = v->r->s->ipa + offset;
	return 0;
}

static int read_stage1(struct smn_verb *v, struct smn_word w)
{
	struct smn_script_dma dma = { 0 };
	struct smn_word to = smn_word_after(w);
	int ret = smn_verb_range(v, w, &dma.iova, &dma.bytes);

	if (!ret && dma.bytes > SMN_SCRIPT_MEMORY)
		ret = smn_script_wrong(v->r, w, "'%.*s' is more than 4M", w.len,
				       w.at);
	if (!ret)
		ret = parse_target(v, to, &dma);
	if (!ret)
		ret = smn_verb_end(v, smn_word_after(to));
	return ret ? ret : smn_verb_deed(v, SMN_LINE_STAGE1, &dma);
}

const struct smn_verb_row smn_verb_stage1 = { "stage1", read_stage1, false };
