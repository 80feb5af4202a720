// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What differs between two machines' evidence. Registers are held against each
 * other by the rows of lib/arch, what the kernel takes by the rules of lib/abi;
 * all else by the names that the documents have.
 */
#include <stdarg.h>
#include <string.h>

#include "bench.h"
#include "compare.h"

struct comparing {
	struct json_object *machine[2];
	struct json_object *result, *notes;
	unsigned int devices, fields, cases, times;
};

static struct json_object *list(struct comparing *c, const char *key)
{
	struct json_object *a = json_object_new_array();

	doc_add(c->result, key, a);
	return a;
}

static struct json_object *row(struct json_object *rows, const char *name)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "name", name);
	json_object_array_add(rows, o);
	return o;
}

static void add_sides(struct json_object *o, struct json_object *a,
		      struct json_object *b)
{
	doc_add(o, "a", json_object_get(a));
	doc_add(o, "b", json_object_get(b));
}

__attribute__((format(printf, 2, 3)))
static void note(struct comparing *c, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_array_add(c->notes, json_object_new_string(text));
}

/* Do both have it? Who has not is told, unless neither does. */
static bool both(struct comparing *c, enum evidence kind)
{
	bool has[2];

	for (unsigned int i = 0; i < 2; i++)
		has[i] = doc_get(c->machine[i], evidence_name(kind));
	if (has[0] != has[1])
		note(c, "%s alone has a document of %s: nothing of that is "
		     "compared", has[0] ? "A" : "B", evidence_name(kind));
	return has[0] && has[1];
}

/* --- facts: whatever has a name and a value --- */

