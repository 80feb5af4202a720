/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the thin calls tell the session what they made. Only for nest/. */
#ifndef SMN_NEST_MADE_H
#define SMN_NEST_MADE_H

#include "smmunest.h"

/* One thing, and how to undo it; which members count depends on the object. */
struct smn_made {
	enum smn_object object;
	/* NULL where it goes with something else, as a device with its fd */
	int (*undo)(struct smn_session *s, const struct smn_made *m);
	uint32_t id;		/* iommufd id, or the IOAS of a mapping */
	int fd;			/* the fd, or the device of an attachment */
	void *addr;		/* of memory, or for .later */
	int (*later)(struct smn_session *s, void *ctx);	/* a caller's own */
	uint64_t start, length;
};

/*
 * Make room for one more record, before the thing itself is made: what exists
 * can then always be undone. 0 or -ENOMEM.
 */
int smn_session_reserve(struct smn_session *s);

/* Record what was made; never fails after smn_session_reserve(). */
void smn_session_push(struct smn_session *s, struct smn_made made);
void smn_session_push_fd(struct smn_session *s, int fd);

/*
 * Undo, newest first, what was done to the device or queue whose file @fd is,
 * and close it: the first failure.
 */
int smn_session_undo_fd(struct smn_session *s, int fd);

/* Forget the newest record that matches: its thing is gone already. */
void smn_session_forget_id(struct smn_session *s, uint32_t id);
void smn_session_forget_attachment(struct smn_session *s, int fd);
void smn_session_forget_mapping(struct smn_session *s, uint32_t ioas,
				uint64_t start);

#endif
