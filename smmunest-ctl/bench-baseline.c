// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --baseline: each row against the one of the same name and size in what
 * another `bench --json` wrote. The file is anybody's.
 *
 * The ratio is that of the p50s. It can be as low as this one's lowest slice to
 * the other's highest, and as high as the reverse; a row is slower only when
 * even the lowest is past the threshold.
 */
#include <string.h>

#include "bench.h"

static enum status wrong(struct bench *b, const char *what)
{
	struct smn_why cause;

	smn_why_set(&cause, "--baseline: %.100s: %.100s", b->baseline.file,
		    what);
	return ctl_no(b->ctl, CTL_USAGE, "bench.baseline", &cause,
		      &(struct smn_why){ "smmunest-ctl bench "
					 "--json=FILE.json" });
}

static bool is_string(struct json_object *v, const char *s)
{
	return json_object_is_type(v, json_type_string) &&
		!strcmp(json_object_get_string(v), s);
}

static struct json_object *rows_of(struct json_object *doc)
{
	struct json_object *rows = doc_get(doc_get(doc, "result"), "rows");

	return json_object_is_type(rows, json_type_array) ? rows : NULL;
}

enum status bench_baseline_open(struct bench *b)
{
	struct bench_baseline *base = &b->baseline;
	struct smn_why why;

	if (!base->file)
		return CTL_OK;
	base->doc = json_from_file(base->file, &why);
	if (!base->doc)
		return wrong(b, why.text);
	if (!is_string(doc_get(base->doc, "command"), "bench") ||
	    !rows_of(base->doc))
		return wrong(b, "it is not what `bench --json` writes");
	if (!is_string(doc_get(base->doc, "backend"), b->ctl->sys.be->name))
		return wrong(b, "a model answered one, a kernel the other");
	base->slower = json_object_new_array();
	return CTL_OK;
}

void bench_baseline_close(struct bench *b)
{
	json_object_put(b->baseline.doc);
	json_object_put(b->baseline.slower);
}

/* --- a row --- */

static bool same(struct json_object *a, struct json_object *b)
{
	static const char *const keys[] = { "batch", "bytes", "objects" };

	for (size_t i = 0; i < SMN_ARRAY_SIZE(keys); i++)
		if (bench_number(a, keys[i]) != bench_number(b, keys[i]))
			return false;
	return is_string(doc_get(b, "name"),
			 json_object_get_string(doc_get(a, "name")));
}

static struct json_object *find(const struct bench_baseline *base,
				struct json_object *row)
{
	struct json_object *rows = rows_of(base->doc);

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *r = json_object_array_get_idx(rows, i);

		if (same(row, r) && bench_number(r, "p50_ns"))
			return r;
	}
	return NULL;
}

static void add_slower(struct bench_baseline *base, struct json_object *row)
{
	char label[64];

	bench_label(row, label, sizeof(label));
	json_object_array_add(base->slower, json_object_new_string(label));
}

void bench_baseline_compare(struct bench *b, struct json_object *row)
{
	struct bench_baseline *base = &b->baseline;
	struct json_object *was = base->slower ? find(base, row) : NULL;
	struct bench_ratio r;

	doc_add(row, "ratio", NULL);
	if (!was)
		return;
	base->compared++;
	/* on the model a call may take no time at all */
	if (!bench_ratio(was, row, &r))
		r = (struct bench_ratio){ 0 };
	bench_add_real(row, "ratio", r.ratio);
	bench_add_real(row, "ratio_low", r.low);
	bench_add_real(row, "ratio_high", r.high);
	if (r.low > 1 + base->threshold / 100)
		add_slower(base, row);
}

/* --- the whole --- */

static enum status slower(struct bench *b, size_t n)
{
	const struct bench_baseline *base = &b->baseline;
	struct smn_why cause;

	smn_why_set(&cause, "%zu of %u rows: slower than in %.80s by more than "
		    "%g %%, the first is %s", n, base->compared, base->file,
		    base->threshold, json_object_get_string(
			    json_object_array_get_idx(base->slower, 0)));
	return ctl_no(b->ctl, CTL_FAILED, "bench.slower", &cause,
		      &(struct smn_why){ "the same again with --cpu=N, or "
					 "--threshold=PCT" });
}

enum status bench_baseline_report(struct bench *b)
{
	struct bench_baseline *base = &b->baseline;
	struct json_object *o, *kernel;
	size_t n;

	if (!base->slower)
		return CTL_OK;
	n = json_object_array_length(base->slower);
	o = json_object_new_object();
	kernel = doc_get(doc_get(base->doc, "kernel"), "release");
	doc_add_str(o, "file", base->file);
	doc_add(o, "kernel", json_object_get(kernel));
	bench_add_real(o, "threshold_pct", base->threshold);
	doc_add_int(o, "compared", base->compared);
	doc_add(o, "slower", json_object_get(base->slower));
	doc_add(b->ctl->result, "baseline", o);
	if (!base->compared && json_object_array_length(b->rows))
		return wrong(b, "it has none of these rows");
	return n ? slower(b, n) : CTL_OK;
}