/* Registers have rows of their own, and reasons are sentences. */
static bool is_apart(const char *key)
{
	static const char *const keys[] = {
		"idr", "iidr", "aidr", "fields", "reasons", "devices",
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static void differ(struct json_object *rows, const char *path,
		   struct json_object *a, struct json_object *b);

static void differ_members(struct json_object *rows, const char *path,
			   struct json_object *a, struct json_object *b)
{
	char name[96];

	json_object_object_foreach(a, key, v) {
		snprintf(name, sizeof(name), "%s%s%s", path,
			 path[0] ? "." : "", key);
		if (!is_apart(key))
			differ(rows, name, v, doc_get(b, key));
	}
	json_object_object_foreach(b, other, w) {
		snprintf(name, sizeof(name), "%s%s%s", path,
			 path[0] ? "." : "", other);
		if (!is_apart(other) &&
		    !json_object_object_get_ex(a, other, NULL))
			differ(rows, name, NULL, w);
	}
}

static void differ(struct json_object *rows, const char *path,
		   struct json_object *a, struct json_object *b)
{
	if (json_object_equal(a, b) || json_object_array_length(rows) > 4096)
		return;
	if (json_object_is_type(a, json_type_object) &&
	    json_object_is_type(b, json_type_object))
		differ_members(rows, path, a, b);
	else
		add_sides(row(rows, path), a, b);
}

/* --- ID registers --- */

static void add_value_name(struct json_object *o, const char *key,
			   const struct smn_field *f, uint64_t value)
{
	const char *name = smn_field_value_name(f, value);

	doc_add(o, key, name ? json_object_new_string(name) : NULL);
}

static void differ_registers(struct comparing *c, struct json_object *rows,
			     const char *device, const uint32_t *a,
			     const uint32_t *b)
{
	for (unsigned int r = 0; r < SMN_NREGS; r++) {
		const struct smn_layout *l = &smn_idrs[r];
		uint64_t word[2] = { a[r], b[r] };

		for (unsigned int i = 0; i < l->nfields; i++) {
			const struct smn_field *f = &l->fields[i];
			uint64_t x = smn_field_get(f, &word[0]);
			uint64_t y = smn_field_get(f, &word[1]);
			struct json_object *o;
			char name[64];

			c->fields++;
			if (x == y)
				continue;
			snprintf(name, sizeof(name), "%s.%s", l->name, f->name);
			o = row(rows, name);
			doc_add_int(o, "a", x);
			doc_add_int(o, "b", y);
			add_value_name(o, "a_name", f, x);
			add_value_name(o, "b_name", f, y);
			doc_add_str(o, "device", device);
			doc_add_str(o, "doc", f->doc ? f->doc : "");
		}
	}
}

/* --- what the kernel takes --- */

static void differ_legality(struct json_object *rows, const char *device,
			    const uint32_t *a, const uint32_t *b)
{
	struct smn_difference all[SMN_MAX_DIFFERENCES];
	unsigned int n = smn_rules_differ(smn_feats_of(a), smn_feats_of(b),
					  all);

	for (unsigned int i = 0; i < n && i < SMN_MAX_DIFFERENCES; i++) {
		const struct smn_difference *d = &all[i];
		struct json_object *o = row(rows, d->layout->name);

		doc_add(o, "field", d->field ?
			json_object_new_string(d->field->name) : NULL);
		doc_add_str(o, "taken_by", d->second ? "b" : "a");
		doc_add_str(o, "device", device);
		doc_add(o, "words", doc_words(d->words, 2, 64));
		doc_add_str(o, "why", d->why.text);
	}
}

/* --- devices --- */

/* The one at that address, or else the first; only those with registers. */
static struct json_object *device_of(struct json_object *machine,
				     const char *bdf)
{
	struct json_object *all = doc_get(doc_get(machine, "info"), "devices");
	struct json_object *first = NULL;
	uint32_t regs[SMN_NREGS];

	for (size_t i = 0; i < doc_length(all); i++) {
		struct json_object *dev = doc_at(all, i);

		if (!doc_registers(dev, regs))
			continue;
		if (!strcmp(doc_text(dev, "bdf"), bdf))
			return dev;
		first = first ? first : dev;
	}
	return first;
}

/* Were these two sets of registers compared already, for another device? */
static bool is_new(struct json_object *seen, const uint32_t *a,
		   const uint32_t *b)
{
	char key[16 * SMN_NREGS + 1];

	for (unsigned int i = 0; i < SMN_NREGS; i++)
		snprintf(key + 16 * i, 17, "%08x%08x", a[i], b[i]);
	if (doc_get(seen, key))
		return false;
	doc_add(seen, key, json_object_new_boolean(true));
	return true;
}

static void differ_devices(struct comparing *c)
{
	struct json_object *facts = doc_get(c->result, "facts");
	struct json_object *idr = list(c, "idr");
	struct json_object *legality = list(c, "legality");
	struct json_object *all = doc_get(doc_get(c->machine[0], "info"),
					  "devices");
	struct json_object *seen = json_object_new_object();

	for (size_t i = 0; i < doc_length(all); i++) {
		struct json_object *dev = doc_at(all, i);
		struct json_object *other = device_of(c->machine[1],
						      doc_text(dev, "bdf"));
		uint32_t a[SMN_NREGS], b[SMN_NREGS];
		char device[80];

		if (!other || !doc_registers(dev, a) ||
		    !doc_registers(other, b))
			continue;
		snprintf(device, sizeof(device), "%.30s", doc_text(dev, "bdf"));
		if (strcmp(device, doc_text(other, "bdf")))
			snprintf(device, sizeof(device), "%.30s, %.30s",
				 doc_text(dev, "bdf"), doc_text(other, "bdf"));
		if (!c->devices++)
			differ(facts, "", dev, other);
		if (!is_new(seen, a, b))
			continue;
		differ_registers(c, idr, device, a, b);
		differ_legality(legality, device, a, b);
	}
	json_object_put(seen);
}

static void differ_info(struct comparing *c)
{
	struct json_object *facts = list(c, "facts");
	bool has = both(c, EVIDENCE_INFO);
	struct json_object *m[2];

	for (unsigned int i = 0; i < 2; i++)
		m[i] = has ? doc_get(c->machine[i], "info") : NULL;
	differ(facts, "", m[0], m[1]);
	differ_devices(c);
	if (has && !c->devices)
		note(c, "not in both a device told its registers: ID "
		     "registers are not compared");
}

/* --- cases --- */

/* Cases that were not tried there did not change. */
static void note_alone(struct comparing *c, struct json_object *cases,
		       const char *side)
{
	size_t n = json_object_object_length(cases) - c->cases;

	if (n)
		note(c, "%zu cases are in %s alone", n, side);
}

static void differ_cases(struct comparing *c)
{
	struct json_object *rows = list(c, "cases"), *m[2];

	if (!both(c, EVIDENCE_RUN))
		return;
	for (unsigned int i = 0; i < 2; i++) {
		m[i] = doc_get(doc_get(c->machine[i], "run"), "cases");
		if (!evidence_ended(c->machine[i]))
			note(c, "%s's run did not come to its end",
			     i ? "B" : "A");
	}
	json_object_object_foreach(m[0], name, x) {
		struct json_object *y = doc_get(m[1], name);

		if (!y)
			continue;
		c->cases++;
		if (strcmp(doc_text(x, "status"), doc_text(y, "status")))
			add_sides(row(rows, name), doc_get(x, "status"),
				  doc_get(y, "status"));
	}
	note_alone(c, m[0], "A");
	note_alone(c, m[1], "B");
}

/* --- times --- */

static void add_time(struct comparing *c, struct json_object *rows,
		     const char *name, struct json_object *x,
		     struct json_object *y)
{
	struct json_object *o = row(rows, name);
	struct bench_ratio r;

	doc_add(o, "a_ns", json_object_get(doc_get(x, "p50_ns")));
	doc_add(o, "b_ns", json_object_get(doc_get(y, "p50_ns")));
	doc_add(o, "ratio", NULL);
	if (!x || !y || !bench_ratio(x, y, &r))
		return;
	c->times++;
	bench_add_real(o, "ratio", r.ratio);
	bench_add_real(o, "ratio_low", r.low);
	bench_add_real(o, "ratio_high", r.high);
	doc_add(o, "change", r.low > 1 ? json_object_new_string("slower") :
		r.high < 1 ? json_object_new_string("faster") : NULL);
}

static void differ_times(struct comparing *c)
{
	struct json_object *rows = list(c, "times"), *m[2];

	if (!both(c, EVIDENCE_BENCH))
		return;
	if (strcmp(doc_text(c->machine[0], "backend"),
		   doc_text(c->machine[1], "backend"))) {
		note(c, "a model answered one, a kernel the other: times are "
		     "not compared");
		return;
	}
	for (unsigned int i = 0; i < 2; i++)
		m[i] = doc_get(doc_get(c->machine[i], "bench"), "rows");
	json_object_object_foreach(m[0], name, x)
		add_time(c, rows, name, x, doc_get(m[1], name));
	json_object_object_foreach(m[1], other, y)
		if (!doc_get(m[0], other))
			add_time(c, rows, other, NULL, y);
}

/* --- all of it --- */

static struct json_object *who(struct json_object *machine, const char *side)
{
	static const char *const keys[] = {
		"files", "kernel", "backend", "model", "device", "version",
	};
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "side", side);
	for (size_t i = 0; i < SMN_ARRAY_SIZE(keys); i++)
		doc_add(o, keys[i], json_object_get(doc_get(machine, keys[i])));
	return o;
}

static struct json_object *counts(const struct comparing *c)
{
	struct json_object *o = json_object_new_object();

	doc_add_int(o, "devices", c->devices);
	doc_add_int(o, "fields", c->fields);
	doc_add_int(o, "cases", c->cases);
	doc_add_int(o, "times", c->times);
	return o;
}

/* Is there a kind of document that both have? */
static bool anything(const struct comparing *c, struct smn_why *why)
{
	for (enum evidence kind = 0; kind < EVIDENCE_KINDS; kind++)
		if (doc_get(c->machine[0], evidence_name(kind)) &&
		    doc_get(c->machine[1], evidence_name(kind)))
			return true;
	smn_why_set(why, "neither info nor run nor bench is in both");
	return false;
}

struct json_object *compare(struct json_object *a, struct json_object *b,
			    struct smn_why *why)
{
	struct comparing c = { .machine = { a, b } };
	struct json_object *machines;

	if (!anything(&c, why))
		return NULL;
	c.result = json_object_new_object();
	c.notes = json_object_new_array();
	machines = list(&c, "machines");
	json_object_array_add(machines, who(a, "A"));
	json_object_array_add(machines, who(b, "B"));
	differ_info(&c);
	differ_cases(&c);
	differ_times(&c);
	doc_add(c.result, "compared", counts(&c));
	doc_add(c.result, "notes", c.notes);
	return c.result;
}
