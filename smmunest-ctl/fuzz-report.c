// SPDX-License-Identifier: GPL-2.0-or-later
/* What `fuzz` tells: progress, counts, differences. See fuzz.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define LINE 8192		/* of a request with all its words */
#define SECOND 1000000000ULL

/* Real time: a model's own clock counts calls. */
uint64_t fuzz_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * SECOND + t.tv_nsec;
}

/* --- counting --- */

static void count_row(struct fuzz_tally *t, const struct smn_row *row)
{
	unsigned int i = 0;

	while (i < t->nrows && t->rows[i].row != row)
		i++;
	if (i == FUZZ_ROWS)
		return;
	t->nrows += i == t->nrows;
	t->rows[i].row = row;
	t->rows[i].n++;
}

void fuzz_count(struct fuzz_tally *t, const struct smn_request *req,
		const struct smn_fuzz_diff *diff)
{
	const struct smn_reply *r = diff->reply;
	int err = r[0].err < 0 ? -r[0].err : 0;

	t->requests++;
	t->ok += !err;
	t->answers[req->op][err < FUZZ_ERRNOS ? err : FUZZ_ERRNOS - 1]++;
	if (r[1].row)
		count_row(t, r[1].row);
}

void fuzz_progress(struct ctl *ctl, struct fuzz_tally *t, uint64_t goal)
{
	uint64_t now = fuzz_now();
	uint64_t ns = now - t->start_ns;
	bool end = t->requests >= goal;

	if (ctl->quiet || !isatty(STDERR_FILENO) || !ns ||
	    (!end && now - t->told_ns < SECOND / 4))
		return;
	t->told_ns = now;
	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " requests, %.0f/s, "
		"%u differences%s", t->requests, goal,
		(double)t->requests * SECOND / ns, t->nfindings,
		end ? "\n" : "");
}

/* --- differences --- */

struct fuzz_finding *fuzz_known(struct fuzz_tally *t, uint8_t op,
				const struct smn_fuzz_diff *diff)
{
	for (unsigned int i = 0; i < t->nfindings; i++) {
		struct fuzz_finding *f = &t->findings[i];

		if (f->op == op && f->err[0] == diff->reply[0].err &&
		    f->err[1] == diff->reply[1].err &&
		    f->row == diff->reply[1].row)
			return f;
	}
	return NULL;
}

static void add_line(struct json_object *script, const char *line)
{
	json_object_array_add(script, json_object_new_string(line));
}

/* What `script` reads: as the left side answers, the difference last. */
static struct json_object *doc_script(const struct smn_request *reqs,
				      unsigned int n, int err)
{
	struct json_object *script = json_object_new_array();
	char line[LINE];

	for (unsigned int i = 0; i < n; i++) {
		if (i == n - 1 && err < 0) {
			snprintf(line, sizeof(line), "expect %s",
				 smn_errno_name(err));
			add_line(script, line);
		}
		smn_request_format(&reqs[i], NULL, line, sizeof(line));
		add_line(script, line);
	}
	return script;
}

static struct json_object *doc_answer(const char *who,
				      const struct smn_reply *reply,
				      uint64_t value)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "who", who);
	doc_add_int(o, "errno", reply->err < 0 ? -reply->err : 0);
	doc_add_str(o, "name", reply->err < 0 ? smn_errno_name(reply->err) :
		    "ok");
	doc_add(o, "value", doc_hex(value, 16));
	doc_add(o, "row", reply->row ? json_object_new_string(reply->row->id) :
		NULL);
	doc_add(o, "cause", reply->row ?
		json_object_new_string(reply->row->cause) : NULL);
	return o;
}

void fuzz_found(struct fuzz_tally *t, const struct fuzz_machine *m,
		const struct smn_request *reqs, unsigned int n,
		const struct smn_fuzz_diff *diff)
{
	struct json_object *o = json_object_new_object();
	struct json_object *answers = json_object_new_array();
	uint8_t op = reqs[n - 1].op;

	for (unsigned int i = 0; i < 2; i++)
		json_object_array_add(answers, doc_answer(m->name[i],
							  &diff->reply[i],
							  diff->value[i]));
	doc_add_int(o, "sequence", t->sequences - 1);
	doc_add_str(o, "op", smn_op(op)->name);
	doc_add_str(o, "what", diff->what);
	doc_add(o, "answers", answers);
	doc_add(o, "script", doc_script(reqs, n, diff->reply[0].err));
	t->findings[t->nfindings++] = (struct fuzz_finding){
		.op = op, .row = diff->reply[1].row, .times = 1, .doc = o,
		.err = { diff->reply[0].err, diff->reply[1].err },
	};
}

