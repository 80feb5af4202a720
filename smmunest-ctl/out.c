// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The document as text: one walk over the tree for every command.
 * What a value looks like follows from its key alone (see formats[]), how it
 * is laid out from its shape: scalars on a line, objects of scalars as
 * NAME=VALUE, arrays of flat objects as a table, anything deeper indented.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

enum {
	WIDTH = 100,
	TABLE_WIDTH = 140,
	MAX_ROWS = 40,
	MAX_COLUMNS = 12,
	TEXT = 1024
};

/* --- text: scalars --- */

struct text {
	FILE *to;
	bool color;
	const struct smn_layout *layout;	/* names the fields' values */
};

static void format_ns(char *buf, struct json_object *v)
{
	format_time(buf, TEXT, json_object_get_int64(v));
}

static void format_errno(char *buf, struct json_object *v)
{
	int err = json_object_get_int(v);

	snprintf(buf, TEXT, "%s", err ? smn_errno_name(err) : "ok");
}

static void format_bytes(char *buf, struct json_object *v)
{
	uint64_t n = json_object_get_int64(v);

	if (n && n % (1 << 20) == 0)
		snprintf(buf, TEXT, "%" PRIu64 " MiB", n >> 20);
	else if (n && n % (1 << 10) == 0)
		snprintf(buf, TEXT, "%" PRIu64 " KiB", n >> 10);
	else
		snprintf(buf, TEXT, "%" PRIu64, n);
}

static const struct {
	const char *key;	/* or how it ends, with a leading _ */
	const char *head;	/* what people read instead; NULL: the key */
	void (*format)(char *buf, struct json_object *v);
} formats[] = {
	{ "ns", "time", format_ns },
	{ "took_ns", "took", format_ns },
	{ "min_ns", "min", format_ns },
	{ "p50_ns", "p50", format_ns },
	{ "p90_ns", "p90", format_ns },
	{ "p99_ns", "p99", format_ns },
	{ "p999_ns", "p99.9", format_ns },
	{ "max_ns", "max", format_ns },
	{ "mean_ns", "mean", format_ns },
	{ "errno", "result", format_errno },
	{ "bytes", "size", format_bytes },
	{ "a_ns", "a", format_ns },
	{ "b_ns", "b", format_ns },
};

static const char *heading(const char *key)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].key, key))
			return formats[i].head;
	return key;
}

/* As the layout at hand tells: "5(s1)" by name, wide numbers as 0x100 */
static bool format_field(const struct text *t, const char *key,
			 struct json_object *v, char *buf)
{
	const struct smn_field *f;
	const char *name;
	uint64_t value;

	if (!t->layout || !json_object_is_type(v, json_type_int))
		return false;
	f = smn_layout_field(t->layout, key, strlen(key));
	if (!f)
		return false;
	value = json_object_get_int64(v);
	name = smn_field_value_name(f, value);
	if (name)
		snprintf(buf, TEXT, "%" PRIu64 "(%s)", value, name);
	else
		snprintf(buf, TEXT, f->width > 8 ? "0x%" PRIx64 : "%" PRIu64,
			 value);
	return true;
}

static void format_value(const struct text *t, const char *key,
			 struct json_object *v, char *buf)
{
	const char *s;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].key, key) && v) {
			formats[i].format(buf, v);
			return;
		}
	if (format_field(t, key, v, buf))
		return;
	s = v ? json_object_get_string(v) : "-";
	if (json_object_is_type(v, json_type_boolean))
		s = json_object_get_boolean(v) ? "yes" : "no";
	snprintf(buf, TEXT, "%s", s[0] ? s : "-");
}

/* --- text: shapes --- */

static bool is_scalar(struct json_object *v)
{
	return !json_object_is_type(v, json_type_object) &&
		!json_object_is_type(v, json_type_array);
}

static bool all_scalar(struct json_object *v)
{
	if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++)
			if (!is_scalar(json_object_array_get_idx(v, i)))
				return false;
	} else if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach(v, key, member) {
			(void)key;
			if (!is_scalar(member))
				return false;
		}
	}
	return true;
}

/* An object that fits into a row of a table. */
static bool is_flat(struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object))
		return false;
	json_object_object_foreach(v, key, member) {
		(void)key;
		if (!all_scalar(member))
			return false;
	}
	return true;
}

static bool is_table(struct json_object *v)
{
	size_t n = json_object_array_length(v);

	for (size_t i = 0; i < n; i++)
		if (!is_flat(json_object_array_get_idx(v, i)))
			return false;
	return n;
}

