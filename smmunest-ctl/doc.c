// SPDX-License-Identifier: GPL-2.0-or-later
/* Pieces of documents, in the contract's forms: words are hex strings. */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

void doc_add(struct json_object *o, const char *key, struct json_object *v)
{
	json_object_object_add(o, key, v);
}

void doc_add_str(struct json_object *o, const char *key, const char *value)
{
	doc_add(o, key, json_object_new_string(value));
}

void doc_add_int(struct json_object *o, const char *key, int64_t value)
{
	doc_add(o, key, json_object_new_int64(value));
}

struct json_object *doc_hex(uint64_t value, unsigned int digits)
{
	char text[72];

	snprintf(text, sizeof(text), "0x%0*" PRIx64, (int)digits, value);
	return json_object_new_string(text);
}

struct json_object *doc_words(const uint64_t *words, unsigned int n,
			      unsigned int bits)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < n; i++)
		json_object_array_add(a, doc_hex(words[i], bits / 4));
	return a;
}

static struct json_object *field_value(const struct smn_field *f, uint64_t v)
{
	return f->width > 32 || f->addr ? doc_hex(v, 16) :
		json_object_new_int64(v);
}

struct json_object *doc_fields(const struct smn_layout *l,
			       const uint64_t *words, bool all,
			       enum smn_user least)
{
	struct json_object *o = json_object_new_object();

	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];
		uint64_t v = smn_field_get(f, words);

		if (f->user >= least && (v || all))
			doc_add(o, f->name, field_value(f, v));
	}
	return o;
}

struct json_object *doc_ste(const uint64_t ste[2])
{
	struct json_object *o = json_object_new_object();

	doc_add(o, "words", doc_words(ste, smn_vste.words, smn_vste.bits));
	doc_add(o, "fields", doc_fields(&smn_vste, ste, false, SMN_KERNEL));
	return o;
}

static struct json_object *unknown_bits(const struct smn_layout *l,
					const uint64_t *words)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < l->words; i++) {
		uint64_t bits = words[i] & ~smn_layout_known(l, i);
		struct json_object *o;

		if (!bits)
			continue;
		o = json_object_new_object();
		doc_add_int(o, "word", i);
		doc_add(o, "bits", doc_hex(bits, l->bits / 4));
		json_object_array_add(a, o);
	}
	return a;
}

/* What the SMMU itself would say, which need not be what the kernel says. */
static struct json_object *doc_hardware(const uint64_t ste[2],
					const uint32_t *regs)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct smn_why notes[SMN_MAX_NOTES];
	struct smn_walk_result r;
	bool ok = smn_ste_predict(ste, regs, &r);
	unsigned int n = smn_ste_notes(ste, notes);

	doc_add(o, "ok", json_object_new_boolean(ok));
	doc_add(o, "event",
		ok ? NULL : json_object_new_string(r.event->name));
	doc_add_str(o, "why", r.why.text);
	for (unsigned int i = 0; i < n; i++)
		json_object_array_add(list,
				      json_object_new_string(notes[i].text));
	doc_add(o, "notes", list);
	return o;
}

static struct json_object *doc_legal(const struct smn_layout *l,
				     const uint64_t *words,
				     const uint32_t *regs)
{
	smn_feats feats = regs ? smn_feats_of(regs) : SMN_FEATS_ALL;
	struct smn_violations bad = { 0 };
	struct json_object *legal = json_object_new_object();
	struct json_object *why = json_object_new_array();

	/* a whole STE is the kernel's own work, its first words were a VM's */
	if (l->kind == SMN_CMD)
		smn_rules_cmd(words, feats, &bad);
	else if (l == &smn_vste)
		smn_rules_vste(words, feats, &bad);
	for (unsigned int i = 0; i < bad.n; i++)
		json_object_array_add(why, json_object_new_string(
					      bad.v[i].why.text));
	doc_add(legal, "ok", json_object_new_boolean(!bad.n));
	doc_add(legal, "why", why);
	return legal;
}

struct json_object *doc_record(const struct smn_layout *l,
			       const uint64_t *words, const uint32_t *regs)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "layout", smn_families[l->kind].name);
	doc_add_str(o, "name", l->name);
	doc_add(o, "words", doc_words(words, l->words, l->bits));
	doc_add(o, "fields",
		doc_fields(l, words, l->kind == SMN_IDR, SMN_KERNEL));
	doc_add(o, "unknown_bits", unknown_bits(l, words));
	doc_add(o, "legal", doc_legal(l, words, regs));
	if (l == &smn_vste)
		doc_add(o, "hardware", doc_hardware(words, regs));
	return o;
}

void doc_add_stat(struct json_object *o, const struct smn_stat *stat)
{
	doc_add_int(o, "n", stat->n);
	doc_add_int(o, "min_ns", stat->min);
	doc_add_int(o, "p50_ns", stat->p50);
	doc_add_int(o, "p90_ns", stat->p90);
	doc_add_int(o, "p99_ns", stat->p99);
	doc_add_int(o, "p999_ns", stat->p999);
	doc_add_int(o, "max_ns", stat->max);
	doc_add_int(o, "mean_ns", stat->mean);
}

struct json_object *doc_findings(const struct smn_finding *f, unsigned int n)
{
	struct json_object *a = json_object_new_array();

	for (unsigned int i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		doc_add_str(o, "verdict", smn_verdict_name(f[i].verdict));
		doc_add_str(o, "id", f[i].id);
		doc_add_str(o, "text", f[i].cause.text);
		doc_add_str(o, "remedy", f[i].remedy.text);
		json_object_array_add(a, o);
	}
	return a;
}

/* What was sent: numbers as numbers, what is wide or a mask as hex. */
struct json_object *doc_call_args(const struct smn_call *call)
{
	const struct smn_op *op = smn_op(call->op);
	struct json_object *o = json_object_new_object();

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];
		uint64_t v = smn_arg_get(a, call->in);

		if (!a->in || !smn_arg_told(a, call->in))
			continue;
		if (a->format == SMN_ARG_WORDS && call->has_words)
			doc_add(o, a->name, doc_words(call->words, 2, 64));
		else if (a->format == SMN_ARG_HEX || a->format == SMN_ARG_WORDS)
			doc_add(o, a->name, doc_hex(v, 2 * a->size));
		else
			doc_add_int(o, a->name, v);
	}
	return o;
}
