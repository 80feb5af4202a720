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

#include "ctl.h"

enum { OPT_FOR = 0x200, OPT_FILE, OPT_LOG, OPT_BINARY, OPT_SUMMARY };
enum { MAX_WORDS = 4096, BLOCK = 1 << 16 };

static const struct argp_option options[] = {
	{ "file", OPT_FILE, "F", 0,
	  "words from a file, blanks between them; - is "
	  "stdin",
	  0 },
	{ "binary", OPT_BINARY, NULL, 0, "the file is raw little-endian words",
	  0 },
	{ "log", OPT_LOG, "F", 0, "the events or commands that a kernel log "
	  "dumps", 0 },
	{ "summary", OPT_SUMMARY, NULL, 0, "only how many of each", 0 },
	FOR_OPTION,
	{ 0 },
};

struct decode_opts {
	const struct smn_family *family;
	const char *for_what, *path;
	bool binary, log, summary;
	bool dump;		/* the log's last line belongs to a dump */
	uint32_t regs[SMN_NREGS];

	/* the words: from the command line, or the file's next block */
	FILE *file;
	size_t n, at;		/* words there are, and are used */
	size_t index;		/* records so far */
	uint64_t words[BLOCK];
	uint64_t counts[256], extra[256];
};

/* Words may stand apart or be joined: W0 W1, W0,W1, W0:W1 */
static void add_words(struct decode_opts *o, struct argp_state *state,
		      const char *arg)
{
	unsigned int n = 1;

	for (const char *p = arg; *p; p++)
		n += *p == ',' || *p == ':';
	if (o->n + n > MAX_WORDS)
		argp_error(state, "more than %d words; use --file", MAX_WORDS);
	if (ctl_words(arg, o->words + o->n, n))
		argp_error(state, "'%s' is not a word", arg);
	for (unsigned int i = 0; o->family->bits == 32 && i < n; i++)
		if (o->words[o->n + i] > UINT32_MAX)
			argp_error(state, "'%s': a register has 32 bits", arg);
	o->n += n;
}

/*
 * A record's length. STEs that are typed are pairs of words, what iommufd
 * takes, unless there are just the eight of a whole one; files have whole ones.
 */
static unsigned int stride(const struct decode_opts *o)
{
	if (o->family == &smn_families[SMN_STE] && !o->path && o->n != 8)
		return smn_vste.words;
	return o->family->words;
}

/* The driver's line before it dumps the words, one a line; NULL: never. */
static const char *log_marker(const struct decode_opts *o)
{
	static const char *const markers[SMN_KINDS] = {
		[SMN_EVT] = "event 0x",
		[SMN_CMD] = "skipping command in error state:",
	};

	return markers[o->family - smn_families];
}

static void check(struct decode_opts *o, struct argp_state *state)
{
	if (!o->family)
		argp_error(state,
			   "which layout? ste, l1std, cd, l1cd, cmd, evt "
			   "or idr");
	else if (o->path ? o->n : !o->n)
		argp_error(state, "either words or --file are needed");
	else if (o->log && (o->binary || !log_marker(o)))
		argp_error(state, "--log has events or commands, in words");
	else if (o->summary && (!o->family->named || o->family->bits != 64))
		argp_error(state, "--summary counts commands or events");
	else if (o->binary && !o->path)
		argp_error(state, "--binary needs --file");
	else if (o->n % stride(o))
		argp_error(state, "%s: a multiple of %u words is needed",
			   o->family->name, stride(o));
	else if (o->family->bits == 32 && o->n > SMN_NREGS)
		argp_error(state, "idr: at most %d registers, IDR0-5, IIDR and "
			   "AIDR", SMN_NREGS);
}

