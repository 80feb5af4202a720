// SPDX-License-Identifier: GPL-2.0-or-later
/* Global options, the command table, and what happens around every command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

const char *argp_program_version = "smmunest-ctl " VERSION;

static const struct cmd *const commands[] = {
#define X(name) &cmd_##name,
	COMMANDS(X)
#undef X
};

/* --- global options --- */

enum { OPT_COLOR = 0x800, OPT_TRACE, OPT_TIMEOUT, OPT_BACKEND, OPT_DRY_RUN,
       OPT_RECORD, OPT_DUMP_CLI };

static const struct argp_option global_options[] = {
	{ "json", 'j', "FILE", OPTION_ARG_OPTIONAL,
	  "JSON on stdout, or in FILE beside the text", 90 },
	{ "trace", OPT_TRACE, "FILE", OPTION_ARG_OPTIONAL,
	  "every ioctl with its arguments and time, on stderr or in FILE", 90 },
	{ "timeout", OPT_TIMEOUT, "SECS", 0,
	  "undo everything and exit 124 then", 90 },
	{ "backend", OPT_BACKEND, "NAME", 0,
	  "who answers: " BACKEND_NAMES, 90 },
	{ "record", OPT_RECORD, "FILE", 0,
	  "write down all that is asked of the machine, for replay", 90 },
	{ "dry-run", OPT_DRY_RUN, NULL, 0,
	  "on a model of this machine, so that nothing is done", 90 },
	{ "color", OPT_COLOR, "WHEN", 0, "auto, always or never", 90 },
	{ "quiet", 'q', NULL, 0, "nothing on stderr but usage errors", 90 },
	{ "verbose", 'v', NULL, 0,
	  "each ioctl with its result and time, on stderr", 90 },
	{ "dump-cli", OPT_DUMP_CLI, NULL, OPTION_HIDDEN, NULL, 90 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, NULL, -1 },
	{ 0 },
};

static void set_color(struct ctl *ctl, struct argp_state *state,
		      const char *when)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (unsigned int i = 0; i < SMN_ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], when)) {
			ctl->color = i;
			return;
		}
	argp_error(state, "--color: '%s' is none of auto, always, never", when);
}

/* "@STE<TAB>Cfg=s1": the fields of a layout, and their named values */
static void dump_layout(const struct smn_layout *l)
{
	for (unsigned int i = 0; i < l->nfields; i++) {
		const struct smn_field *f = &l->fields[i];

		printf("@%s\t%s=\n", l->name, f->name);
		for (unsigned int v = 0; v < f->nvalues; v++)
			if (f->values[v])
				printf("@%s\t%s=%s\n", l->name, f->name,
				       f->values[v]);
	}
}

/* "command<TAB>option" lines for completion; then the tables' names */
static void dump_cli(void)
{
	const struct smn_layout *l;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(commands); i++) {
		const struct argp_option *o = commands[i]->options;

		printf("%s\t\n", commands[i]->name);
		for (; o && (o->name || o->doc); o++)
			printf("%s\t--%s\n", commands[i]->name, o->name);
	}
	for (const struct argp_option *o = global_options; o->name; o++)
		printf("\t--%s\n", o->name);
	for (unsigned int i = 0; (l = smn_layout_at(i)); i++)
		if (l != &smn_vste)
			dump_layout(l);
	exit(CTL_OK);
}

