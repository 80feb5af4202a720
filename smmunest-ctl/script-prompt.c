// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A script that is typed: each line is done as soon as it is there, a repeat
 * when it is closed. rlwrap gives it a history.
 */
#include <stdlib.h>

#include "script.h"

/* What the last lines came to, where the document does not have it. */
static void show_new(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	size_t n = json_object_array_length(o->lines);
	char text[1024];

	for (; !ctl->json && o->shown < n; o->shown++) {
		script_text(json_object_array_get_idx(o->lines, o->shown),
			    text, sizeof(text));
		puts(text);
	}
	fflush(stdout);
	if (!ctl->error)
		return;
	error_print(ctl);
	ctl_forgive(ctl);
}

static enum status do_typed(struct ctl *ctl, const char *line, size_t len)
{
	struct script_opts *o = ctl->opts;
	enum status status = script_read(ctl, line, len);

	if (!status && smn_names_count(o->script.names) >= o->runner.nslots)
		return CTL_INTERNAL;
	if (!status && !o->script.depth)
		status = script_devices(ctl);
	if (!status && !o->script.depth)
		status = script_do(ctl);
	show_new(ctl);
	return status;
}

enum status script_prompt(struct ctl *ctl)
{
	struct script_opts *o = ctl->opts;
	enum status first = CTL_OK, status = CTL_OK;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	o->keep_going = true;
	ctl->streamed = !ctl->json;
	backend_tell(ctl, stderr);
	while (status != CTL_INTERNAL) {
		fputs(o->script.depth ? "| " : "> ", stderr);
		len = getline(&line, &room, o->file);
		if (len < 0 || stop_signal())
			break;
		status = do_typed(ctl, line, len);
		first = first ? first : status;
	}
	fputc('\n', stderr);
	free(line);
	return first;
}
