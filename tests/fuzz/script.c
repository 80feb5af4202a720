// SPDX-License-Identifier: GPL-2.0-or-later
/* Scripts: verbs, repeats and expectations over several lines. */
#include <errno.h>

#include "fuzz.h"
#include "nest/script.h"

/* Each slot and each place that a line names is one that there is. */
static void check_lines(const struct smn_script *s)
{
	unsigned int names = smn_names_count(s->names);

	for (unsigned int i = 0; i < s->n; i++) {
		const struct smn_script_line *l = &s->lines[i];

		CHECK(l->text && l->line && l->line <= s->line);
		CHECK(l->req.result <= names && l->forgets <= names);
		CHECK(l->dma.file <= names && l->dma.id <= names &&
		      l->dma.queue <= names);
		CHECK(l->within && l->other < s->n);
		CHECK(l->kind != SMN_LINE_END ||
		      s->lines[l->other].other == i);
		CHECK(l->kind != SMN_LINE_SLEEP || l->sleep_ns);
		CHECK(l->dma.bytes <= SMN_SCRIPT_MEMORY);
	}
}

static void check_line(struct smn_script *s, const char *line)
{
	struct smn_text_error error = { 0 };
	unsigned int n = s->n, depth = s->depth;
	int ret = smn_script_add(s, line, &error);

	CHECK(s->depth <= SMN_SCRIPT_DEPTH);
	if (!ret)
		return;
	CHECK(ret == -EINVAL && s->n == n && s->depth == depth);
	check_why(&error.why);
	CHECK(s->wrong && s->wrong <= s->line);
	/* of this line, unless an expectation before it was wrong */
	CHECK(error.column);
	CHECK(s->wrong != s->line || error.column <= strlen(line) + 1);
}

/* Repeats that hold nothing would go on for as long as they say. */
static int is_late(void)
{
	static unsigned int turns;

	return !(++turns % 10000);
}

/* What was read is gone through on a side where nothing is, nor is made. */
static void check_order(const struct smn_script *s)
{
	const struct smn_runner none = { 0 };
	struct smn_script_run run = { 0 };
	const struct smn_script_line *l;

	for (unsigned int i = 0; i < 1000; i++) {
		l = smn_script_next(s, &none, &run, is_late);
		if (!l)
			return;
		CHECK(l >= s->lines && l < s->lines + s->n);
		CHECK(l->kind != SMN_LINE_REPEAT && l->kind != SMN_LINE_END);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *text = take_text(&in), *rest = text, *line;
	struct smn_text_error error = { 0 };
	struct smn_script s;

	CHECK(!smn_script_init(&s));
	while ((line = strsep(&rest, "\n")))
		check_line(&s, line);
	check_lines(&s);
	if (!smn_script_end(&s, &error))
		check_order(&s);
	smn_script_free(&s);
	free(text);
	return 0;
}
