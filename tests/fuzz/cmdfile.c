// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of commands, in pieces, against a reader that has whole lines. What
 * was read and is written again as words is read as the same.
 */
#include "chunks.h"

#define MAX_LINE 1023	/* a longer one is refused, but for a comment */

struct expected {
	int ret;
	unsigned int line;
	size_t n;
	uint64_t (*cmds)[2];
};

/* One of "W0:W1", or a command by its name, in a line of its own. */
static int one_line(char *line, size_t len, uint64_t cmd[2])
{
	static const char blanks[] = " \t\r\v\f";
	char *comment, *word, *rest;
	uint64_t words[3];

	if (strlen(line) != (len < MAX_LINE ? len : MAX_LINE))
		return -EINVAL;
	comment = strchr(line, '#');
	if (len > MAX_LINE && !comment)
		return -E2BIG;
	if (comment)
		*comment = '\0';
	word = strtok_r(line, blanks, &rest);
	if (!word)
		return 0;
	if (strtok_r(NULL, blanks, &rest))
		return -EINVAL;
	if (smn_words_parse(word, words, 3) == 2) {
		memcpy(cmd, words, 2 * sizeof(*cmd));
		return 1;
	}
	return smn_cmd_parse(word, cmd, NULL) ?: 1;
}

static struct expected read_lines(const struct chunks *c)
{
	struct expected e = { .cmds = calloc(c->size + 1, sizeof(*e.cmds)) };
	size_t at = 0;

	CHECK(e.cmds);
	while (at < c->size && e.ret >= 0) {
		const uint8_t *begin = c->data + at;
		const uint8_t *end = memchr(begin, '\n', c->size - at);
		size_t len = end ? (size_t)(end - begin) : c->size - at;
		char line[MAX_LINE + 1] = "";

		e.line++;
		if (!end && c->fails)
			break;
		memcpy(line, begin, len < MAX_LINE ? len : MAX_LINE);
		e.ret = one_line(line, len, e.cmds[e.n]);
		e.n += e.ret > 0;
		at += len + (end != NULL);
	}
	if (e.ret >= 0)
		e.ret = c->fails ? -EIO : 0;
	return e;
}

static void check_file(struct chunks *c, const struct expected *e)
{
	struct smn_cmd_file f = { .from = { .read = read_chunk, .ctx = c } };
	struct smn_why why = { "" };
	uint64_t cmd[3] = { 0, 0, 0xa5 };
	size_t n = 0;
	int ret;

	c->at = 0;
	c->over = false;
	while ((ret = smn_cmd_file_next(&f, cmd, &why)) > 0) {
		CHECK(n < e->n && cmd[2] == 0xa5);
		CHECK(cmd[0] == e->cmds[n][0] && cmd[1] == e->cmds[n][1]);
		n++;
	}
	CHECK(n == e->n && ret == e->ret && f.line == e->line);
	if (ret)
		check_why(&why);
}

/* As words, in as many ways as there are to write them. */
static void check_again(const struct expected *e)
{
	struct chunks c = { .most = 5 };
	struct expected again = *e;
	char *text = NULL;
	FILE *to = open_memstream(&text, &c.size);

	CHECK(to);
	for (size_t i = 0; i < e->n; i++)
		fprintf(to, i % 2 ? "0x%llx:%llu\r\n\n" : "\t%llu,0x%llX # x\n",
			(unsigned long long)e->cmds[i][0],
			(unsigned long long)e->cmds[i][1]);
	CHECK(!fclose(to));
	c.data = (uint8_t *)text;
	again.ret = 0;
	again.line = e->n + e->n / 2;
	check_file(&c, &again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chunks c = { .data = data, .size = size };
	struct expected e;

	/* a file that begins with '!' breaks off */
	if (size && data[0] == '!') {
		c = (struct chunks){ .data = data + 1, .size = size - 1,
				     .fails = true };
	}
	e = read_lines(&c);
	check_file(&c, &e);
	c.most = 1 + size % 7;
	check_file(&c, &e);
	check_again(&e);
	free(e.cmds);
	return 0;
}
