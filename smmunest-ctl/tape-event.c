// SPDX-License-Identifier: GPL-2.0-or-later
/* A call of the funnel as a line of JSON, and back. See tape.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tape.h"

enum { MOST_ERRNO = 4095, MOST_FILES = 1 << 20, MOST_BYTES = 1 << 28 };

/* Keys of what came of a call; all others are what it was made with. */
static const char *const results[] = {
	"stream", "ret", "out", "out_hex", "names", "got", "answer", "at",
	"ns", "more", "row", "why", "memory", "signal",
};

static bool is_result(const char *key)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(results); i++)
		if (!strcmp(results[i], key))
			return true;
	return false;
}

/* --- bytes --- */

static bool is_text(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] > '~' || (p[i] < ' ' && p[i] != '\n' && p[i] != '\t'))
			return false;
	return true;
}

static struct json_object *hex_of(const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	char *text = malloc(2 * n + 1);
	struct json_object *o;

	for (size_t i = 0; text && i < n; i++) {
		text[2 * i] = digits[p[i] >> 4];
		text[2 * i + 1] = digits[p[i] & 15];
	}
	o = text ? json_object_new_string_len(text, 2 * n) : NULL;
	free(text);
	return o;
}

/* KEY as text, or KEY_hex. */
static void add_bytes(struct json_object *o, const char *key, const void *p,
		      size_t n)
{
	char name[16];

	if (is_text(p, n)) {
		doc_add(o, key, json_object_new_string_len(p, n));
		return;
	}
	snprintf(name, sizeof(name), "%s_hex", key);
	doc_add(o, name, hex_of(p, n));
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How many bytes; -1: no such number of them, or more than @room. */
static ssize_t bytes_of_hex(struct json_object *v, void *to, size_t room)
{
	size_t len = json_object_get_string_len(v);
	const char *text = json_object_get_string(v);
	unsigned char *p = to;

	if (!json_object_is_type(v, json_type_string) || len % 2 ||
	    len / 2 > room)
		return -1;
	for (size_t i = 0; i < len; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		p[i / 2] = high << 4 | low;
	}
	return len / 2;
}

static ssize_t bytes_of(struct json_object *line, const char *key, void *to,
			size_t room)
{
	struct json_object *v = doc_get(line, key);
	char name[16];
	size_t len;

	snprintf(name, sizeof(name), "%s_hex", key);
	if (doc_get(line, name))
		return bytes_of_hex(doc_get(line, name), to, room);
	if (!json_object_is_type(v, json_type_string))
		return v ? -1 : 0;
	len = json_object_get_string_len(v);
	if (len > room)
		return -1;
	memcpy(to, json_object_get_string(v), len);
	return len;
}

/* --- an ioctl's argument --- */

/* An address by where it is in memory; any other is this process's alone. */
static struct json_object *address_of(const struct smn_tape *t, uint64_t v)
{
	unsigned int map;
	uint64_t at;
	char text[48];

	if (v < SMN_NOWHERE || v >= SMN_HIGH)
		return doc_hex(v, 1);
	if (!smn_tape_place(t, v, &map, &at))
		return json_object_new_string("elsewhere");
	snprintf(text, sizeof(text), "map%u+0x%" PRIx64, map, at);
	return json_object_new_string(text);
}

static struct json_object *members(const struct smn_tape *t,
				   const struct smn_tape_event *e)
{
	const struct smn_op *op = smn_op(e->op);
	struct json_object *o = json_object_new_object();

	doc_add_int(o, "size", smn_arg_size(e->in.p));
	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];
		uint64_t v = smn_arg_get(a, e->in.p);

		if (a->in && (v || !a->rare))
			doc_add(o, a->name, a->address ? address_of(t, v) :
				doc_hex(v, 1));
	}
	return o;
}

/* --- what it was made with --- */

struct json_object *event_asked(const struct smn_tape *t,
				const struct smn_tape_event *e)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "call", smn_tape_call_name(e->call));
	if (e->call == SMN_TAPE_ioctl)
		doc_add_str(o, "op", smn_op(e->op)->name);
	for (unsigned int i = 0; smn_tape_number_name(e->call, i); i++)
		doc_add_int(o, smn_tape_number_name(e->call, i), e->n[i]);
	if (e->path)
		doc_add_str(o, "path", e->path);
	if (e->text)
		doc_add_str(o, "text", e->text);
	if (e->call == SMN_TAPE_ioctl)
		doc_add(o, "arg", members(t, e));
	else if (e->in.n)
		add_bytes(o, "in", e->in.p, e->in.n);
	if (e->behind.n)
		doc_add(o, "behind", hex_of(e->behind.p, e->behind.n));
	return o;
}

