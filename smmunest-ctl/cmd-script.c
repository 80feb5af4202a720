// SPDX-License-Identifier: GPL-2.0-or-later
/* script: requests of a file, in one session with named objects. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "nest/script.h"

enum { MAX_DEVICES = 8, MEMORY = 4 << 20 };

static const struct argp_option options[] = {
	{ "keep-going", 'k', NULL, 0,
	  "go on after a line that did not go as expected", 0 },
	{ 0 },
};

struct script_opts {
	const char *path;
	FILE *file;
	bool keep_going;
	char bdf[MAX_DEVICES][SMN_BDF_LEN];
	unsigned int nbdf;		/* named ones */
	unsigned int ncdev;		/* and all that are there */
	char cdev[MAX_DEVICES][32];
	const char *cdevs[MAX_DEVICES];
	struct smn_script script;
	struct smn_runner runner;
	struct json_object *lines;
	size_t shown;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;
	struct script_opts *o = ctl->opts;

	switch (key) {
	case 'k':
		o->keep_going = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->path) {
			o->path = arg;
			o->file = ctl_open_file(state, arg);
			return 0;
		}
		if (o->nbdf == MAX_DEVICES)
			argp_error(state, "more than %d devices", MAX_DEVICES);
		if (smn_bdf_parse(arg, o->bdf[o->nbdf]))
			argp_error(state, "'%s' is not a PCI address", arg);
		o->nbdf++;
		return 0;
	case ARGP_KEY_END:
		if (!o->path)
			argp_error(state, "which FILE? - is stdin");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- reading --- */

static enum status bad_line(struct ctl *ctl, unsigned int line,
			    const struct smn_text_error *error)
{
	const struct script_opts *o = ctl->opts;
	struct smn_why cause;

	smn_why_set(&cause, "%.80s:%u:%u: %.140s", o->path, line, error->column,
		    error->why.text);
	return ctl_no(ctl, CTL_USAGE, "script.syntax", &cause,
		      &(struct smn_why){ "man 8 smmunest-ctl" });
}

static int not_text(struct smn_script *s, struct smn_text_error *error)
{
	s->line++;
	error->column = 1;
	smn_why_set(&error->why, "a byte 0: not a text file");
	return -EINVAL;
}

static enum status read_script(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status status = CTL_OK;
	struct smn_text_error error = { 0 };
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int ret = smn_script_init(&o->script);

	while (!ret && (len = getline(&line, &room, o->file)) >= 0) {
		if (strlen(line) == (size_t)len)
			ret = smn_script_add(&o->script, line, &error);
		else
			ret = not_text(&o->script, &error);
	}
	if (!ret)
		ret = smn_script_end(&o->script, &error);
	if (ret == -EINVAL)
		status = bad_line(ctl, o->script.line, &error);
	else if (ret || ferror(o->file))
		status = CTL_INTERNAL;
	free(line);
	if (o->file != stdin)
		fclose(o->file);
	return status;
}

/* --- devices --- */

static void take_device(struct script_opts *o, const struct smn_pci *pci)
{
	snprintf(o->cdev[o->ncdev], sizeof(o->cdev[0]), "%s", pci->cdev);
	o->cdevs[o->ncdev] = o->cdev[o->ncdev];
	o->ncdev++;
}

/* Any other that is ready: names are only needed where it matters which. */
static int other_device(void *ctx, const struct smn_pci *pci)
{
	struct ctl *ctl = ctx;
	struct script_opts *o = ctl->opts;

	if (!smn_pci_has_smmu(pci) || strcmp(pci->driver, SMN_VFIO_PCI) ||
	    !pci->cdev[0])
		return 0;
	for (unsigned int i = 0; i < o->ncdev; i++)
		if (!strcmp(o->cdev[i], pci->cdev))
			return 0;
	ctl_learn(ctl, pci);
	take_device(o, pci);
	return o->ncdev == o->script.devices;
}

static enum status find_devices(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	struct smn_why cause;
	struct smn_pci pci, first;
	enum status status;

	for (unsigned int i = 0; i < o->script.devices; i++) {
		if (i && i >= o->nbdf)
			break;
		memcpy(ctl->bdf, o->bdf[i], SMN_BDF_LEN);
		status = ctl_ready_device(ctl, &pci);
		if (status)
			return status;
		take_device(o, &pci);
		first = i ? first : pci;
	}
	/* the one that the document is about */
	if (o->ncdev)
		ctl_describe(ctl, &first);
	if (o->ncdev < o->script.devices)
		smn_pci_list(&ctl->sys, other_device, ctl);
	if (o->ncdev == o->script.devices)
		return CTL_OK;
	smn_why_set(&cause, "the script opens dev%u, and %u devices are bound "
		    "to " SMN_VFIO_PCI, o->script.devices - 1, o->ncdev);
	return ctl_no(ctl, CTL_SKIPPED, "device.few", &cause,
		      &(struct smn_why){ "smmunest-ctl bind another one" });
}

/* --- one line --- */

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