/* A scalar, "a b c", or "A=1 B=2" on one line. */
static void format_line(const struct text *t, const char *key,
			struct json_object *v, char *buf)
{
	char one[TEXT];
	size_t len = 0;

	buf[0] = '\0';
	if (is_scalar(v)) {
		format_value(t, key, v, buf);
	} else if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++) {
			format_value(t, key, json_object_array_get_idx(v, i),
				     one);
			len += snprintf(buf + len, TEXT - len, "%s%s",
					i ? " " : "", one);
			if (len >= TEXT)
				return;
		}
	} else {
		json_object_object_foreach(v, name, member) {
			format_value(t, name, member, one);
			len += snprintf(buf + len, TEXT - len, "%s%s=%s",
					len ? " " : "", heading(name), one);
			if (len >= TEXT)
				return;
		}
	}
}

/* Words wrapped at WIDTH, continued below the first. */
static void print_wrapped(const struct text *t, int indent, const char *key,
			  const char *line)
{
	int column = indent + 14, at = column;

	fprintf(t->to, "%*s%-13s ", indent, "", key);
	while (*line) {
		int len = strcspn(line, " ");

		if (at > column && at + len > WIDTH) {
			fprintf(t->to, "\n%*s", column, "");
			at = column;
		}
		fprintf(t->to, "%s%.*s", at > column ? " " : "", len, line);
		at += len + 1;
		line += len + (line[len] == ' ');
	}
	fputc('\n', t->to);
}

/* --- text: tables --- */

struct table {
	unsigned int n;
	const char *key[MAX_COLUMNS];
	int width[MAX_COLUMNS];
};

static const struct smn_layout *row_layout(const struct text *t,
					   struct json_object *row)
{
	struct json_object *name;

	return json_object_object_get_ex(row, "name", &name) && name ?
		smn_layout_by_name(json_object_get_string(name)) : t->layout;
}

static void measure(const struct text *t, struct table *table,
		    struct json_object *row)
{
	struct text of_row = *t;
	unsigned int i;
	char cell[TEXT];

	of_row.layout = row_layout(t, row);
	json_object_object_foreach(row, key, v) {
		for (i = 0; i < table->n && strcmp(table->key[i], key); i++)
			;
		if (i == MAX_COLUMNS)
			continue;
		if (i == table->n) {
			table->key[table->n++] = key;
			table->width[i] = strlen(heading(key));
		}
		format_line(&of_row, key, v, cell);
		if ((int)strlen(cell) > table->width[i])
			table->width[i] = strlen(cell);
	}
}

/* Red where something is wrong; the words say the same without it. */
static bool is_bad(const char *key, const char *cell)
{
	return (!strcmp(key, "errno") && strcmp(cell, "ok")) ||
		(!strcmp(key, "ok") && strcmp(cell, "yes")) ||
		(!strcmp(key, "status") && !strcmp(cell, "refused"));
}

static void print_cell(const struct text *t, const char *key, const char *cell,
		       int width)
{
	bool red = t->color && is_bad(key, cell);

	fprintf(t->to, "%s%-*s%s", red ? "\033[31m" : "", width, cell,
		red ? "\033[m" : "");
}

static void print_row(const struct text *t, const struct table *table,
		      int indent, struct json_object *row)
{
	struct text of_row = *t;
	struct json_object *v;
	char cell[TEXT];

	of_row.layout = row_layout(t, row);
	fprintf(t->to, "%*s", indent, "");
	for (unsigned int i = 0; i < table->n; i++) {
		bool last = i == table->n - 1;

		cell[0] = '\0';
		if (json_object_object_get_ex(row, table->key[i], &v))
			format_line(&of_row, table->key[i], v, cell);
		print_cell(&of_row, table->key[i], cell,
			   last ? 0 : table->width[i]);
		fputs(last ? "\n" : "  ", t->to);
	}
}

/* False, with nothing printed, when the rows are too wide for one. */
static bool print_table(const struct text *t, int indent, const char *key,
			struct json_object *rows)
{
	size_t n = json_object_array_length(rows);
	struct table table = { 0 };
	int width = indent;