bool event_is(struct json_object *line, struct json_object *asked)
{
	json_object_object_foreach(asked, key, v)
		if (!json_object_equal(v, doc_get(line, key)))
			return false;
	json_object_object_foreach(line, name, unused) {
		(void)unused;
		if (!is_result(name) &&
		    !json_object_object_get_ex(asked, name, NULL))
			return false;
	}
	return true;
}

struct json_object *event_question(struct json_object *line)
{
	struct json_object *o = json_object_new_object();

	json_object_object_foreach(line, key, v)
		if (!is_result(key))
			doc_add(o, key, json_object_get(v));
	return o;
}

/* --- what came of it --- */

static void add_argument(struct json_object *o, const struct smn_tape_event *e)
{
	const struct smn_op *op = smn_op(e->op);
	struct json_object *got = json_object_new_object();

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];
		uint64_t v = smn_arg_get(a, e->out);

		if (v != smn_arg_get(a, e->in.p))
			doc_add(got, a->name, doc_hex(v, 1));
	}
	doc_add(o, "got", got);
	doc_add_int(o, "at", e->span.start);
	doc_add_int(o, "ns", e->span.ns);
	if (e->nanswer)
		doc_add(o, "answer", hex_of(e->answer, e->nanswer));
}

static void add_names(struct json_object *o, const struct smn_tape_event *e)
{
	struct json_object *names = json_object_new_array();
	const char *p = e->out;

	for (size_t at = 0; at < e->nout; at += strlen(p + at) + 1)
		json_object_array_add(names, json_object_new_string(p + at));
	doc_add(o, "names", names);
}

void event_add(struct json_object *o, const struct smn_tape_event *e)
{
	doc_add_int(o, "ret", e->ret);
	if (e->call == SMN_TAPE_ioctl)
		add_argument(o, e);
	else if (e->call == SMN_TAPE_list)
		add_names(o, e);
	else if (e->nout)
		add_bytes(o, "out", e->out, e->nout);
	if (e->more)
		doc_add_int(o, "more", e->more);
	if (e->row) {
		doc_add_str(o, "row", e->row->id);
		doc_add_str(o, "why", e->why->text);
	}
}

void event_add_changes(struct json_object *o, const struct smn_tape_change *c,
		       unsigned int n)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < n; i++) {
		struct json_object *one = json_object_new_array();

		json_object_array_add(one, json_object_new_int64(c[i].map));
		json_object_array_add(one, json_object_new_int64(c[i].at));
		json_object_array_add(one, hex_of(c[i].p, c[i].n));
		json_object_array_add(list, one);
	}
	doc_add(o, "memory", list);
}

/* --- taking it from a line --- */

static bool wrong(struct smn_why *why, const char *what)
{
	smn_why_set(why, "%s is not as a recording has it", what);
	return false;
}

static bool is_number(struct json_object *v)
{
	return json_object_is_type(v, json_type_int);
}

static bool take_argument(struct json_object *line, struct smn_tape_event *e,
			  struct smn_why *why)
{
	struct json_object *got = doc_get(line, "got");
	struct json_object *answer = doc_get(line, "answer");
	size_t room = answer ? json_object_get_string_len(answer) / 2 : 0;

	if (!json_object_is_type(got, json_type_object))
		return wrong(why, "\"got\"");
	json_object_object_foreach(got, key, v) {
		const struct smn_arg *a = smn_op_arg(smn_op(e->op), key);
		uint64_t value;

		if (!a || smn_number_parse(json_object_get_string(v), &value))
			return wrong(why, "a member of \"got\"");
		smn_arg_put(a, e->out, value);
	}
	e->span.start = doc_int(line, "at");
	e->span.ns = doc_int(line, "ns");
	if (!answer)
		return true;
	e->answer = malloc(room + 1);
	if (!e->answer || bytes_of_hex(answer, e->answer, room) < 0)
		return wrong(why, "\"answer\"");
	e->nanswer = room;
	return true;
}

static bool take_names(struct json_object *line, struct smn_tape_event *e,
		       struct smn_why *why)
{
	struct json_object *names = doc_get(line, "names");
	size_t n = 0, at = 0;

	if (!json_object_is_type(names, json_type_array))
		return wrong(why, "\"names\"");
	for (size_t i = 0; i < json_object_array_length(names); i++)
		n += strlen(json_object_get_string(
			json_object_array_get_idx(names, i)) ?: "") + 1;
	e->out = malloc(n + 1);
	if (!e->out)
		return wrong(why, "its length");
	for (size_t i = 0; i < json_object_array_length(names); i++)
		at += sprintf((char *)e->out + at, "%s", json_object_get_string(
			json_object_array_get_idx(names, i)) ?: "") + 1;
	e->nout = n;
	return true;
}

