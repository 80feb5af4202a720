// SPDX-License-Identifier: GPL-2.0-or-later
/* script: requests of a file, in one session with named objects. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "script.h"

static const struct argp_option options[] = {
	{ "keep-going", 'k', NULL, 0,
	  "go on after a line that did not go as expected", 0 },
	{ 0 },
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
		if (o->nbdf == SCRIPT_DEVICES)
			argp_error(state, "more than %d devices",
				   SCRIPT_DEVICES);
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

static enum status bad_line(struct ctl *ctl, const struct smn_text_error *error)
{
	const struct script_opts *o = ctl->opts;
	struct smn_why cause;

	smn_why_set(&cause, "%.80s:%u:%u: %.140s", o->path, o->script.wrong,
		    error->column, error->why.text);
	return ctl_no(ctl, CTL_USAGE, "script.syntax", &cause,
		      &(struct smn_why){ "man 8 smmunest-ctl" });
}

static int not_text(struct smn_script *s, struct smn_text_error *error)
{
	s->wrong = ++s->line;
	error->column = 1;
	smn_why_set(&error->why, "a byte 0: not a text file");
	return -EINVAL;
}

/* What reading came to, as the program ends with it. */
static enum status told(struct ctl *ctl, int ret,
			const struct smn_text_error *error)
{
	return ret == -EINVAL ? bad_line(ctl, error) :
		ret ? CTL_INTERNAL : CTL_OK;
}

enum status script_read(struct ctl *ctl, const char *line, size_t len)
{
	struct script_opts *o = ctl->opts;
	struct smn_text_error error = { 0 };

	return told(ctl, strlen(line) == len ?
		    smn_script_add(&o->script, line, &error) :
		    not_text(&o->script, &error), &error);
}

static enum status read_file(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	struct smn_text_error error = { 0 };
	enum status status = CTL_OK;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while (!status && (len = getline(&line, &room, o->file)) >= 0)
		status = script_read(ctl, line, len);
	free(line);
	if (!status && ferror(o->file))
		status = CTL_INTERNAL;
	return status ? status :
		told(ctl, smn_script_end(&o->script, &error), &error);
}

/* --- devices --- */

static void take_device(struct script_opts *o, const struct smn_pci *pci)
{
	o->pci[o->ncdev] = *pci;
	o->cdevs[o->ncdev] = o->pci[o->ncdev].cdev;
	o->ncdev++;
	o->runner.ncdevs = o->ncdev;
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
		if (!strcmp(o->cdevs[i], pci->cdev))
			return 0;
	ctl_learn(ctl, pci);
	take_device(o, pci);
	return o->ncdev == o->script.devices;
}

/* Those that were named, and dev0 unless one is. */
static enum status named_devices(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	struct smn_pci pci;
	enum status status;

	while (o->ncdev < o->script.devices &&
	       (!o->ncdev || o->ncdev < o->nbdf)) {
		memcpy(ctl->bdf, o->bdf[o->ncdev], SMN_BDF_LEN);
		status = ctl_ready_device(ctl, &pci);
		if (status)
			return status;
		take_device(o, &pci);
	}
	/* the one that the document is about */
	ctl_describe(ctl, &o->pci[0]);
	return CTL_OK;
}

enum status script_devices(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	struct smn_why cause;
	enum status status;

	if (o->ncdev >= o->script.devices)
		return CTL_OK;
	status = named_devices(ctl);
	if (status)
		return status;
	if (o->ncdev < o->script.devices && o->script.devices <= SCRIPT_DEVICES)
		smn_pci_list(&ctl->sys, other_device, ctl);
	if (o->ncdev >= o->script.devices)
		return CTL_OK;
	smn_why_set(&cause, "the script opens dev%u, and %u devices are bound "
		    "to " SMN_VFIO_PCI, o->script.devices - 1, o->ncdev);
	return ctl_no(ctl, CTL_SKIPPED, "device.few", &cause,
		      &(struct smn_why){ "smmunest-ctl bind another one" });
}

/* --- all of it --- */

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

static bool next_text(struct ctl *ctl, char *buf, size_t len)
{
	struct json_object *row = next_line(ctl);

	if (!row)
		return false;
	script_text(row, buf, len);
	json_object_put(row);
	return true;
}

static int init_runner(struct ctl *ctl, unsigned int nslots)
{
	struct script_opts *o = ctl->opts;
	int ret = smn_runner_init(&o->runner, &ctl->sys, nslots,
				  SMN_SCRIPT_MEMORY);

	o->runner.cdevs = o->cdevs;
	return ret;
}

static enum status do_file(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status status = read_file(ctl);

	if (!status && init_runner(ctl, smn_names_count(o->script.names) + 1))
		status = CTL_INTERNAL;
	if (!status)
		status = script_devices(ctl);
	return status ? status : script_do(ctl);
}

static enum status run(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status status = CTL_INTERNAL;

	o->lines = json_object_new_array();
	ctl->stream = "lines";
	ctl->rewind = start_over;
	ctl->next = next_line;
	ctl->next_line = next_text;
	if (smn_script_init(&o->script))
		return CTL_INTERNAL;
	if (!isatty(fileno(o->file)))
		status = do_file(ctl);
	else if (!init_runner(ctl, SCRIPT_NAMES))
		status = script_prompt(ctl);
	script_dma_end(ctl, -1);
	smn_runner_free(&o->runner);
	smn_script_free(&o->script);
	if (o->file != stdin)
		fclose(o->file);
	return status;
}

static void finish(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;

	json_object_put(o->lines);
	free(o->rows);
}

const struct cmd cmd_script = {
	.name = "script", .group = "glue", .args = "FILE|- [BDF]...",
	.doc = "requests of a file, one a line, with named objects",
	.options = options, .parse = parse, .run = run,
	.finish = finish,
	.opts_size = sizeof(struct script_opts),
};
