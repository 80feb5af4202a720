// SPDX-License-Identifier: GPL-2.0-or-later
/* The field engine over every row of every table. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "arch/field.h"
#include "tap.h"

#define ROUNDS 60000	/* of each layout: ten million words in all */

static unsigned long words_tried;

/* xorshift64: the same words on every run */
static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	return *seed ^= *seed << 17;
}

typedef void visit_fn(struct tap *t, const struct smn_layout *l);

static void each_layout(struct tap *t, visit_fn *visit)
{
	const struct smn_layout *l;

	for (unsigned int i = 0; (l = smn_layout_at(i)); i++)
		visit(t, l);
}

static void rows_are_sound(struct tap *t, const struct smn_layout *l)
{
	uint64_t seen[SMN_MAX_WORDS] = { smn_layout_type_bits(l, 0) };
	bool apart = true, inside = true, names = true, told = true;

	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];

		inside &= f->word < l->words && f->lo + f->width <= l->bits;
		apart &= !(seen[f->word] & smn_field_mask(f));
		seen[f->word] |= smn_field_mask(f);
		names &= smn_layout_field(l, f->name, strlen(f->name)) == f;
		names &= f->nvalues <= (f->width < 8 ? 1u << f->width : 256u);
		told &= f->doc && (f->spec || l->spec);
	}
	tap_ok(t, inside, "%s: every field lies inside its word", l->name);
	tap_ok(t, apart, "%s: no two fields share a bit", l->name);
	tap_ok(t, names, "%s: names are found again, values fit", l->name);
	tap_ok(t, told, "%s: every field has a section and a doc", l->name);
}

/*
 * Words, taken apart and put together, give their known bits back; so do values
 * that are put and read. Every bit of every row is seen both clear and set.
 */
static void round_trips(struct tap *t, const struct smn_layout *l)
{
	uint64_t seed = 0x5eed, in[SMN_MAX_WORDS], out[SMN_MAX_WORDS];
	uint64_t set[SMN_MAX_WORDS] = { 0 }, clear[SMN_MAX_WORDS] = { 0 };
	unsigned int bad = 0, missed = 0;

	for (unsigned int r = 0; r < ROUNDS; r++) {
		for (unsigned int i = 0; i < l->words; i++) {
			in[i] = next(&seed) & smn_layout_known(l, i);
			out[i] = in[i] & smn_layout_type_bits(l, i);
		}
		for (unsigned int i = 0; i < l->nfields; i++)
			bad += smn_field_put(&l->fields[i], out,
					     smn_field_get(&l->fields[i], in),
					     NULL) != 0;
		bad += memcmp(in, out, l->words * sizeof(*in)) != 0;
		for (unsigned int i = 0; i < l->words; i++) {
			set[i] |= out[i];
			clear[i] |= ~out[i];
		}
		words_tried += l->words;
	}
	for (unsigned int i = 0; i < l->nfields; i++)
		missed += (set[l->fields[i].word] & clear[l->fields[i].word] &
			   smn_field_mask(&l->fields[i])) !=
			smn_field_mask(&l->fields[i]);
	tap_ok(t, !bad, "%s: %d random entries come back", l->name, ROUNDS);
	tap_ok(t, !missed, "%s: they used every bit of every row", l->name);
}

/* Values put one by one are read back, whatever lay in the words before. */
static void values_come_back(struct tap *t, const struct smn_layout *l)
{
	uint64_t seed = 0xf1e1d, w[SMN_MAX_WORDS], v[128];
	unsigned int bad = 0;

	for (unsigned int r = 0; r < ROUNDS / 10; r++) {
		for (unsigned int i = 0; i < l->words; i++)
			w[i] = next(&seed);
		for (unsigned int i = 0; i < l->nfields; i++) {
			const struct smn_field *f = &l->fields[i];

			v[i] = next(&seed) & smn_field_mask(f);
			if (!f->addr)
				v[i] >>= f->lo;
			bad += smn_field_put(f, w, v[i], NULL) != 0;
		}
		for (unsigned int i = 0; i < l->nfields; i++)
			bad += smn_field_get(&l->fields[i], w) != v[i];
	}
	tap_ok(t, !bad, "%s: values come back", l->name);
}

