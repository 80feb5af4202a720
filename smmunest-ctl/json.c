// SPDX-License-Identifier: GPL-2.0-or-later
/* The document as JSON: the envelope that every command shares. */
#include <unistd.h>

#include "ctl.h"

static void print_pair(FILE *to, const char *before, const char *key,
		       struct json_object *v, int flags)
{
	fprintf(to, "%s\"%s\":%s", before, key,
		json_object_to_json_string_ext(v, flags));
	json_object_put(v);
}

/* The result with an array whose rows are made as they are written. */
static void stream_json(struct ctl *ctl, FILE *to, int flags)
{
	const char *comma = "";
	struct json_object *row;

	ctl->rewind(ctl);
	fprintf(to, ",\"result\":{\"%s\":[", ctl->stream);
	while ((row = ctl->next(ctl))) {
		fprintf(to, "%s%s", comma,
			json_object_to_json_string_ext(row, flags));
		json_object_put(row);
		comma = ",";
	}
	fprintf(to, "]");
	json_object_object_foreach(ctl->result, key, v)
		print_pair(to, ",", key, json_object_get(v), flags);
	fprintf(to, "}");
}

void out_json(struct ctl *ctl, FILE *to, int status)
{
	struct json_object *kernel = json_object_new_object();
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	char release[64];

	if (!smn_host_release(&ctl->sys, release, sizeof(release)))
		doc_add_str(kernel, "release", release);
	if (isatty(fileno(to)))
		flags |= JSON_C_TO_STRING_PRETTY;
	fprintf(to, "{\"schema\":1,\"tool\":\"smmunest-ctl\","
		"\"version\":\"%s\",\"command\":\"%s\",\"backend\":\"%s\"",
		VERSION, ctl->cmd->name, ctl->sys.be->name);
	if (ctl->model)
		print_pair(to, ",", "model",
			   json_object_new_string(ctl->model_name), flags);
	print_pair(to, ",", "kernel", kernel, flags);
	print_pair(to, ",", "device", json_object_get(ctl->device), flags);
	if (ctl->stream)
		stream_json(ctl, to, flags);
	else
		print_pair(to, ",", "result", json_object_get(ctl->result),
			   flags);
	print_pair(to, ",", "error", json_object_get(ctl->error), flags);
	fprintf(to, ",\"exit\":%d}\n", ctl->status ? (int)ctl->status : status);
}
