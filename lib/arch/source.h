/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the bytes of a file come from: whoever has it hands them over as they
 * are asked for, so that a reader needs no more memory for a longer file.
 */
#ifndef SMN_ARCH_SOURCE_H
#define SMN_ARCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct smn_source {
	/*
	 * Put at most @len bytes into @buf and how many into *@got; none is
	 * the end. 0 or -errno, which ends it, too.
	 */
	int (*read)(void *ctx, void *buf, size_t len, size_t *got);
	void *ctx;

	/* the rest starts with zeroes */
	int err;		/* the -errno that ended it */
	bool over;
	size_t at, n;		/* bytes used, and there */
	unsigned char bytes[4096];
};

/* From the start again; what read() reads has been rewound. */
void smn_source_restart(struct smn_source *s);

/* The next byte, or -1 at the end; s->err tells whether it is the real one. */
int smn_source_byte(struct smn_source *s);

/* Up to @len bytes, fewer only at the end. Returns how many. */
size_t smn_source_bytes(struct smn_source *s, void *buf, size_t len);

/*
 * The next line without its end, as a string of less than @size. True unless
 * there is none. *@len is how long it is in the file: what does not fit is
 * skipped, and a line with a zero byte is longer than its string.
 */
bool smn_source_line(struct smn_source *s, char *line, size_t size,
		     size_t *len);

#endif