static void parsing(struct tap *t)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t w0, w1;
	} rows[] = {
		{ "Cfg=s1", 0, 0xa, 0 },
		{ "cfg=5", 0, 0xa, 0 },
		{ "Config=0x5", 0, 0xa, 0 },
		{ "S1ContextPtr=0x40001000", 0, 0x40001000, 0 },
		{ "S1ContextPtr=0x40001001", -EINVAL, 0, 0 },
		{ "S1ContextPtr=0x10000000000000", -ERANGE, 0, 0 },
		{ "S1CDMax=31", 0, 31ULL << 59, 0 },
		{ "S1CDMax=32", -ERANGE, 0, 0 },
		{ "EATS=full", 0, 0, 1ULL << 28 },
		{ "EATS=fully", -EINVAL, 0, 0 },
		{ "V=", -EINVAL, 0, 0 },
		{ "V= 1", -EINVAL, 0, 0 },
		{ "V=-1", -EINVAL, 0, 0 },
		{ "V=0x", -EINVAL, 0, 0 },
		{ "V=1x", -EINVAL, 0, 0 },
		{ "V", -EINVAL, 0, 0 },
		{ "=1", -ENOENT, 0, 0 },
		{ "S1Fm=1", -ENOENT, 0, 0 },
		{ "V=99999999999999999999", -ERANGE, 0, 0 },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		uint64_t w[2] = { 0 };
		struct smn_why why = { "" };
		int ret = smn_layout_assign(&smn_vste, w, rows[i].text, &why);

		tap_ok(t, ret == rows[i].ret && w[0] == rows[i].w0 &&
		       w[1] == rows[i].w1 && !ret == !why.text[0],
		       "'%s' parses as it should", rows[i].text);
	}
}

static void suggestions(struct tap *t)
{
	struct smn_why why = { "" };
	uint64_t w[2];

	smn_layout_assign(&smn_vste, w, "S1ContexPtr=0", &why);
	tap_ok(t, strstr(why.text, "S1ContextPtr?"), "a field is suggested");
	smn_cmd_parse("tlbi-nh-asd", w, &why);
	tap_ok(t, strstr(why.text, "TLBI_NH_ASID?"), "a command is suggested");
	smn_cmd_parse("zzzzzzzzzzzzzz", w, &why);
	tap_ok(t, !strstr(why.text, "did you mean"), "nothing is suggested "
	       "when nothing is near");
}

static void commands(struct tap *t)
{
	uint64_t w[2];

	tap_ok(t, !smn_cmd_parse("tlbi-nh-va:ASID=1,Address=0x1000,Leaf=1,TG=1,"
				 "NUM=3,SCALE=2,TTL=3", w, NULL) &&
	       w[0] == 0x0001000000203012 && w[1] == 0x1701,
	       "a range invalidation has the words of section 4.4.1");
	tap_ok(t, !smn_cmd_parse("CMD_CFGI_CD:StreamID=0x42", w, NULL) &&
	       w[0] == 0x4200000005, "long names are taken");
	tap_ok(t, !smn_cmd_parse("atc-inv:SID=8,Size=all", w, NULL) &&
	       w[1] == 52, "Size=all is 52");
	tap_ok(t, smn_cmd_parse("tlbi-nh-all:", w, NULL) == -EINVAL,
	       "an empty assignment is refused");
	tap_ok(t, smn_cmd_parse("", w, NULL) == -ENOENT, "no name, no command");
}

static void features(struct tap *t)
{
	/* the emulated SMMU's registers */
	static const uint32_t qemu[SMN_NREGS] = {
		0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1,
	};
	smn_feats feats = smn_feats_of(qemu);

	tap_ok(t, feats == (1u << SMN_FEAT_NONE | 1u << SMN_FEAT_ASID16 |
			    1u << SMN_FEAT_RIL),
	       "features follow from the registers");
	for (unsigned int i = 1; i < SMN_FEAT_COUNT; i++)
		tap_ok(t, smn_feat_name(i) && smn_feat_source(i),
		       "feature %u has a name and a source", i);
	tap_ok(t, smn_idr_get(qemu, "IDR1.SIDSIZE") == 16 &&
	       smn_idr_get(qemu, "AIDR.ArchMinorRev") == 1,
	       "register fields are found by path");
}

int main(void)
{
	struct tap t = { 0 };

	each_layout(&t, rows_are_sound);
	each_layout(&t, round_trips);
	tap_ok(&t, words_tried >= 10000000, "%lu random words made the trip",
	       words_tried);
	each_layout(&t, values_come_back);
	parsing(&t);
	suggestions(&t);
	commands(&t);
	features(&t);
	return tap_done(&t);
}
