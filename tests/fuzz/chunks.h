/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is the fuzzer's bytes, and comes in pieces of some size. */
#ifndef CHUNKS_H
#define CHUNKS_H

#include <errno.h>

#include "fuzz.h"

struct chunks {
	const uint8_t *data;
	size_t size, at;
	size_t most;		/* bytes of a piece; 0: as many as are wanted */
	bool fails;		/* it ends in -EIO */
	bool over;
};

static inline int read_chunk(void *ctx, void *buf, size_t len, size_t *got)
{
	struct chunks *c = ctx;
	size_t n = c->size - c->at;

	CHECK(len && !c->over);
	n = n < len ? n : len;
	n = c->most && c->most < n ? c->most : n;
	if (n)
		memcpy(buf, c->data + c->at, n);
	c->at += n;
	*got = n;
	c->over = !n;
	return c->over && c->fails ? -EIO : 0;
}

#endif
