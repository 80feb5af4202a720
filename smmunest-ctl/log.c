// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decode --log without a layout: a whole log that somebody sent. The lines that
 * concern nesting come as they are read, what went wrong at the end, the first
 * of each kind. Memory does not grow with the log.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

enum { LINE = 4096, MAX_WRONG = 8, MAX_CAUSES = 3 };

/* Of a kind of its own: how often, and where it was first. */
struct wrong {
	struct smn_log_line said;
	size_t line, times;
	bool after_map;
};

struct log {
	FILE *file;
	struct smn_source from;
	struct smn_log_filter filter;
	bool every;			/* also what is of something else */
	size_t line;
	char text[LINE];

	/* the words of a record, one a line, behind what announces them */
	const struct smn_family *family;
	uint64_t words[SMN_MAX_WORDS];
	unsigned int nwords;

	size_t unlisted;		/* lines of kinds that found no room */
	unsigned int n;
	struct wrong wrong[MAX_WRONG];
};

struct log *log_new(FILE *file, bool every)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->file = file;
	log->from.read = ctl_read_file;
	log->from.ctx = file;
	log->every = every;
	smn_log_filter_init(&log->filter);
	return log;
}

void log_free(struct log *log)
{
	free(log);
}

void log_restart(struct log *log)
{
	smn_source_restart(&log->from);
	rewind(log->file);
	log->line = log->n = log->unlisted = 0;
	log->family = NULL;
}

/* --- what went wrong --- */

static bool is_same(const struct smn_log_line *a, const struct smn_log_line *b)
{
	return a->id == b->id && a->op == b->op && a->err == b->err &&
		a->event == b->event;
}

static bool has(const struct log *log, enum smn_op_id op, int err)
{
	unsigned int i = 0;

	while (i < log->n && (log->wrong[i].said.op != op ||
			      log->wrong[i].said.err != err))
		i++;
	return i < log->n;
}

static void note(struct log *log, const struct smn_log_line *said)
{
	unsigned int i = 0;

	while (i < log->n && !is_same(&log->wrong[i].said, said))
		i++;
	if (i < log->n) {
		log->wrong[i].times++;
	} else if (i == MAX_WRONG) {
		log->unlisted++;
	} else {
		bool after_map = has(log, SMN_IOMMU_IOAS_MAP, -EFAULT);

		log->wrong[log->n++] = (struct wrong){ *said, log->line, 1,
						       after_map };
	}
}

static void add_cause(struct json_object *causes, const char *id,
		      const char *text, const char *remedy)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "id", id);
	doc_add_str(o, "text", text);
	doc_add_str(o, "remedy", remedy);
	json_object_array_add(causes, o);
}

/*
 * How likely a row is what a VMM ran into: the machine, rather than an argument
 * that it has wrong, and what happens rather than what is hard to bring about.
 */
static unsigned int rank(const struct smn_row *row)
{
	return (row->width ? 2 : 0) + (row->unreached ? 1 : 0);
}

/* The rows of that errno; of more than a few, explain tells the rest. */
static void add_rows(struct json_object *causes, enum smn_op_id op, int err)
{
	const struct smn_row *row;

	for (unsigned int r = 0; r < 4; r++)
		for (unsigned int i = 0; (row = smn_row_at(op, i)); i++)
			if (row->err == err && rank(row) == r &&
			    json_object_array_length(causes) < MAX_CAUSES)
				add_cause(causes, row->id, row->cause,
					  row->remedy);
}

static struct json_object *causes_of(const struct wrong *w)
{
	struct json_object *causes = json_object_new_array();
	enum smn_op_id op = w->said.op;

