// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What two SMMUs' kernels take differently: each example is one, all reasons
 * are found, and some are written out here.
 */
#include <string.h>

#include "abi/rules.h"
#include "tap.h"

#define FEAT(f) (1u << SMN_FEAT_##f)
enum { NFEATS = SMN_FEATS_ALL + 1, WORDS = 1000 };

static int judge(const struct smn_layout *l, const uint64_t words[2],
		 smn_feats feats, struct smn_violations *bad)
{
	return l->kind == SMN_CMD ? smn_rules_cmd(words, feats, bad) :
		smn_rules_vste(words, feats, bad);
}

/* One takes the words, and the other has that reason not to. */
static bool holds(const struct smn_difference *d, const smn_feats feats[2])
{
	struct smn_violations bad;
	bool found = false;

	if (judge(d->layout, d->words, feats[d->second], &bad) ||
	    !judge(d->layout, d->words, feats[!d->second], &bad))
		return false;
	for (unsigned int i = 0; i < bad.n; i++)
		found |= !strcmp(bad.v[i].why.text, d->why.text) &&
			bad.v[i].field == d->field;
	return found;
}

static bool is_among(const struct smn_difference *all, unsigned int n,
		     const struct smn_layout *l, bool second,
		     const struct smn_violation *v)
{
	for (unsigned int i = 0; i < n; i++)
		if (all[i].layout == l && all[i].second == second &&
		    all[i].field == v->field && !strcmp(all[i].id, v->id))
			return true;
	return false;
}

static uint64_t random_word(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Words of any shape: whoever refuses what the other takes is found out. */
static unsigned int missed(const smn_feats feats[2],
			   const struct smn_difference *all, unsigned int n,
			   uint64_t *x, unsigned int *met)
{
	struct smn_violations bad[2];
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < WORDS; i++) {
		const struct smn_layout *l = &smn_cmds[i % smn_ncmds];
		uint64_t words[2] = {
			(random_word(x) & random_word(x) & random_word(x) &
			 ~0xffULL) | l->opcode,
			random_word(x) & random_word(x) & random_word(x),
		};
		int first = judge(l, words, feats[0], &bad[0]);
		bool second = !judge(l, words, feats[1], &bad[1]);

		if (!first == second)
			continue;
		(*met)++;
		for (unsigned int v = 0; v < bad[!second].n; v++)
			wrong += !is_among(all, n, l, second,
					   &bad[!second].v[v]);
	}
	return wrong;
}

static void every_pair(struct tap *t)
{
	struct smn_difference all[SMN_MAX_DIFFERENCES];
	unsigned int wrong = 0, most = 0, unseen = 0, met = 0, same = 0;
	uint64_t x = 1;

	for (smn_feats a = 0; a < NFEATS; a += 2)
		for (smn_feats b = a; b < NFEATS; b += 2) {
			const smn_feats feats[2] = { a | 1, b | 1 };
			unsigned int n = smn_rules_differ(feats[0], feats[1],
							  all);

			most = n > most ? n : most;
			same += a == b && n;
			for (unsigned int i = 0; i < n; i++)
				wrong += !holds(&all[i], feats);
			unseen += missed(feats, all, n, &x, &met);
		}
	tap_ok(t, !wrong, "each example is one: %u are none", wrong);
	tap_ok(t, most <= SMN_MAX_DIFFERENCES / 2, "%u at most have room",
	       most);
	tap_ok(t, !same, "an SMMU differs from itself in nothing");
	tap_ok(t, !unseen && met > 1000, "of %u random words that one takes "
	       "alone each reason was there, all but %u", met, unseen);
}

static void known(struct tap *t)
{
	static const struct {
		smn_feats a, b;
		const char *layout, *field, *id;
		bool second;
	} rows[] = {
		{ FEAT(RIL), 0, "TLBI_NH_VA", "NUM", "field.feature", false },
		{ 0, FEAT(RIL), "TLBI_NH_VAA", "TTL", "field.feature", true },
		{ FEAT(RIL) | FEAT(DS), FEAT(RIL), "TLBI_NH_VA", NULL,
		  "cmd.range", false },
		{ FEAT(RIL) | FEAT(DS), FEAT(RIL), "TLBI_NH_VA", "SCALE",
		  "field.width", false },
		{ FEAT(ASID16), 0, "TLBI_NH_ASID", "ASID", "field.width",
		  false },
		{ 0, FEAT(ATS), "ATC_INV", NULL, "cmd.feature", true },
		{ 0, FEAT(SSID), "CFGI_CD", "SSID", "field.feature", true },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(rows); i++) {
		struct smn_difference all[SMN_MAX_DIFFERENCES];
		unsigned int n = smn_rules_differ(rows[i].a, rows[i].b, all);
		const struct smn_layout *l = smn_cmd_by_name(
			rows[i].layout, strlen(rows[i].layout));
		struct smn_violation v = { .id = rows[i].id };

		if (rows[i].field)
			v.field = smn_layout_field(l, rows[i].field,
						   strlen(rows[i].field));
		tap_ok(t, is_among(all, n, l, rows[i].second, &v),
		       "%s of %s is one of the %s", rows[i].id,
		       rows[i].layout, rows[i].second ? "second" : "first");
	}
}

int main(void)
{
	struct tap t = { 0 };

	known(&t);
	every_pair(&t);
	return tap_done(&t);
}
