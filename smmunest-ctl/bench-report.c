// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What `bench` tells: a row of the document for each set of samples, which is
 * also a line of --stream, and its samples in the file of --csv; the cost of a
 * batch; all of it as text.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* --- files --- */

static enum status failed(struct bench *b)
{
	struct smn_why cause;

	smn_why_set(&cause, "--csv: %.100s: %s", b->csv_file, strerror(errno));
	return ctl_no(b->ctl, CTL_INTERNAL, "bench.csv", &cause,
		      &(struct smn_why){ "df; ls -ld that folder" });
}

enum status bench_report_open(struct bench *b)
{
	b->rows = json_object_new_array();
	doc_add(b->ctl->result, "rows", b->rows);
	doc_add(b->ctl->result, "cpu", b->cpu < 0 ? NULL :
		json_object_new_int(b->cpu));
	b->ctl->print = bench_print;
	if (!b->csv_file)
		return CTL_OK;
	b->csv = fopen(b->csv_file, "we");
	if (!b->csv)
		return failed(b);
	fprintf(b->csv, "name,batch,bytes,objects,sample,ns\n");
	return CTL_OK;
}

/* In the order they were taken. */
static void write_samples(struct bench *b, size_t n)
{
	char size[BENCH_NBY][24] = { "", "", "" };
	char objects[24] = "";

	if (!b->csv)
		return;
	snprintf(size[b->row->by], sizeof(size[0]), "%" PRIu64, b->size);
	if (b->scale.object)
		snprintf(objects, sizeof(objects), "%" PRIu64, b->scale.have);
	for (size_t i = 0; i < n; i++)
		fprintf(b->csv, "%s,%s,%s,%s,%zu,%" PRIu64 "\n", b->row->name,
			size[BENCH_BATCH], size[BENCH_BYTES], objects, i,
			b->samples[i]);
}

static void write_line(struct bench *b, struct json_object *row)
{
	FILE *to = b->ctl->json_to;

	if (!b->stream)
		return;
	fprintf(to, "{\"event\":\"row\",\"backend\":\"%s\",\"row\":%s}\n",
		b->ctl->sys.be->name, json_object_to_json_string_ext(
			row, JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(to);
}

/* --- rows --- */

/* [[lowest, highest, how many], ...], powers of two */
static struct json_object *doc_histogram(const uint64_t *samples, size_t n)
{
	struct json_object *a = json_object_new_array();
	uint64_t count[SMN_STAT_BUCKETS];

	smn_stat_histogram(samples, n, count);
	for (unsigned int i = 0; i < 62; i++) {
		struct json_object *bucket;

		if (!count[i])
			continue;
		bucket = json_object_new_array();
		json_object_array_add(bucket, json_object_new_int64(
					      i ? INT64_C(1) << i : 0));
		json_object_array_add(bucket, json_object_new_int64(
					      (INT64_C(2) << i) - 1));
		json_object_array_add(bucket, json_object_new_int64(count[i]));
		json_object_array_add(a, bucket);
	}
	return a;
}

void bench_report_skip(struct bench *b)
{
	struct json_object *o = json_object_new_object();
	struct json_object *all;

	if (!json_object_object_get_ex(b->ctl->result, "skipped", &all)) {
		all = json_object_new_array();
		doc_add(b->ctl->result, "skipped", all);
	}
	doc_add_str(o, "name", b->row->name);
	doc_add_str(o, "why", doc_text(ctl_cause(b->ctl, 0), "text"));
	json_object_array_add(all, o);
	ctl_forgive(b->ctl);
}

static void add_rate(struct json_object *row, uint64_t batch, uint64_t mean)
{
	doc_add(row, "cmds_per_s", batch && mean ?
		json_object_new_int64(batch * 1e9 / mean) : NULL);
}

void bench_report_row(struct bench *b, size_t n)
{
	struct json_object *row = json_object_new_object();
	uint64_t batch = b->row->by == BENCH_BATCH ? b->size : 0;
	struct smn_stat stat;

	write_samples(b, n);
	smn_stat_of(b->samples, n, &stat);
	doc_add_str(row, "name", b->row->name);
	doc_add(row, "batch", batch ? json_object_new_int64(batch) : NULL);
	if (b->row->by == BENCH_BYTES)
		doc_add_int(row, "bytes", b->size);
	if (b->scale.object)
		doc_add_int(row, "objects", b->scale.have);
	doc_add_stat(row, &stat);
	doc_add_int(row, "p50_low_ns", stat.p50_low);
	doc_add_int(row, "p50_high_ns", stat.p50_high);
	add_rate(row, batch, stat.mean);
	bench_baseline_compare(b, row);
	if (b->hist)
		doc_add(row, "histogram", doc_histogram(b->samples, n));
	json_object_array_add(b->rows, row);
	write_line(b, row);
}

/* --- what a batch costs --- */

static double blocks(uint64_t batch)
{
	return (batch + BENCH_BLOCK - 1) / BENCH_BLOCK;
}

static size_t batch_points(struct json_object *rows,
			   struct smn_fit_point points[BENCH_LIST])
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		uint64_t batch = bench_number(row, "batch");
		uint64_t p50 = bench_number(row, "p50_ns");

		if (batch && n < BENCH_LIST)
			points[n++] = (struct smn_fit_point){
				{ 1, batch, blocks(batch) }, p50 ? p50 : 1 };
	}
	return n;
}

static struct json_object *doc_points(const struct smn_fit_point *points,
				      size_t n, const double *coef)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		const struct smn_fit_point *p = &points[i];
		struct json_object *o = json_object_new_object();

		doc_add_int(o, "batch", p->x[1]);
		doc_add_int(o, "blocks", p->x[2]);
		doc_add_int(o, "p50_ns", p->y);
		bench_add_real(o, "fitted_ns", coef[0] * p->x[0] +
			       coef[1] * p->x[1] + coef[2] * p->x[2]);
		json_object_array_add(a, o);
	}
	return a;
}

/* Where the sizes do not tell blocks from the rest, they are part of it. */
static void add_cost(struct bench *b)
{
	struct smn_fit_point points[BENCH_LIST];
	size_t n = b->scale.object ? 0 : batch_points(b->rows, points);
	double coef[SMN_FIT_TERMS], worst;
	struct json_object *o;
	bool three = !smn_fit(points, n, 3, coef, &worst);

	if (!three && smn_fit(points, n, 2, coef, &worst))
		return;
	o = json_object_new_object();
	bench_add_real(o, "fixed_ns", coef[0]);
	bench_add_real(o, "per_command_ns", coef[1]);
	doc_add(o, "per_block_ns", NULL);
	if (three)
		bench_add_real(o, "per_block_ns", coef[2]);
	doc_add_int(o, "block", BENCH_BLOCK);
	bench_add_real(o, "worst_pct", worst * 100);
	doc_add(o, "points", doc_points(points, n, coef));
	doc_add(b->ctl->result, "cost", o);
}

enum status bench_report_close(struct bench *b)
{
	enum status status = CTL_OK;
	bool bad;

	if (b->csv) {
		bad = ferror(b->csv);
		bad |= fclose(b->csv) != 0;
		status = bad ? failed(b) : CTL_OK;
	}
	add_cost(b);
	return status ? status : bench_baseline_report(b);
}
