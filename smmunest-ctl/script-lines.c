// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a script, done one after the other, and what came of each. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "script.h"

/* The row of a refusal: the model's own, or what diagnosis finds first. */
static const char *row_of(struct ctl *ctl, const struct smn_reply *reply,
			  struct smn_finding found[SMN_MAX_FINDINGS])
{
	struct smn_question q;

	if (reply->row)
		return reply->row->id;
	ctl_learn_more(ctl);
	smn_call_question(&ctl->sys.failed, ctl->sys.world, &q);
	smn_diagnose(&q, reply->err, found);
	return found[0].id;
}

static enum status unexpected(struct ctl *ctl, const struct script_outcome *out,
			      const struct smn_why *why)
{
	const struct script_opts *o = ctl->opts;
	const struct smn_script_line *l = out->l;
	struct smn_why cause, remedy = { "smmunest-ctl script --trace" };
	char word[SMN_OP_WORD];

	if (l->kind == SMN_LINE_REQUEST && !l->expects) {
		ctl_say(ctl, "%s:%u: %s", o->path, l->line, l->text);
		return ctl_refused(ctl, out->err);
	}
	if (why->text[0] && (l->kind != SMN_LINE_REQUEST ||
			     (out->err < 0 ? out->err : 0) == l->expected))
		smn_why_set(&cause, "%.80s:%u: %.140s", o->path, l->line,
			    why->text);
	else
		smn_why_set(&cause,
		    "%.80s:%u: expected %s%s%s, and it was %s%s%s",
		    o->path, l->line, l->expected ?
		    smn_errno_name(l->expected) : "ok", l->row ? " " : "",
		    l->row ? l->row : "", out->err < 0 ?
		    smn_errno_name(out->err) : "ok", out->err < 0 ? " " : "",
		    out->err < 0 ? out->row : "");
	if (out->err < 0)
		smn_why_set(&remedy, "smmunest-ctl explain %s %s",
			    smn_op_word(l->req.op, word),
			    smn_errno_name(out->err));
	return ctl_no(ctl, CTL_FAILED, "script.expect", &cause, &remedy);
}

/* --- the result --- */

static void fill(const struct script_opts *o, struct json_object *j,
		 const struct script_outcome *out)
{
	const struct smn_script_line *l = out->l;
	char at[32];

	doc_add_int(j, "errno", out->err < 0 ? -out->err : 0);
	doc_add(j, "row", out->row ? json_object_new_string(out->row) : NULL);
	doc_add(j, "ok", json_object_new_boolean(out->ok));
	if (l->kind == SMN_LINE_DMA) {
		snprintf(at, sizeof(at), "mem+0x%" PRIx64, out->at);
		doc_add(j, "at", out->at < 0 ? NULL :
			json_object_new_string(at));
		doc_add(j, "event", out->event ?
			doc_record(smn_family_layout(&smn_families[SMN_EVT],
						     out->words, 0),
				   out->words, NULL) : NULL);
		return;
	}
	if (out->err > 0)
		doc_add_int(j, "bytes", out->err);
	if (out->err >= 0 && l->req.result &&
	    o->runner.slots[l->req.result].id)
		doc_add_int(j, "id", o->runner.slots[l->req.result].id);
}

/* Which of the rows is the line's; room for all lines that there are. */
static struct json_object **row_at(struct script_opts *o, unsigned int i)
{
	struct json_object **more;

	if (i >= o->nrows) {
		more = reallocarray(o->rows, o->script.n, sizeof(*more));
		if (!more)
			return NULL;
		memset(more + o->nrows, 0,
		       (o->script.n - o->nrows) * sizeof(*more));
		o->rows = more;
		o->nrows = o->script.n;
	}
	return &o->rows[i];
}

/*
 * A line that is done again, within a repeat, keeps its row: how often, the
 * time of the last, and the first that went otherwise.
 */