static enum status unexpected(struct ctl *ctl, const struct smn_script_line *l,
			      int err, const char *row,
			      const struct smn_why *why)
{
	const struct script_opts *o = ctl->opts;
	struct smn_why cause, remedy = { "smmunest-ctl script --trace" };
	char word[SMN_OP_WORD];

	if (!l->expects) {
		ctl_say(ctl, "%s:%u: %s", o->path, l->line, l->text);
		return ctl_refused(ctl, err);
	}
	if (why->text[0] && err == l->expected)
		smn_why_set(&cause, "%.80s:%u: %.120s", o->path, l->line,
			    why->text);
	else
		smn_why_set(&cause,
		    "%.80s:%u: expected %s%s%s, and it was %s%s%s",
		    o->path, l->line, l->expected ?
		    smn_errno_name(l->expected) : "ok", l->row ? " " : "",
		    l->row ? l->row : "", err < 0 ? smn_errno_name(err) : "ok",
		    err < 0 ? " " : "", err < 0 ? row : "");
	if (err < 0)
		smn_why_set(&remedy, "smmunest-ctl explain %s %s",
			    smn_op_word(l->req.op, word), smn_errno_name(err));
	return ctl_no(ctl, CTL_FAILED, "script.expect", &cause, &remedy);
}

static void add_line(struct script_opts *o, const struct smn_script_line *l,
		     const struct smn_reply *reply, const char *row, bool ok)
{
	struct json_object *j = json_object_new_object();

	doc_add_int(j, "line", l->line);
	doc_add_str(j, "text", l->text);
	doc_add_int(j, "errno", reply->err < 0 ? -reply->err : 0);
	doc_add(j, "row", row ? json_object_new_string(row) : NULL);
	doc_add_int(j, "ns", reply->ns);
	doc_add(j, "ok", json_object_new_boolean(ok));
	if (reply->err > 0)
		doc_add_int(j, "bytes", reply->err);
	if (reply->err >= 0 && l->req.result &&
	    o->runner.slots[l->req.result].id)
		doc_add_int(j, "id", o->runner.slots[l->req.result].id);
	json_object_array_add(o->lines, j);
}

static enum status do_line(struct ctl *ctl, const struct smn_script_line *l)
{
	struct script_opts *o = ctl->opts;
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct smn_reply reply;
	struct smn_why why = { "" };
	const char *row = NULL;
	uint32_t left = l->within;
	bool ok;

	if (l->sleep_ns) {
		struct timespec t = { l->sleep_ns / 1000000000,
				      l->sleep_ns % 1000000000 };

		nanosleep(&t, NULL);
		return CTL_OK;
	}
	while (smn_runner_call(&o->runner, &l->req, &reply) >= 0 && --left &&
	       !stop_signal())
		;
	if (reply.err < 0)
		row = row_of(ctl, &reply, found);
	ok = smn_script_met(l, &o->runner, &reply, &why) &&
		(!l->row || !strcmp(l->row, row));
	add_line(o, l, &reply, row, ok);
	return ok ? CTL_OK : unexpected(ctl, l, reply.err, row, &why);
}

/* --- all of them --- */

static enum status do_lines(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status first = CTL_OK;

	if (smn_runner_init(&o->runner, &ctl->sys,
			    smn_names_count(o->script.names) + 1, MEMORY))
		return CTL_INTERNAL;
	o->runner.cdevs = o->cdevs;
	o->runner.ncdevs = o->ncdev;
	for (unsigned int i = 0; i < o->script.n && !stop_signal(); i++) {
		struct json_object *error = ctl->error;
		enum status status;

		/* the first one is told, and all are in the list */
		ctl->error = NULL;
		status = do_line(ctl, &o->script.lines[i]);
		if (first && ctl->error)
			json_object_put(ctl->error);
		ctl->error = first ? error : ctl->error;
		first = first ? first : status;
		if (first && !o->keep_going)
			break;
	}
	smn_runner_free(&o->runner);
	return first;
}

/* --- what it shows --- */

static void start_over(struct ctl *ctl)
{
	((struct script_opts *)ctl->opts)->shown = 0;
}

static struct json_object *next_line(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;

	return json_object_get(json_object_array_get_idx(o->lines,
							 o->shown++));
}

static const char *member(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return v ? json_object_get_string(v) : NULL;
}

static bool next_text(struct ctl *ctl, char *buf, size_t len)
{
	struct json_object *o = next_line(ctl);
	const char *row;
	char took[32];
	int err;

	if (!o)
		return false;
	err = atoi(member(o, "errno"));
	row = member(o, "row");
	format_time(took, sizeof(took), atoll(member(o, "ns")));
	snprintf(buf, len, "%4s  %-10s %9s  %s%s%s%s%s", member(o, "line"),
		 err ? smn_errno_name(err) : "ok", took, member(o, "text"),
		 row ? "  [" : "", row ? row : "", row ? "]" : "",
		 json_object_get_boolean(json_object_object_get(o, "ok")) ?
		 "" : "  unexpected");
	json_object_put(o);
	return true;
}

static enum status run(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status status = read_script(ctl);

	o->lines = json_object_new_array();
	ctl->stream = "lines";
	ctl->rewind = start_over;
	ctl->next = next_line;
	ctl->next_line = next_text;
	if (!status)
		status = find_devices(ctl);
	if (!status)
		status = do_lines(ctl);
	smn_script_free(&o->script);
	return status;
}

static void finish(struct ctl *ctl)
{
	json_object_put(((struct script_opts *)ctl->opts)->lines);
}

const struct cmd cmd_script = {
	.name = "script", .group = "glue", .args = "FILE|- [BDF]...",
	.doc = "requests of a file, one a line, with named objects",
	.options = options, .parse = parse, .run = run,
	.finish = finish,
	.opts_size = sizeof(struct script_opts),
};
