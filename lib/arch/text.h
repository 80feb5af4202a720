/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people write on command lines and in files: words, sizes, commands. */
#ifndef SMN_ARCH_TEXT_H
#define SMN_ARCH_TEXT_H

#include "arch/field.h"
#include "arch/source.h"

/*
 * Parse "W0,W1,..." or "W0:W1:..." into @words, of which there are @max.
 * Returns how many there are, at least 1; -EINVAL: one of them is not a word;
 * -E2BIG: there are more. @words is written as far as that was not known.
 */
int smn_words_parse(const char *text, uint64_t *words, unsigned int max);

/*
 * Parse "SIZE[K|M|G][@ADDR]" into bytes. Where nothing is said about it, @addr
 * stays. -EINVAL: it is not that, or more than 64 bits.
 */
int smn_memory_parse(const char *text, uint64_t *bytes, uint64_t *addr);

/* A file with one command a line, by name or as two words; # is a comment. */
struct smn_cmd_file {
	struct smn_source from;
	unsigned int line;	/* the one that was read last */
};

/*
 * The next command of the file: 1, 0 at the end; -EINVAL, -ENOENT, -ERANGE,
 * -EEXIST: what stands in the line is not a command; -E2BIG: it is too long;
 * else from.read()'s -errno.
 */
int smn_cmd_file_next(struct smn_cmd_file *f, uint64_t cmd[2],
		      struct smn_why *why);

#endif