	for (size_t i = 0; i < n; i++)
		measure(t, &table, json_object_array_get_idx(rows, i));
	/* the last column may run over the edge */
	for (unsigned int i = 0; i + 1 < table.n; i++)
		width += table.width[i] + 2;
	if (width > TABLE_WIDTH)
		return false;
	fprintf(t->to, "%*s%s\n%*s", indent, "", key, indent + 2, "");
	for (unsigned int i = 0; i < table.n; i++)
		fprintf(t->to, "%-*s%s", i == table.n - 1 ? 0 : table.width[i],
			heading(table.key[i]), i == table.n - 1 ? "\n" : "  ");
	for (size_t i = 0; i < n && i < MAX_ROWS; i++)
		print_row(t, &table, indent + 2,
			  json_object_array_get_idx(rows, i));
	if (n > MAX_ROWS)
		fprintf(t->to, "%*s... %zu more, see --json\n", indent + 2, "",
			n - MAX_ROWS);
	return true;
}

/* --- text: the tree --- */

static void print_member(const struct text *t, int indent, const char *key,
			 struct json_object *v);

static void print_members(const struct text *t, int indent,
			  struct json_object *o)
{
	json_object_object_foreach(o, key, v)
		print_member(t, indent, key, v);
}

static void print_blocks(const struct text *t, int indent, const char *key,
			 struct json_object *list)
{
	fprintf(t->to, "%*s%s\n", indent, "", key);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *block = json_object_array_get_idx(list, i);
		struct text of_block = *t;

		if (i)
			fputc('\n', t->to);
		of_block.layout = row_layout(t, block);
		print_members(&of_block, indent + 2, block);
	}
}

static bool is_empty(struct json_object *v)
{
	return (json_object_is_type(v, json_type_array) &&
		!json_object_array_length(v)) ||
		(json_object_is_type(v, json_type_object) &&
		 !json_object_object_length(v));
}

/* An array of strings that have blanks: each gets a line of its own. */
static bool is_sentences(struct json_object *v)
{
	if (!json_object_is_type(v, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		struct json_object *s = json_object_array_get_idx(v, i);

		if (json_object_is_type(s, json_type_string) &&
		    strchr(json_object_get_string(s), ' '))
			return true;
	}
	return false;
}

static void print_sentences(const struct text *t, int indent, const char *key,
			    struct json_object *list)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		print_wrapped(t, indent, i ? "" : key, json_object_get_string(
				      json_object_array_get_idx(list, i)));
}

static void print_member(const struct text *t, int indent, const char *key,
			 struct json_object *v)
{
	const struct smn_layout *own = smn_layout_by_name(key);
	struct text inner = *t;
	char line[TEXT];

	if (own)
		inner.layout = own;
	if (is_empty(v))
		return;
	if (is_sentences(v)) {
		print_sentences(&inner, indent, key, v);
	} else if (all_scalar(v)) {
		format_line(&inner, key, v, line);
		print_wrapped(&inner, indent, heading(key),
			      line[0] ? line : "-");
	} else if (json_object_is_type(v, json_type_object)) {
		fprintf(t->to, "%*s%s\n", indent, "", key);
		print_members(&inner, indent + 2, v);
	} else if (!is_table(v) || !print_table(&inner, indent, key, v)) {
		print_blocks(&inner, indent, key, v);
	}
}

static bool wants_color(const struct ctl *ctl, FILE *to)
{
	const char *no_color = getenv("NO_COLOR");

	if (ctl->color != COLOR_AUTO)
		return ctl->color == COLOR_ALWAYS;
	return isatty(fileno(to)) && !(no_color && no_color[0]);
}

/* Blocks, as an array of them would look, or lines where there are many. */
static void stream_text(const struct text *t, struct ctl *ctl)
{
	struct json_object *row;
	char line[TEXT];

	ctl->rewind(ctl);
	if (ctl->next_line) {
		while (ctl->next_line(ctl, line, sizeof(line)))
			fprintf(t->to, "%s\n", line);
		return;
	}
	fprintf(t->to, "%s\n", ctl->stream);
	for (bool first = true; (row = ctl->next(ctl)); first = false) {
		struct text of_row = *t;

		if (!first)
			fputc('\n', t->to);
		of_row.layout = row_layout(t, row);
		print_members(&of_row, 2, row);
		json_object_put(row);
	}
}

void out_text(struct ctl *ctl, FILE *to)
{
	const struct text t = { .to = to, .color = wants_color(ctl, to) };
	char line[TEXT];

	backend_tell(ctl, to);
	/* on a terminal what goes wrong comes right behind it */
	ctl->model_told = true;
	if (ctl->print) {
		ctl->print(ctl, to);
		return;
	}
	if (ctl->device) {
		format_line(&t, "device", ctl->device, line);
		fprintf(to, "%s\n", line);
	}
	if (ctl->stream)
		stream_text(&t, ctl);
	print_members(&t, 0, ctl->result);
}
