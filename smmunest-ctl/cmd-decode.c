// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decode: words to names. What no table describes is shown, never dropped.
 * Files are read a block at a time and shown a record at a time, whatever
 * their length.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

enum { OPT_FOR = 0x200, OPT_FILE, OPT_LOG, OPT_BINARY, OPT_SUMMARY };

static const struct argp_option options[] = {
	{ "file", OPT_FILE, "F", 0,
	  "words from a file, blanks between them; - is "
	  "stdin",
	  0 },
	{ "binary", OPT_BINARY, NULL, 0, "the file is raw little-endian words",
	  0 },
	{ "log", OPT_LOG, "F", 0, "a log of the kernel, of QEMU or of strace: "
	  "what in it concerns nesting, and what went wrong first; with evt or "
	  "cmd: the events or commands that a kernel log dumps", 0 },
	{ "summary", OPT_SUMMARY, NULL, 0, "only how many of each", 0 },
	FOR_OPTION,
	{ 0 },
};

struct decode_opts {
	const struct smn_family *family;
	const char *for_what, *path;
	bool binary, log, summary;
	uint32_t regs[SMN_NREGS];

	/* the words, from the command line or a file */
	FILE *file;
	struct smn_dump dump;
	struct log *whole;	/* a log of which every line is looked at */
};

/* Words may stand apart or be joined: W0 W1, W0,W1, W0:W1 */
static void add_words(struct decode_opts *o, struct argp_state *state,
		      const char *arg)
{
	uint64_t *words = o->dump.words + o->dump.n;
	int n = smn_words_parse(arg, words, SMN_DUMP_WORDS - o->dump.n);

	if (n == -E2BIG)
		argp_error(state, "more than %d words; use --file",
			   SMN_DUMP_WORDS);
	else if (n < 0)
		argp_error(state, "'%s' is not a word", arg);
	for (int i = 0; o->family->bits == 32 && i < n; i++)
		if (words[i] > UINT32_MAX)
			argp_error(state, "'%s': a register has 32 bits", arg);
	o->dump.n += n;
}

/*
 * A record's length. STEs that are typed are pairs of words, what iommufd
 * takes, unless there are just the eight of a whole one; files have whole ones.
 */
static unsigned int stride(const struct decode_opts *o)
{
	if (o->family == &smn_families[SMN_STE] && !o->path &&
	    o->dump.n != 8)
		return smn_vste.words;
	return o->family->words;
}

static void check(struct decode_opts *o, struct argp_state *state)
{
	if (o->log && !o->family && !o->binary && !o->summary && !o->for_what)
		return;
	if (!o->family)
		argp_error(state,
			   "which layout? ste, l1std, cd, l1cd, cmd, evt "
			   "or idr");
	else if (o->path ? o->dump.n : !o->dump.n)
		argp_error(state, "either words or --file are needed");
	else if (o->log && (o->binary || !smn_dump_logged(o->family)))
		argp_error(state, "--log has events or commands, in words");
	else if (o->summary && (!o->family->named || o->family->bits != 64))
		argp_error(state, "--summary counts commands or events");
	else if (o->binary && !o->path)
		argp_error(state, "--binary needs --file");
	else if (o->dump.n % stride(o))
		argp_error(state, "%s: a multiple of %u words is needed",
			   o->family->name, stride(o));
	else if (o->family->bits == 32 && o->dump.n > SMN_NREGS)
		argp_error(state, "idr: at most %d registers, IDR0-5, IIDR and "
			   "AIDR", SMN_NREGS);
}