static error_t parse_global(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;

	switch (key) {
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case 'j':
		ctl->json = true;
		/* -j=FILE reads as people mean it */
		ctl->json_file = arg && arg[0] == '=' ? arg + 1 : arg;
		if (ctl->json_file && !strcmp(ctl->json_file, "-"))
			ctl->json_file = NULL;
		return 0;
	case 'q':
		ctl->quiet = true;
		return 0;
	case 'v':
		ctl->verbose = true;
		return 0;
	case OPT_TRACE:
		ctl->trace = true;
		ctl->trace_file = arg;
		return 0;
	case OPT_TIMEOUT:
		ctl->timeout_s =
			ctl_number(state, "--timeout", arg, 1, 1000000);
		return 0;
	case OPT_BACKEND:
		if (!backend_known(arg))
			argp_error(state, "--backend: '%s' is not one of this "
				   "version's: " BACKEND_NAMES, arg);
		ctl->backend = arg;
		return 0;
	case OPT_RECORD:
		ctl->record = arg;
		return 0;
	case OPT_DRY_RUN:
		ctl->dry_run = true;
		return 0;
	case OPT_COLOR:
		set_color(ctl, state, arg);
		return 0;
	case OPT_DUMP_CLI:
		dump_cli();
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- the command word, and its own options --- */

static const char *command_name_at(const void *ctx, unsigned int i)
{
	(void)ctx;
	return i < SMN_ARRAY_SIZE(commands) ? commands[i]->name : NULL;
}

static const struct cmd *find_command(struct argp_state *state,
				      const char *name)
{
	const char *near;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	near = smn_nearest(name, strlen(name), command_name_at, NULL);
	argp_error(state, "'%s' is not a command%s%s%s", name,
		   near ? "; did you mean " : "", near ? near : "",
		   near ? "?" : "");
	return NULL;
}

/* Stops at the command word; what follows is parsed by the command's parser. */
static error_t parse_first(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = ctl;
		return 0;
	case ARGP_KEY_ARG:
		ctl->cmd = find_command(state, arg);
		ctl->rest = state->next;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_state_help(state, stderr, ARGP_HELP_SHORT_USAGE |
				ARGP_HELP_LONG | ARGP_HELP_DOC |
				ARGP_HELP_EXIT_ERR);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_command(int key, char *arg, struct argp_state *state)
{
	struct ctl *ctl = state->input;

	if (key == ARGP_KEY_INIT)
		state->child_inputs[0] = ctl;
	return ctl->cmd->parse(key, arg, state);
}

static const struct argp global_argp = { global_options, parse_global,
					 NULL, NULL, NULL, NULL, NULL };
static const struct argp_child global_child[] = { { &global_argp, 0,
						    "Global options:", 90 },
						  { 0 } };

/* The commands by group, in the place that argp leaves after the options. */
static char *list_commands(int key, const char *text, void *input)
{
	char *out = NULL;
	size_t len;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&out, &len);
	if (!f)
		return NULL;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(commands); i++) {
		const struct cmd *c = commands[i];
		bool same = i && !strcmp(commands[i - 1]->group, c->group);

		fprintf(f, "%-7s%-8s%s\n", same ? "" : c->group, c->name,
			c->doc);
	}
	fprintf(f, "\n%s", text);
	fclose(f);
	return out;
}

static const char first_doc[] =
	"Nested SMMUv3 translation through iommufd, one call at a time.\v"
	"Examples:\n"
	"  smmunest-ctl info\n"
	"  smmunest-ctl alloc 01:00.0 --attach Cfg=s1 S1ContextPtr=0x40001000\n"
	"  smmunest-ctl inval 01:00.0 tlbi-nh-asid:ASID=5 cfgi-cd-all:SID=256";

static int parse_arguments(struct ctl *ctl, int argc, char **argv)
{
	const struct argp first = { NULL, parse_first, "COMMAND [ARGS]",
				    first_doc, global_child, list_commands,
				    NULL };
	struct argp second = { NULL, parse_command, NULL, NULL, global_child,
			       NULL, NULL };
	char name[64];

	argv[0] = "smmunest-ctl";
	argp_parse(&first, argc, argv, ARGP_IN_ORDER, NULL, ctl);
	ctl->opts = calloc(1, ctl->cmd->opts_size + 1);
	if (!ctl->opts)
		return -ENOMEM;

	second.options = ctl->cmd->options;
	second.args_doc = ctl->cmd->args;
	second.doc = ctl->cmd->doc;
	/* so that usage and errors name the command, too */
	snprintf(name, sizeof(name), "smmunest-ctl %s", ctl->cmd->name);
	argv[ctl->rest - 1] = name;
	argp_parse(&second, argc - ctl->rest + 1, argv + ctl->rest - 1,
		   ARGP_IN_ORDER, NULL, ctl);
	return 0;
}

/* --- around every command --- */

static void on_call(void *ctx, const struct smn_call *call)
{
	struct ctl *ctl = ctx;

	if (ctl->trace_to == stderr || ctl->verbose)
		backend_tell_stderr(ctl);
	if (ctl->trace_to)
		trace_call(ctl->trace_to, call);
	if (ctl->verbose)
		trace_result(stderr, call);
	if (ctl->observe)
		ctl->observe(ctl, call);
}

/*
 * Descriptors 0 to 2 that are closed would be the next ones opened, and what is
 * printed would land in the trace or in a device. Reading /dev/null holds their
 * places, and writing there fails as it should.
 */
static void hold_places(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Before anything is done, so that nothing is done in vain. */
static FILE *open_output(struct ctl *ctl, const char *option,
			 const char *path, FILE *otherwise)
{
	FILE *f = path ? fopen(path, "we") : otherwise;

	if (!f)
		ctl_say(ctl, "%s: %s: %s", option, path, strerror(errno));
	return f;
}

static bool open_outputs(struct ctl *ctl)
{
	if (ctl->trace)
		ctl->trace_to = open_output(ctl, "--trace", ctl->trace_file,
					    stderr);
	if (ctl->json)
		ctl->json_to =
			open_output(ctl, "--json", ctl->json_file, stdout);
	return (!ctl->trace || ctl->trace_to) && (!ctl->json || ctl->json_to);
}

/* A reader that went away is nobody's mistake: the status says it, no words */
static int close_output(struct ctl *ctl, const char *option,
			const char *path, FILE *f)
{
	bool bad;

	if (!f || f == stderr)
		return CTL_OK;
	bad = ferror(f);
	if (f == stdout ? fflush(f) : fclose(f))
		bad = true;
	if (bad && errno == EPIPE)
		return CTL_SIGNAL + SIGPIPE;
	if (bad)
		ctl_say(ctl, "%s%s%s: %s", option, path ? ": " : "",
			path ? path : "", strerror(errno));
	return bad ? CTL_INTERNAL : CTL_OK;
}

/* A failed undo outranks success: something was left on the machine. */
static enum status close_session(struct ctl *ctl, enum status status)
{
	int ret = ctl->in_session ? smn_session_close(&ctl->session) : 0;

	ctl->in_session = false;
	if (!ret)
		return status;
	ctl_say(ctl, "undoing failed: %s", smn_errno_name(ret));
	return status ? status : ctl_refused(ctl, ret);
}

int ctl_exit(enum status status)
{
	int sig = stop_signal();

	if (!sig)
		return status;
	return sig == SIGALRM ? CTL_TIMEOUT : CTL_SIGNAL + sig;
}

/* Text, JSON and the error; how the writing went. */
static int render(struct ctl *ctl, int status)
{
	int written = CTL_OK;

	if (ctl->json) {
		if (!ctl->streamed)
			out_json(ctl, ctl->json_to, status);
		written = close_output(ctl, "--json", ctl->json_file,
				       ctl->json_to);
	}
	if (!ctl->json || ctl->json_file) {
		int text;

		if (!ctl->streamed)
			out_text(ctl, stdout);
		text = close_output(ctl, "stdout", NULL, stdout);
		written = written ? written : text;
	}
	if (ctl->error && !ctl->quiet)
		error_print(ctl);
	return written;
}

/* When all is done and is to stay, a signal comes too late. */
static int how_it_ended(const struct ctl *ctl, enum status status)
{
	return ctl->completed ? (int)status : ctl_exit(status);
}

static int run(struct ctl *ctl)
{
	enum status status;
	int exit, written;

	stop_init(ctl->timeout_s);
	self_learn(&ctl->self);
	ctl->usual_device = getenv("SMMUNEST_DEVICE");
	status = backend_open(ctl);
	if (!status)
		status = record_begin(ctl);
	if (!status)
		status = kick_begin(ctl);
	if (!status)
		status = ctl->cmd->run(ctl);
	if (!ctl->hold || status)
		status = close_session(ctl, status);
	status = replay_end(ctl, status);
	kick_end(ctl);
	exit = how_it_ended(ctl, status);
	written = render(ctl, exit);
	/* rows that are made while they are written can still go wrong */
	exit = exit ? exit : how_it_ended(ctl, ctl->status);

	if (ctl->in_session) {
		ctl_say(ctl, "holding; Ctrl-C releases");
		stop_wait(ctl->hold_s);
		exit = ctl_exit(close_session(ctl, status));
	}
	exit = exit ? exit : written;
	written = record_end(ctl);
	return exit ? exit : written;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .sys = { .be = &smn_backend_kernel,
				    .trace = on_call, .trace_ctx = &ctl } };
	int exit = CTL_USAGE, written;

	smn_world_init(&ctl.world);
	ctl.sys.world = &ctl.world;
	hold_places();
	if (parse_arguments(&ctl, argc, argv))
		return CTL_INTERNAL;
	ctl.result = json_object_new_object();
	if (open_outputs(&ctl))
		exit = run(&ctl);
	written = close_output(&ctl, "--trace", ctl.trace_file, ctl.trace_to);
	exit = exit ? exit : written;

	json_object_put(ctl.result);
	json_object_put(ctl.device);
	json_object_put(ctl.error);
	if (ctl.cmd->finish)
		ctl.cmd->finish(&ctl);
	free(ctl.opts);
	if (ctl.log.sys)
		smn_kmsg_close(&ctl.log);
	backend_close(&ctl);
	smn_world_free(&ctl.world);
	return exit;
}