	if (w->said.event)
		add_cause(causes, w->said.event->name, w->said.event->doc,
			  "smmunest-ctl decode evt WORDS");
	if (op == SMN_NOPS || !w->said.err)
		return causes;
	if (op == SMN_IOMMU_IOAS_UNMAP && w->said.err == -ENOENT &&
	    w->after_map)
		add_cause(causes, "log.never-mapped", "what could not be "
			  "mapped before, a BAR perhaps, cannot be unmapped "
			  "either", "look at the first IOMMU_IOAS_MAP that "
			  "failed");
	if (!strcmp(w->said.id, "trace.vdevice.zero"))
		add_cause(causes, "log.sid-0", "the device's StreamID was "
			  "asked for before the guest had numbered its buses, "
			  "when every device of a bridge has 0", "let the "
			  "vDEVICE be made when the guest writes the STE "
			  "(CMD_CFGI_STE)");
	add_rows(causes, op, -w->said.err);
	return causes;
}

static void add_said(struct json_object *o, const struct smn_log_line *said)
{
	doc_add_str(o, "by", smn_log_by_name(said->by));
	doc_add_str(o, "what", said->id);
	doc_add_str(o, "meaning", said->meaning);
	if (said->op != SMN_NOPS) {
		doc_add_str(o, "op", smn_op(said->op)->name);
		doc_add_int(o, "errno", -said->err);
	}
	if (said->event)
		doc_add_str(o, "event", said->event->name);
}

void log_add_wrong(struct log *log, struct json_object *result)
{
	struct json_object *rows = json_object_new_array();

	for (unsigned int i = 0; i < log->n; i++) {
		const struct wrong *w = &log->wrong[i];
		struct json_object *o = json_object_new_object();

		doc_add_int(o, "line", w->line);
		doc_add_int(o, "times", w->times);
		add_said(o, &w->said);
		doc_add(o, "causes", causes_of(w));
		json_object_array_add(rows, o);
	}
	doc_add_int(result, "lines_read", log->line);
	doc_add(result, "first", rows);
	doc_add_int(result, "unlisted", log->unlisted);
}

/* --- lines --- */

/* Words that follow are of that; of another line: of nothing. */
static void expect_words(struct log *log, const char *text)
{
	log->family = smn_dump_announced(text);
	log->nwords = 0;
}

static struct json_object *add_word(struct log *log, uint64_t word)
{
	const struct smn_layout *l;
	struct json_object *o;

	log->words[log->nwords++] = word;
	if (log->nwords < log->family->words)
		return NULL;
	l = smn_family_layout(log->family, log->words, 0);
	o = json_object_new_object();
	smn_layout_format(l, log->words, log->text, LINE);
	doc_add_int(o, "line", log->line);
	doc_add_str(o, "text", log->text);
	doc_add_str(o, "by", smn_log_by_name(SMN_LOG_KERNEL));
	doc_add_str(o, "what", l->name);
	doc_add(o, "record", doc_record(l, log->words, NULL));
	log->family = NULL;
	return o;
}

static struct json_object *shown(struct log *log,
				 const struct smn_log_line *said)
{
	struct json_object *o = json_object_new_object();

	smn_printable(log->text);
	doc_add_int(o, "line", log->line);
	doc_add_str(o, "text", log->text);
	if (said)
		add_said(o, said);
	return o;
}

static struct json_object *one(struct log *log)
{
	struct smn_log_line said;
	uint64_t word;

	if (log->family && smn_dump_word(log->text, &word))
		return add_word(log, word);
	if (!smn_log_line_read(&log->filter, log->text, &said))
		return log->every ? shown(log, NULL) : NULL;
	expect_words(log, log->text);
	if (said.wrong)
		note(log, &said);
	return shown(log, &said);
}

struct json_object *log_next(struct log *log)
{
	struct json_object *o = NULL;
	size_t len;

	while (!o && smn_source_line(&log->from, log->text, LINE, &len)) {
		log->line++;
		if (len && len < LINE && log->text[len - 1] == '\r')
			log->text[len - 1] = '\0';
		o = one(log);
	}
	return o;
}

int log_error(const struct log *log, size_t *line)
{
	*line = log->line;
	return log->from.err;
}
