// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel takes for one SMMU and refuses for another. Nothing here
 * knows which fields hang on which feature: words are tried by both sets of
 * rules, and the reason is what the one that refuses says.
 */
#include <string.h>

#include "abi/rules.h"

enum { MAX_VALUES = 160, EVERY_VALUE = 3 };	/* of fields so narrow */

/* Something that can be put into a layout's words. */
struct value {
	const struct smn_field *field;
	uint64_t bits;				/* where they belong */
};

struct differing {
	struct smn_rules rules[2];
	const struct smn_layout *layout;
	unsigned int n;
	struct smn_difference *out;
};

static bool taken(const struct smn_rules *rules, const struct smn_layout *l,
		  const uint64_t words[2])
{
	return l->kind == SMN_CMD ? smn_rules_cmd_ok(rules, words) :
		smn_rules_vste_ok(rules, words);
}

static bool is_known(const struct differing *d, bool second,
		     const struct smn_violation *v)
{
	for (unsigned int i = 0; i < d->n && i < SMN_MAX_DIFFERENCES; i++) {
		const struct smn_difference *o = &d->out[i];

		if (o->layout == d->layout && o->second == second &&
		    o->field == v->field && !strcmp(o->id, v->id) &&
		    (v->field || !strcmp(o->why.text, v->why.text)))
			return true;
	}
	return false;
}

static void add(struct differing *d, bool second, const uint64_t words[2],
		const struct smn_violation *v)
{
	if (is_known(d, second, v))
		return;
	if (d->n < SMN_MAX_DIFFERENCES)
		d->out[d->n] = (struct smn_difference){
			d->layout, v->field, second, v->id, v->why,
			{ words[0], words[1] },
		};
	d->n++;
}

static void try(struct differing *d, const uint64_t words[2])
{
	bool second = taken(&d->rules[1], d->layout, words);
	smn_feats refusing = d->rules[!second].feats;
	struct smn_violations bad;

	if (taken(&d->rules[0], d->layout, words) == second)
		return;
	if (d->layout->kind == SMN_CMD)
		smn_rules_cmd(words, refusing, &bad);
	else
		smn_rules_vste(words, refusing, &bad);
	for (unsigned int i = 0; i < bad.n; i++)
		add(d, second, words, &bad.v[i]);
}

/* A narrow field's every value, a wide one's bits one by one. */
static unsigned int values_of(const struct smn_layout *l,
			      struct value values[MAX_VALUES])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];
		unsigned int count = f->width > EVERY_VALUE ? f->width :
			(1u << f->width) - 1;

		for (unsigned int k = 0; k < count && n < MAX_VALUES; k++)
			values[n++] = (struct value){
				f, (f->width > EVERY_VALUE ? 1ull << k :
				    k + 1ull) << f->lo,
			};
	}
	return n;
}

static void put(uint64_t words[2], const struct value *v)
{
	words[v->field->word] |= v->bits;
}

static void try_layout(struct differing *d, const struct smn_layout *l)
{
	struct value values[MAX_VALUES];
	unsigned int n = values_of(l, values);
	uint64_t plain[2] = { l->kind == SMN_CMD ? l->opcode :
			      smn_field_mask(d->rules[0].v) };

	d->layout = l;
	try(d, plain);
	for (unsigned int i = 0; i < n; i++) {
		uint64_t words[2] = { plain[0], plain[1] };

		put(words, &values[i]);
		try(d, words);
	}
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++) {
			uint64_t words[2] = { plain[0], plain[1] };

			put(words, &values[i]);
			put(words, &values[k]);
			if (values[i].field != values[k].field)
				try(d, words);
		}
}

unsigned int smn_rules_differ(smn_feats first, smn_feats second,
			      struct smn_difference out[SMN_MAX_DIFFERENCES])
{
	struct differing d = { .out = out };

	smn_rules_init(&d.rules[0], first);
	smn_rules_init(&d.rules[1], second);
	try_layout(&d, &smn_vste);
	for (unsigned int i = 0; i < smn_ncmds; i++)
		if (smn_cmds[i].fate == SMN_FORWARDED)
			try_layout(&d, &smn_cmds[i]);
	return d.n;
}
