// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes and lines of a file that somebody else reads. See source.h. */
#include <string.h>

#include "arch/source.h"

void smn_source_restart(struct smn_source *s)
{
	s->err = 0;
	s->over = false;
	s->at = s->n = 0;
}

/* Asks once; a terminal that has ended is not asked again. */
static size_t ask(struct smn_source *s, void *buf, size_t len)
{
	size_t got = 0;

	if (s->over)
		return 0;
	s->err = s->read(s->ctx, buf, len, &got);
	s->over = s->err || !got;
	return s->err ? 0 : got;
}

int smn_source_byte(struct smn_source *s)
{
	if (s->at == s->n) {
		s->at = 0;
		s->n = ask(s, s->bytes, sizeof(s->bytes));
		if (!s->n)
			return -1;
	}
	return s->bytes[s->at++];
}

size_t smn_source_bytes(struct smn_source *s, void *buf, size_t len)
{
	size_t have = s->n - s->at, n = have < len ? have : len, got;

	memcpy(buf, s->bytes + s->at, n);
	s->at += n;
	/* the rest without a detour through the buffer */
	while (n < len && (got = ask(s, (char *)buf + n, len - n)))
		n += got;
	return n;
}

bool smn_source_line(struct smn_source *s, char *line, size_t size, size_t *len)
{
	int c = smn_source_byte(s);

	*len = 0;
	if (c < 0)
		return false;
	for (; c >= 0 && c != '\n'; c = smn_source_byte(s)) {
		if (*len + 1 < size)
			line[*len] = c;
		(*len)++;
	}
	line[*len < size ? *len : size - 1] = '\0';
	return true;
}
