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


/* Something is there that is not used yet. */
static bool filled(struct smn_source *s)
{
	if (s->at < s->n)
		return true;
	s->at = 0;
	s->n = ask(s, s->bytes, sizeof(s->bytes));
	return s->n;
}

int smn_source_byte(struct smn_source *s)
{
	return filled(s) ? s->bytes[s->at++] : -1;
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
	bool any = filled(s), ended = false;
	size_t kept = 0;

	for (*len = 0; !ended && filled(s);) {
		const unsigned char *from = s->bytes + s->at, *end;
		size_t n = s->n - s->at, fits;

		end = memchr(from, '\n', n);
		ended = end;
		n = end ? (size_t)(end - from) : n;
		fits = n < size - 1 - kept ? n : size - 1 - kept;
		memcpy(line + kept, from, fits);
		kept += fits;
		*len += n;
		s->at += n + ended;
	}
	if (any)
		line[kept] = '\0';
	return any;
}
