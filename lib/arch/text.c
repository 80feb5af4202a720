// SPDX-License-Identifier: GPL-2.0-or-later
/* Words, sizes and commands as people write them. See text.h. */
#include <errno.h>
#include <string.h>

#include "arch/text.h"

/* The number that is the @len characters at @text. */
static int parse_part(const char *text, size_t len, uint64_t *value)
{
	char number[32];

	if (len >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, len);
	number[len] = '\0';
	return smn_number_parse(number, value);
}

int smn_words_parse(const char *text, uint64_t *words, unsigned int max)
{
	for (unsigned int n = 0; n < max; n++) {
		size_t len = strcspn(text, ",:");

		if (parse_part(text, len, &words[n]))
			return -EINVAL;
		if (!text[len])
			return n + 1;
		text += len + 1;
	}
	return -E2BIG;
}

/* "2M", "64K", "0x1000" */
static int parse_size(const char *text, size_t len, uint64_t *bytes)
{
	static const char suffixes[] = "KMG";
	const char *suffix = len ? memchr(suffixes, text[len - 1],
					  sizeof(suffixes) - 1) : NULL;
	unsigned int shift = suffix ? 10 * (suffix - suffixes + 1) : 0;
	uint64_t size;

	if (parse_part(text, len - (suffix != NULL), &size) ||
	    size << shift >> shift != size)
		return -EINVAL;
	*bytes = size << shift;
	return 0;
}

int smn_memory_parse(const char *text, uint64_t *bytes, uint64_t *addr)
{
	size_t len = strcspn(text, "@");
	uint64_t size, at = *addr;

	if (parse_size(text, len, &size) ||
	    (text[len] && smn_number_parse(text + len + 1, &at)))
		return -EINVAL;
	*bytes = size;
	*addr = at;
	return 0;
}

/* --- a file of commands --- */

static const char blanks[] = " \t\r\v\f";

static int bad_line(struct smn_why *why, int err, const char *what)
{
	smn_why_set(why, "%s", what);
	return err;
}

/* The command in the @len characters of @line: 1, or 0 without any. */
static int parse_line(char *line, size_t size, size_t len, uint64_t cmd[2],
		      struct smn_why *why)
{
	size_t kept = len < size ? len : size - 1, comment = strcspn(line, "#");
	char *word = line + strspn(line, blanks);
	size_t end;
	int ret;

	if (strlen(line) != kept)
		return bad_line(why, -EINVAL, "not a text file");
	if (len > kept && !line[comment])
		return bad_line(why, -E2BIG, "the line is too long");
	line[comment] = '\0';
	end = strcspn(word, blanks);
	if (!end)
		return 0;
	if (word[end + strspn(word + end, blanks)])
		return bad_line(why, -EINVAL,
				"more than one command on a line");
	word[end] = '\0';
	if (smn_words_parse(word, cmd, 2) == 2)
		return 1;
	ret = smn_cmd_parse(word, cmd, why);
	return ret ? ret : 1;
}

int smn_cmd_file_next(struct smn_cmd_file *f, uint64_t cmd[2],
		      struct smn_why *why)
{
	char line[1024];
	size_t len;

	while (smn_source_line(&f->from, line, sizeof(line), &len)) {
		int ret;

		f->line++;
		/* what was read of a line that broke off is no line */
		if (f->from.err)
			break;
		ret = parse_line(line, sizeof(line), len, cmd, why);
		if (ret)
			return ret;
	}
	if (f->from.err)
		smn_why_set(why, "%s", strerror(-f->from.err));
	return f->from.err;
}