static void complete(struct decode_opts *o, struct argp_state *state)
{
	check(o, state);
	if (!o->family) {
		o->file = ctl_open_file(state, o->path);
		return;
	}
	o->dump.family = o->family;
	o->dump.stride = stride(o);
	o->dump.form = o->binary ? SMN_DUMP_BINARY :
		o->log ? SMN_DUMP_LOG : SMN_DUMP_TEXT;
	if (!o->path)
		return;
	o->file = ctl_open_file(state, o->path);
	o->dump.from.read = ctl_read_file;
	o->dump.from.ctx = o->file;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct decode_opts *o = ctl->opts;

	switch (key) {
	case OPT_FOR:
		o->for_what = arg;
		return 0;
	case OPT_FILE:
		o->path = arg;
		return 0;
	case OPT_LOG:
		o->path = arg;
		o->log = true;
		return 0;
	case OPT_BINARY:
		o->binary = true;
		return 0;
	case OPT_SUMMARY:
		o->summary = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->family) {
			add_words(o, state, arg);
			return 0;
		}
		o->family = smn_family_by_name(arg);
		if (!o->family)
			argp_error(state, "'%s' is no layout: ste, l1std, cd, "
				   "l1cd, cmd, evt or idr", arg);
		return 0;
	case ARGP_KEY_END:
		if (ctl->json_file && o->path && !strcmp(o->path, "-"))
			argp_error(state, "stdin can be read once: --json=FILE "
				   "needs a file");
		complete(o, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- records --- */

static enum status bad_file(struct ctl *ctl, const char *why, size_t n,
			    const char *what)
{
	const struct decode_opts *o = ctl->opts;
	struct smn_why cause;

	smn_why_set(&cause, "%.150s: %s, after %zu %s", o->path, why, n, what);
	return ctl_no(ctl, CTL_USAGE, "decode.file", &cause,
		      &(struct smn_why){ "smmunest-ctl decode --help" });
}

static void start_over(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;

	smn_dump_restart(&o->dump);
	if (o->file)
		rewind(o->file);
}

/* The next record, or NULL at the end. */
static const uint64_t *next(struct ctl *ctl, const struct smn_layout **l)
{
	struct decode_opts *o = ctl->opts;
	const uint64_t *record;
	struct smn_why why;
	int ret = smn_dump_next(&o->dump, &record, &why);

	if (ret < 0)
		ctl->status = bad_file(ctl, why.text, o->dump.index,
				       "records");
	if (ret <= 0)
		return NULL;
	*l = o->family == &smn_families[SMN_STE] &&
		o->dump.stride == smn_vste.words ? &smn_vste :
		smn_family_layout(o->family, record, o->dump.index - 1);
	return record;
}

static struct json_object *next_record(struct ctl *ctl)
{
	const struct decode_opts *o = ctl->opts;
	const struct smn_layout *l;
	const uint64_t *words = next(ctl, &l);

	if (!words)
		return NULL;
	return doc_record(l, words, o->for_what ? o->regs : NULL);
}

/* Of a file: a line a record, straight from the tables. */
static bool next_line(struct ctl *ctl, char *buf, size_t len)
{
	const struct decode_opts *o = ctl->opts;
	const struct smn_layout *l;
	const uint64_t *words = next(ctl, &l);
	int n;

	if (!words)
		return false;
	n = snprintf(buf, len, "%8zu  %-14s", o->dump.index - 1, l->name);
	smn_layout_format(l, words, buf + n, len - n);
	return true;
}

/* --- how many of each --- */

static enum status summarise(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;
	struct json_object *rows = json_object_new_array();
	struct smn_tally tally = { 0 };
	struct smn_why why;

	if (smn_dump_tally(&o->dump, &tally, &why))
		ctl->status = bad_file(ctl, why.text, o->dump.index,
				       "records");
	for (unsigned int op = 0; op < 256; op++) {
		const uint64_t first[SMN_MAX_WORDS] = { op };
		struct json_object *row;

		if (!tally.count[op])
			continue;
		row = json_object_new_object();
		doc_add_str(row, "name",
			    smn_family_layout(o->family, first, 0)->name);
		doc_add(row, "opcode", doc_hex(op, 2));
		doc_add_int(row, "count", tally.count[op]);
		doc_add_int(row, "with_unknown_bits", tally.unknown[op]);
		json_object_array_add(rows, row);
	}
	doc_add_int(ctl->result, "records", o->dump.index);
	doc_add(ctl->result, "summary", rows);
	return ctl->status;
}

/* --- a whole log --- */

static void log_over(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;

	log_restart(o->whole);
}

static struct json_object *log_row(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;
	struct json_object *row = log_next(o->whole);
	size_t line;
	int ret;

	if (row)
		return row;
	ret = log_error(o->whole, &line);
	if (ret)
		ctl->status = bad_file(ctl, smn_errno_name(ret), line, "lines");
	log_add_wrong(o->whole, ctl->result);
	return NULL;
}

static bool log_line(struct ctl *ctl, char *buf, size_t len)
{
	struct json_object *row = log_row(ctl);

	if (!row)
		return false;
	snprintf(buf, len, "%8" PRId64 "  %-6s  %-16s  %s",
		 doc_int(row, "line"),
		 doc_text(row, "by"), doc_text(row, "what"),
		 doc_text(row, "text"));
	json_object_put(row);
	return true;
}

static enum status whole_log(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;

	o->whole = log_new(o->file, ctl->verbose);
	if (!o->whole)
		return ctl_no(ctl, CTL_INTERNAL, "decode.memory",
			      &(struct smn_why){ "no memory for it" },
			      &(struct smn_why){ "ulimit -v unlimited" });
	ctl->stream = "lines";
	ctl->rewind = log_over;
	ctl->next = log_row;
	ctl->next_line = log_line;
	return CTL_OK;
}

static enum status run(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;
	enum status status = CTL_OK;

	if (o->log && !o->family)
		return whole_log(ctl);
	if (o->for_what)
		status = ctl_regs_for(ctl, o->for_what, o->regs);
	if (status)
		return status;
	if (o->summary)
		return summarise(ctl);
	ctl->stream = "records";
	ctl->rewind = start_over;
	ctl->next = next_record;
	ctl->next_line = o->file ? next_line : NULL;
	return CTL_OK;
}

static void finish(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;

	log_free(o->whole);
}

const struct cmd cmd_decode = {
	.name = "decode",
	.group = "look",
	.args = "ste|l1std|cd|l1cd|cmd|evt|idr WORD...|--file=F\n--log=F",
	.doc = "words to names; reserved and unknown bits are told",
	.options = options,
	.parse = parse,
	.run = run,
	.finish = finish,
	.opts_size = sizeof(struct decode_opts),
};