static int keep(struct script_opts *o, const struct script_outcome *out)
{
	const struct smn_script_line *l = out->l;
	struct json_object **row = row_at(o, l - o->script.lines);
	struct json_object *ok;

	if (!row)
		return -ENOMEM;
	if (!*row) {
		*row = json_object_new_object();
		doc_add_int(*row, "line", l->line);
		doc_add_str(*row, "text", l->text);
		json_object_array_add(o->lines, *row);
	} else {
		int64_t times = doc_int(*row, "times");

		doc_add_int(*row, "times", times ? times + 1 : 2);
	}
	doc_add_int(*row, "ns", out->ns);
	ok = json_object_object_get(*row, "ok");
	if (!ok || json_object_get_boolean(ok))
		fill(o, *row, out);
	return 0;
}

void script_text(struct json_object *o, char *buf, size_t len)
{
	const char *row = doc_text(o, "row"), *at = doc_text(o, "at");
	struct json_object *event = doc_get(o, "event");
	int line = doc_int(o, "line"), times = doc_int(o, "times");
	int err = doc_int(o, "errno");
	char took[32], more[160] = "";

	format_time(took, sizeof(took), doc_int(o, "ns"));
	if (at[0])
		snprintf(more, sizeof(more), "  -> %s", at);
	else if (event)
		snprintf(more, sizeof(more), "  -> %s",
			 doc_text(event, "name"));
	else if (times)
		snprintf(more, sizeof(more), "  %d times", times);
	snprintf(buf, len, "%4d  %-10s %9s  %s%s%s%s%s%s", line,
		 err ? smn_errno_name(err) : "ok", took, doc_text(o, "text"),
		 row[0] ? "  [" : "", row, row[0] ? "]" : "", more,
		 json_object_get_boolean(doc_get(o, "ok")) ?
		 "" : "  unexpected");
}

/* --- one line --- */

static void do_request(struct ctl *ctl, struct script_outcome *out,
		       struct smn_why *why,
		       struct smn_finding found[SMN_MAX_FINDINGS])
{
	struct script_opts *o = ctl->opts;
	const struct smn_script_line *l = out->l;
	struct smn_reply reply;

	/* its registers are put back while it is open still */
	if (l->req.kind == SMN_REQ_CLOSE && l->req.file < o->runner.nslots &&
	    o->runner.slots[l->req.file].fd >= 0)
		script_dma_end(ctl, o->runner.slots[l->req.file].fd);
	out->err = smn_script_call(&o->runner, l, stop_signal, &reply);
	out->ns = reply.ns;
	if (out->err < 0)
		out->row = row_of(ctl, &reply, found);
	out->ok = smn_script_met(l, &o->runner, &reply, why) &&
		(!l->row || !strcmp(l->row, out->row));
}

static enum status do_line(struct ctl *ctl, const struct smn_script_line *l)
{
	struct script_opts *o = ctl->opts;
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct script_outcome out = { .l = l, .at = -1 };
	struct timespec t = { l->sleep_ns / 1000000000,
			      l->sleep_ns % 1000000000 };
	struct smn_why why = { "" };
	uint64_t start = smn_sys_now(&ctl->sys);

	switch (l->kind) {
	case SMN_LINE_SLEEP:
		nanosleep(&t, NULL);
		return CTL_OK;
	case SMN_LINE_STAGE1:
		out.ok = script_stage1(ctl, l, &why);
		out.ns = smn_sys_now(&ctl->sys) - start;
		break;
	case SMN_LINE_DMA:
		out.ok = script_transfer(ctl, &out, &why);
		break;
	default:
		do_request(ctl, &out, &why, found);
	}
	if (keep(o, &out))
		return CTL_INTERNAL;
	return out.ok ? CTL_OK : unexpected(ctl, &out, &why);
}

enum status script_do(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	const struct smn_script_line *l;
	enum status first = CTL_OK;

	while ((l = smn_script_next(&o->script, &o->runner, &o->run,
				    stop_signal))) {
		struct json_object *error = ctl->error;
		enum status status;

		/* the first one is told, and all are in the list */
		ctl->error = NULL;
		status = do_line(ctl, l);
		if (first && ctl->error)
			json_object_put(ctl->error);
		ctl->error = first ? error : ctl->error;
		first = first ? first : status;
		if (first && !o->keep_going)
			break;
	}
	return first;
}
