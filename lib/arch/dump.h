/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of one family, one after the other: a queue or a table that somebody
 * dumped, as raw words, as words in text, or as the driver's lines in a log.
 * The file is read a block at a time, whatever its length.
 */
#ifndef SMN_ARCH_DUMP_H
#define SMN_ARCH_DUMP_H

#include "arch/field.h"
#include "arch/source.h"

#define SMN_DUMP_WORDS 4096	/* of a block: whole records of any family */

enum smn_dump_form {
	SMN_DUMP_TEXT,		/* numbers; blanks, commas, colons between */
	SMN_DUMP_BINARY,	/* little-endian words of the family's bits */
	SMN_DUMP_LOG,		/* what the driver logs of events, commands */
};

/*
 * The caller fills the first part. Without from.read the words are those that
 * it puts into words, n of them.
 */
struct smn_dump {
	const struct smn_family *family;
	unsigned int stride;	/* words of a record */
	enum smn_dump_form form;
	struct smn_source from;

	size_t index;		/* records so far */
	size_t n, at;		/* words there, and used */
	bool inside;		/* a log: the next line belongs to a record */
	int err;		/* what comes after the words that are there */
	struct smn_why why;
	uint64_t words[SMN_DUMP_WORDS];
};

/* How many records there are of each opcode or type. */
struct smn_tally {
	uint64_t count[256];
	uint64_t unknown[256];	/* of these, with bits that no row describes */
};

/* Are records of this family in a kernel's log? Only events and commands. */
bool smn_dump_logged(const struct smn_family *f);

/* Whose words come on the lines behind this one of a log; NULL: nobody's. */
const struct smn_family *smn_dump_announced(const char *line);

/* Is that all that the line of a log has, behind its prefix? */
bool smn_dump_word(const char *line, uint64_t *word);

/* From the first record again; the source has been rewound. */
void smn_dump_restart(struct smn_dump *d);

/*
 * The next record: 1 and its words, which stay until the next call; 0 at the
 * end. -EINVAL: what comes is not a word, or too large for one; -ENODATA: the
 * file ends in the middle of a word or a record; else from.read()'s -errno.
 * Whatever is wrong is told after the records before it.
 */
int smn_dump_next(struct smn_dump *d, const uint64_t **record,
		  struct smn_why *why);

/* Count all that are left into @t: 0 at the end, else as smn_dump_next(). */
int smn_dump_tally(struct smn_dump *d, struct smn_tally *t,
		   struct smn_why *why);

#endif
