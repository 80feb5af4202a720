/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verbs: one line of a script that stands for several requests. A new one is
 * its name here, and a file or a part of one that ends with
 * const struct smn_verb_row smn_verb_NAME.
 */
#ifndef SMN_NEST_VERB_H
#define SMN_NEST_VERB_H

#include "nest/script-parts.h"

#define SMN_VERBS(X) \
	X(alloc) X(attach) X(detach) X(destroy) X(inval) X(map) X(unmap) \
	X(stage1) X(dma)

#define SMN_VERB_WORD 128
#define SMN_VERB_TEXT 4096	/* of a request */

/* The line that a verb stands in. */
struct smn_verb {
	struct smn_script_reader *r;
	struct smn_word verb, let;	/* let.len 0: it has no name */
	unsigned int device;		/* devN, 0 where none is named */
};

struct smn_verb_row {
	const char *name;
	/* told the word behind the verb; 0, -ENOMEM, or -EINVAL, with the
	 * reader's error */
	int (*read)(struct smn_verb *v, struct smn_word w);
	bool lets;		/* "let NAME =" may stand before it */
};

#define X(name) extern const struct smn_verb_row smn_verb_##name;
SMN_VERBS(X)
#undef X

/* Append the request that this is about: it is what is expected of. */
__attribute__((format(printf, 2, 3)))
int smn_verb_request(struct smn_verb *v, const char *fmt, ...);

/*
 * Append one that has to come first: made where what it lets is not there yet
 * or, if it @follows, where the one before is.
 */
__attribute__((format(printf, 3, 4)))
int smn_verb_need(struct smn_verb *v, bool follows, const char *fmt, ...);

/* Append a line that is no request, which nothing may be expected of. */
int smn_verb_deed(struct smn_verb *v, enum smn_script_kind kind,
		  const struct smn_script_dma *dma);

/* The slot of a name, 0: there is none yet. */
__attribute__((format(printf, 2, 3)))
unsigned int smn_verb_slot(struct smn_verb *v, const char *fmt, ...);

/* A word as a string of its own; verbs only see such that fit. */
const char *smn_verb_copy(struct smn_word w, char buf[SMN_VERB_WORD]);

/* -EINVAL: the word is not the name of something; there is another word. */
int smn_verb_name(struct smn_verb *v, struct smn_word w);
int smn_verb_end(struct smn_verb *v, struct smn_word w);

/* Is *w a device? Then it is v->device, and *w what comes next. */
bool smn_verb_device(struct smn_verb *v, struct smn_word *w);

/* Is the word NAME=VALUE? Then that is its value. */
bool smn_verb_option(struct smn_word w, const char *name,
		     char value[SMN_VERB_WORD]);

/* SIZE@ADDRESS; mem or mem+N. */
int smn_verb_range(struct smn_verb *v, struct smn_word w, uint64_t *at,
		   uint64_t *bytes);
int smn_verb_memory(struct smn_verb *v, struct smn_word w, uint64_t *offset);

#endif