/* A refusal's row is one of the program's own. */
static bool take_row(struct json_object *line, struct smn_tape_event *e,
		     struct smn_why *why)
{
	const char *id = json_object_get_string(doc_get(line, "row"));
	const struct smn_row *row;

	for (enum smn_op_id op = 0; id && op < SMN_NOPS; op++)
		for (unsigned int i = 0; (row = smn_row_at(op, i)); i++)
			if (!strcmp(row->id, id))
				e->row = row;
	if (id && !e->row)
		return wrong(why, "\"row\"");
	if (id && e->why)
		smn_why_set(e->why, "%s", json_object_get_string(
			doc_get(line, "why")) ?: "");
	return true;
}

static bool take_changes(struct json_object *line, struct smn_tape *t,
			 struct smn_why *why)
{
	struct json_object *list = doc_get(line, "memory");
	size_t n = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct json_object *hex = json_object_array_get_idx(one, 2);
		struct smn_tape_change c = {
			.map = json_object_get_int64(
				json_object_array_get_idx(one, 0)),
			.at = json_object_get_int64(
				json_object_array_get_idx(one, 1)),
			.n = json_object_get_string_len(hex) / 2,
		};
		void *bytes = malloc(c.n + 1);
		bool ok = bytes && bytes_of_hex(hex, bytes, c.n) >= 0;

		c.p = bytes;
		ok = ok && smn_tape_poke(t, &c);
		free(bytes);
		if (!ok)
			return wrong(why, "memory that changed");
	}
	return true;
}

/* Bytes go where there is room for them, and as many as the value says. */
static bool take_bytes(struct json_object *line, struct smn_tape_event *e,
		       struct smn_why *why)
{
	ssize_t n = e->room ? bytes_of(line, "out", e->out, e->room) : 0;
	int64_t most = e->call == SMN_TAPE_poll ? e->n[0] : n;

	if (n < 0 || (e->room && e->ret > most))
		return wrong(why, "\"out\"");
	e->nout = n;
	return true;
}

bool event_take(struct json_object *line, struct smn_tape *t,
		struct smn_tape_event *e, struct smn_why *why)
{
	bool ok;

	e->ret = doc_int(line, "ret");
	e->more = doc_int(line, "more");
	ok = e->call == SMN_TAPE_ioctl ? take_argument(line, e, why) :
	     e->call == SMN_TAPE_list ? take_names(line, e, why) :
	     e->call == SMN_TAPE_refusal ? take_row(line, e, why) :
	     take_bytes(line, e, why);
	return ok && take_changes(line, t, why);
}

static bool check_changes(struct json_object *line)
{
	struct json_object *list = doc_get(line, "memory");

	if (!list)
		return true;
	if (!json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (!json_object_is_type(one, json_type_array) ||
		    json_object_array_length(one) != 3 ||
		    !is_number(json_object_array_get_idx(one, 0)) ||
		    !is_number(json_object_array_get_idx(one, 1)) ||
		    !json_object_is_type(json_object_array_get_idx(one, 2),
					 json_type_string))
			return false;
	}
	return true;
}

/* An errno, a number of a file, or of bytes; of the clock any. */
static bool check_value(enum smn_tape_call call, struct json_object *v)
{
	int64_t most = MOST_BYTES, ret = json_object_get_int64(v);

	if (!is_number(v) || call == SMN_TAPE_now)
		return is_number(v);
	if (call == SMN_TAPE_open || call == SMN_TAPE_eventfd ||
	    call == SMN_TAPE_netlink || call == SMN_TAPE_begin_write ||
	    call == SMN_TAPE_ioctl)
		most = MOST_FILES;
	return ret >= -MOST_ERRNO && ret <= most;
}

bool event_check(struct json_object *line, struct smn_why *why)
{
	const char *call = json_object_get_string(doc_get(line, "call"));
	unsigned int i = 0;

	while (i < SMN_TAPE_NCALLS &&
	       (!call || strcmp(smn_tape_call_name(i), call)))
		i++;
	if (i == SMN_TAPE_NCALLS)
		return wrong(why, "\"call\"");
	if (!check_value(i, doc_get(line, "ret")))
		return wrong(why, "\"ret\"");
	if (!check_changes(line))
		return wrong(why, "memory that changed");
	return true;
}
