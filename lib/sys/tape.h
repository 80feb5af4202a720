/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the funnel written down, or answered from what was written down: a
 * backend that stands before another one, or before none. What lies between is
 * an event, whose form on paper is the caller's affair.
 *
 * Memory that was mapped through the funnel is part of an event: devices write
 * there when nobody looks. From the first attachment on it is compared after
 * each call, and what has changed since the one before is put there again when
 * the calls are answered from a tape.
 */
#ifndef SMN_SYS_TAPE_H
#define SMN_SYS_TAPE_H

#include "sys/sys.h"

/* X(call, what its numbers n[0] to n[2] are, NULL: it has none) */
#define SMN_TAPE_CALLS(X) \
	X(open, "flags", NULL, NULL) \
	X(close, "fd", NULL, NULL) \
	X(ioctl, "fd", NULL, NULL) \
	X(extension, "fd", "request", "number") \
	X(read, "fd", "length", NULL) \
	X(write, "fd", "length", NULL) \
	X(pread, "fd", "length", "offset") \
	X(pwrite, "fd", "length", "offset") \
	X(eventfd, NULL, NULL, NULL) \
	X(poll, "files", "ms", NULL) \
	X(readlink, "length", NULL, NULL) \
	X(access, NULL, NULL, NULL) \
	X(mkdir, NULL, NULL, NULL) \
	X(unlink, NULL, NULL, NULL) \
	X(list, NULL, NULL, NULL) \
	X(map, "length", NULL, NULL) \
	X(map_file, "fd", "length", NULL) \
	X(unmap, "map", "length", NULL) \
	X(now, NULL, NULL, NULL) \
	X(refusal, NULL, NULL, NULL) \
	X(seek_end, "fd", NULL, NULL) \
	X(run, "length", "ms", NULL) \
	X(begin_write, "keep", NULL, NULL) \
	X(end_write, "fd", "pid", "ms") \
	X(lock, "fd", NULL, NULL) \
	X(netlink, "protocol", NULL, NULL) \
	X(join, "fd", "group", NULL) \
	X(receive, "fd", "length", NULL)

enum smn_tape_call {
#define X(name, ...) SMN_TAPE_##name,
	SMN_TAPE_CALLS(X)
#undef X
	SMN_TAPE_NCALLS
};

/* "open"; the name of number @i, or NULL. */
const char *smn_tape_call_name(enum smn_tape_call call);
const char *smn_tape_number_name(enum smn_tape_call call, unsigned int i);

struct smn_tape_bytes {
	const void *p;
	size_t n;
};

struct smn_tape_event {
	enum smn_tape_call call;
	/* what it was called with */
	const char *path, *text;	/* NULL: it has none */
	int64_t n[3];
	struct smn_tape_bytes in;	/* an ioctl: its argument */
	struct smn_tape_bytes behind;	/* and what that points to */
	enum smn_op_id op;		/* of an ioctl */
	/* what came of it; of an ioctl the argument afterwards */
	int64_t ret;
	void *out;
	size_t room, nout;
	void *answer;			/* what it points to then: free() it */
	size_t nanswer;
	struct smn_span span;
	int64_t more;			/* a process, a port: a second result */
	const struct smn_row *row;	/* a refusal's, or NULL */
	struct smn_why *why;
};

struct smn_tape;

/* A piece of memory that became different. */
struct smn_tape_change {
	unsigned int map;
	size_t at, n;
	const void *p;
};

struct smn_tape_user {
	void *ctx;
	/* recording: a call is over, and so became memory different */
	void (*put)(void *ctx, struct smn_tape *t,
		    const struct smn_tape_event *e,
		    const struct smn_tape_change *changes, unsigned int n);
	/*
	 * Replaying: fill in what came of it, and change memory as it was:
	 * smn_tape_poke(). -errno: this call is not on the tape here.
	 */
	int (*get)(void *ctx, struct smn_tape *t, struct smn_tape_event *e);
};

/* Memory that was mapped, by number from 1 on. */
struct smn_tape_map {
	char *at, *seen;	/* and as it was when it was looked at */
	size_t n;
};

#define SMN_TAPE_MAPS 64

struct smn_tape {
	struct smn_tape_user user;
	const struct smn_backend *real;	/* NULL: replaying */
	void *priv;
	struct smn_backend be;
	struct smn_tape_map maps[SMN_TAPE_MAPS];
	unsigned int nmaps;		/* in use, gaps among them */
	struct smn_tape_change *changes;
	unsigned int nchanges, room;
	bool memory;			/* it can be compared */
	bool watched;			/* it is: a device was attached */
	bool full;			/* more maps, or no memory: unlike */
};

/*
 * From now on every call of @sys is told to @user, and answered as before; or
 * answered by @user (replay), and the machine is not asked any more.
 */
void smn_tape_record(struct smn_tape *t, struct smn_sys *sys,
		     const struct smn_tape_user *user);
void smn_tape_replay(struct smn_tape *t, struct smn_sys *sys,
		     const struct smn_tape_user *user);

/*
 * The calls that a backend can do without, and this one is without: 1 << enum
 * smn_tape_call. A replay is without them from then on.
 */
uint32_t smn_tape_lacks(const struct smn_backend *be);
void smn_tape_lack(struct smn_tape *t, uint32_t calls);

/* As it was before; of a replay nothing answers any more. */
void smn_tape_end(struct smn_tape *t, struct smn_sys *sys);

/*
 * Where an address is: false: in no memory that was mapped. Else *map and *at
 * are the same at each replay.
 */
bool smn_tape_place(const struct smn_tape *t, uint64_t address,
		    unsigned int *map, uint64_t *at);

/* The other way; 0: there is no such memory. */
uint64_t smn_tape_address(const struct smn_tape *t, unsigned int map,
			  uint64_t at);

/* Change memory. False: it is not there. */
bool smn_tape_poke(struct smn_tape *t, const struct smn_tape_change *c);

#endif