static void open_file(struct decode_opts *o, struct argp_state *state)
{
	if (!o->path)
		return;
	o->file = strcmp(o->path, "-") ? fopen(o->path, "re") : stdin;
	if (!o->file)
		argp_failure(state, CTL_USAGE, errno, "%s", o->path);
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
		check(o, state);
		open_file(o, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- the words of a file, a block at a time --- */

/* Raw words; what is left of a word at the end is a mistake. */
static const char *fill_binary(struct decode_opts *o, size_t room)
{
	size_t size = o->family->bits / 8;
	size_t bytes = fread(o->words + o->n, 1, room * size, o->file);
	uint32_t narrow;

	if (bytes % size)
		return "the file ends in the middle of a word";
	/* spread 32-bit words from the last to the first, in place */
	for (size_t i = bytes / size; size == sizeof(narrow) && i-- > 0;) {
		memcpy(&narrow, (char *)(o->words + o->n) + i * size, size);
		o->words[o->n + i] = narrow;
	}
	o->n += bytes / size;
	return NULL;
}

static const char *fill_text(struct decode_opts *o, size_t room)
{
	char word[64];

	while (room-- && fscanf(o->file, " %63[^ \t\r\n,:]%*[,:]", word) == 1) {
		/* one that fills the buffer may go on behind it */
		if (strlen(word) == sizeof(word) - 1 ||
		    smn_number_parse(word, &o->words[o->n]) ||
		    (o->family->bits == 32 && o->words[o->n] > UINT32_MAX))
			return "the file has something that is not a word";
		o->n++;
	}
	return NULL;
}

/* The words of dumps, "arm-smmu-v3 ...: \t0x0000001000000010" */
static const char *fill_log(struct decode_opts *o, size_t room)
{
	char *line = NULL, *word;
	size_t size = 0;

	while (room && getline(&line, &size, o->file) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strstr(line, log_marker(o))) {
			/* one that was cut off is not joined with the next */
			o->n -= o->n % o->family->words;
			o->dump = true;
			continue;
		}
		/* behind a tab, so that no other line's address is taken */
		word = strstr(line, "\t0x");
		if (!o->dump || !word || strlen(word) != 19 ||
		    smn_number_parse(word + 1, &o->words[o->n]))
			continue;
		o->n++;
		room--;
		o->dump = o->n % o->family->words;
	}
	free(line);
	return NULL;
}

/* Keeps the beginning of a record that the last block ended in. */
static const char *fill(struct decode_opts *o)
{
	size_t left = o->n - o->at;
	const char *why;

	if (!o->file)
		return NULL;
	memmove(o->words, o->words + o->at, left * sizeof(*o->words));
	o->n = left;
	o->at = 0;
	why = o->binary ? fill_binary(o, BLOCK - left) :
		o->log ? fill_log(o, BLOCK - left) :
		fill_text(o, BLOCK - left);
	if (!why && ferror(o->file))
		why = strerror(errno);
	if (!why && o->n && o->n < stride(o))
		why = "the file ends in the middle of a record";
	return why;
}

static enum status bad_file(struct ctl *ctl, const char *why)
{
	const struct decode_opts *o = ctl->opts;
	struct smn_why cause;

	smn_why_set(&cause, "%.150s: %s, after %zu records", o->path, why,
		    o->index);
	return ctl_no(ctl, CTL_USAGE, "decode.file", &cause,
		      &(struct smn_why){ "smmunest-ctl decode --help" });
}

static void start_over(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;

	o->at = o->index = 0;
	if (!o->file)
		return;
	o->n = 0;
	rewind(o->file);
}

/* The next record, or NULL at the end. */
static const uint64_t *next(struct ctl *ctl, const struct smn_layout **l)
{
	struct decode_opts *o = ctl->opts;
	unsigned int words = stride(o);
	const uint64_t *record;

	if (o->at + words > o->n) {
		const char *why = fill(o);

		if (why) {
			ctl->status = bad_file(ctl, why);
			return NULL;
		}
	}
	if (o->at + words > o->n)
		return NULL;
	record = o->words + o->at;
	*l = words == 2 && o->family == &smn_families[SMN_STE] ? &smn_vste :
		smn_family_layout(o->family, record, o->index);
	o->at += words;
	o->index++;
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
	n = snprintf(buf, len, "%8zu  %-14s", o->index - 1, l->name);
	smn_layout_format(l, words, buf + n, len - n);
	return true;
}

/* --- how many of each --- */

/* What no field describes, by opcode or type; no table is searched later. */
static void learn_unknown(const struct smn_family *f,
			  uint64_t unknown[256][SMN_MAX_WORDS])
{
	for (unsigned int op = 0; op < 256; op++) {
		const uint64_t first[SMN_MAX_WORDS] = { op };
		const struct smn_layout *l = smn_family_layout(f, first, 0);

		for (unsigned int i = 0; i < f->words; i++)
			unknown[op][i] = ~smn_layout_known(l, i);
	}
}

/* Counts the records of the block that are left, from @w on. */
static void count_block(struct decode_opts *o, const uint64_t *w,
			uint64_t unknown[256][SMN_MAX_WORDS])
{
	const uint64_t *end = o->words + o->n;
	unsigned int words = o->family->words;

	for (; w + words <= end; w += words) {
		uint8_t op = w[0] & SMN_CMD_OPCODE;
		uint64_t extra = 0;

		for (unsigned int i = 0; i < words; i++)
			extra |= w[i] & unknown[op][i];
		o->counts[op]++;
		o->extra[op] += extra != 0;
		o->index++;
	}
	o->at = w - o->words;
}

static void count(struct ctl *ctl)
{
	uint64_t unknown[256][SMN_MAX_WORDS];
	struct decode_opts *o = ctl->opts;
	const struct smn_layout *l;
	const uint64_t *w;

	learn_unknown(o->family, unknown);
	while ((w = next(ctl, &l))) {
		/* next() has counted the first one in */
		o->index--;
		count_block(o, w, unknown);
	}
}

static enum status summarise(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;
	struct json_object *rows = json_object_new_array();

	count(ctl);
	for (unsigned int op = 0; op < 256; op++) {
		const uint64_t first[SMN_MAX_WORDS] = { op };
		struct json_object *row;

		if (!o->counts[op])
			continue;
		row = json_object_new_object();
		doc_add_str(row, "name",
			    smn_family_layout(o->family, first, 0)->name);
		doc_add(row, "opcode", doc_hex(op, 2));
		doc_add_int(row, "count", o->counts[op]);
		doc_add_int(row, "with_unknown_bits", o->extra[op]);
		json_object_array_add(rows, row);
	}
	doc_add_int(ctl->result, "records", o->index);
	doc_add(ctl->result, "summary", rows);
	return ctl->status;
}

static enum status run(struct ctl *ctl)
{
	struct decode_opts *o = ctl->opts;
	enum status status = CTL_OK;

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

const struct cmd cmd_decode = {
	.name = "decode",
	.group = "look",
	.args = "ste|l1std|cd|l1cd|cmd|evt|idr WORD...|--file=F",
	.doc = "words to names; reserved and unknown bits are told",
	.options = options,
	.parse = parse,
	.run = run,
	.opts_size = sizeof(struct decode_opts),
};