/* --- the result --- */

static unsigned int add_ops(struct json_object *to, const struct fuzz_tally *t)
{
	unsigned int pairs = 0;

	for (unsigned int op = 0; op < SMN_NOPS; op++) {
		struct json_object *o = NULL;

		for (unsigned int err = 0; err < FUZZ_ERRNOS; err++) {
			if (!t->answers[op][err])
				continue;
			pairs++;
			if (!o)
				o = json_object_new_object();
			doc_add_int(o, err ? smn_errno_name(err) : "ok",
				    t->answers[op][err]);
		}
		if (o)
			doc_add(to, smn_op(op)->name, o);
	}
	return pairs;
}

void fuzz_report(struct ctl *ctl, struct fuzz_tally *t,
		 const struct fuzz_machine *m, uint64_t seed)
{
	struct json_object *r = ctl->result;
	struct json_object *ops = json_object_new_object();
	struct json_object *rows = json_object_new_object();
	struct json_object *list = json_object_new_array();
	unsigned int pairs = add_ops(ops, t);
	uint64_t ns = fuzz_now() - t->start_ns;

	for (unsigned int i = 0; i < t->nrows; i++)
		doc_add_int(rows, t->rows[i].row->id, t->rows[i].n);
	for (unsigned int i = 0; i < t->nfindings; i++) {
		doc_add_int(t->findings[i].doc, "times", t->findings[i].times);
		json_object_array_add(list, t->findings[i].doc);
	}
	doc_add_str(r, "of", m->name[0]);
	doc_add_str(r, "against", m->name[1]);
	doc_add_int(r, "seed", seed);
	doc_add_int(r, "requests", t->requests);
	doc_add_int(r, "sequences", t->sequences);
	doc_add_int(r, "accepted", t->ok);
	doc_add_int(r, "refused", t->requests - t->ok);
	doc_add_int(r, "answers", pairs);
	doc_add_int(r, "ns", ns);
	doc_add_int(r, "requests_per_s",
		    ns ? (double)t->requests * SECOND / ns : 0);
	doc_add(r, "ops", ops);
	doc_add(r, "rows", rows);
	doc_add(r, "differences", list);
}

/* --- as text: a script, and the rest is its comments --- */

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return v ? json_object_get_string(v) : "-";
}

static void print_ops(FILE *to, struct json_object *ops)
{
	json_object_object_foreach(ops, op, answers) {
		fprintf(to, "#   %-30s", op);
		json_object_object_foreach(answers, name, n)
			fprintf(to, " %s %s", name, json_object_get_string(n));
		fputc('\n', to);
	}
}

static void print_answer(FILE *to, struct json_object *a, bool value)
{
	const char *cause = text_of(a, "cause");

	fprintf(to, "#   %s: %s", text_of(a, "who"), text_of(a, "name"));
	if (value)
		fprintf(to, ", %s", text_of(a, "value"));
	if (strcmp(cause, "-"))
		fprintf(to, ": %s [%s]", cause, text_of(a, "row"));
	fputc('\n', to);
}

static void print_difference(FILE *to, struct json_object *d)
{
	struct json_object *answers = json_object_object_get(d, "answers");
	struct json_object *script = json_object_object_get(d, "script");
	const char *what = text_of(d, "what");

	fprintf(to, "\n# %s: %s differs, %s times, first in sequence %s\n",
		text_of(d, "op"), what, text_of(d, "times"),
		text_of(d, "sequence"));
	for (size_t i = 0; i < json_object_array_length(answers); i++)
		print_answer(to, json_object_array_get_idx(answers, i),
			     strcmp(what, "errno"));
	for (size_t i = 0; i < json_object_array_length(script); i++)
		fprintf(to, "%s\n", json_object_get_string(
				json_object_array_get_idx(script, i)));
}

void fuzz_print(const struct ctl *ctl, FILE *to)
{
	struct json_object *r = ctl->result;
	struct json_object *list = json_object_object_get(r, "differences");
	size_t n = json_object_array_length(list);

	fprintf(to, "# %s against %s, seed %s: %s requests, %s/s, in %s "
		"sequences\n", text_of(r, "of"), text_of(r, "against"),
		text_of(r, "seed"), text_of(r, "requests"),
		text_of(r, "requests_per_s"), text_of(r, "sequences"));
	fprintf(to, "# %s accepted, %s refused; %s kinds of answers\n",
		text_of(r, "accepted"), text_of(r, "refused"),
		text_of(r, "answers"));
	print_ops(to, json_object_object_get(r, "ops"));
	fprintf(to, "# %zu difference%s\n", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++)
		print_difference(to, json_object_array_get_idx(list, i));
}
