// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The document as JSON: the envelope that every command shares. And such
 * documents read again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

#define MAX_BYTES (16 << 20)

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
	if (ctl->on_model)
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

/* --- reading --- */

/* The whole file; NULL and @why, or an errno. */
static char *read_all(const char *path, size_t *len, struct smn_why *why)
{
	FILE *f = ctl_open(path);
	char *text = f ? malloc(MAX_BYTES + 1) : NULL;

	if (!f || !text) {
		smn_why_set(why, "%s", strerror(errno));
		if (f)
			fclose(f);
		return NULL;
	}
	*len = fread(text, 1, MAX_BYTES + 1, f);
	if (ferror(f) || *len > MAX_BYTES) {
		smn_why_set(why, "%s", ferror(f) ? strerror(errno) :
			    "it has more than 16 MiB");
		free(text);
		text = NULL;
	}
	if (text)
		text[*len] = '\0';
	if (f != stdin)
		fclose(f);
	return text;
}

static const char *complaint(struct json_tokener *t)
{
	switch (json_tokener_get_error(t)) {
	case json_tokener_success:
		return "null";
	case json_tokener_continue:
		return "it ends in the middle,";
	default:
		return json_tokener_error_desc(json_tokener_get_error(t));
	}
}

/* The document at *at, which moves behind it. */
static struct json_object *parse(const char *text, size_t len, size_t *at,
				 struct smn_why *why)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *root = t ?
		json_tokener_parse_ex(t, text + *at, len - *at) : NULL;

	if (t)
		*at += json_tokener_get_parse_end(t);
	if (t && !root)
		smn_why_set(why, "not JSON: %s at byte %zu", complaint(t),
			    *at);
	if (t)
		json_tokener_free(t);
	return root;
}

static struct json_object *parse_all(const char *text, size_t len,
				     struct smn_why *why)
{
	struct json_object *all = json_object_new_array();
	size_t at = 0;

	smn_why_set(why, "it is empty");
	for (;;) {
		struct json_object *one;

		at += strspn(text + at, " \t\r\n");
		if (at >= len)
			break;
		one = parse(text, len, &at, why);
		if (!one) {
			json_object_put(all);
			return NULL;
		}
		json_object_array_add(all, one);
	}
	if (json_object_array_length(all))
		return all;
	json_object_put(all);
	return NULL;
}

struct json_object *json_from_file(const char *path, struct smn_why *why)
{
	struct json_object *root;
	size_t len = 0, at = 0;
	char *text;

	smn_why_set(why, "out of memory");
	text = read_all(path, &len, why);
	root = text ? parse(text, len, &at, why) : NULL;
	free(text);
	return root;
}

struct json_object *json_all_from_file(const char *path, struct smn_why *why)
{
	struct json_object *all;
	size_t len = 0;
	char *text;

	smn_why_set(why, "out of memory");
	text = read_all(path, &len, why);
	all = text ? parse_all(text, len, why) : NULL;
	free(text);
	return all;
}
