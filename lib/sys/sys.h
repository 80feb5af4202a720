/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The funnel: everything smmunest asks of the machine goes through here, so
 * that timing, tracing and error capture exist once, and so that something
 * other than the real kernel can answer.
 */
#ifndef SMN_SYS_SYS_H
#define SMN_SYS_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/row.h"

struct pollfd;

/* When a call began and how long it took. */
struct smn_span {
	uint64_t start, ns;
};

/* A program to be run. */
struct smn_program {
	const char *const *argv;
	const char *const *env;	/* what it has besides ours, or NULL */
	uint32_t ms;		/* how long it may take, 0: as it likes */
};

/*
 * Who answers. Each returns -errno on failure; ioctl measures *span as close
 * to the call as it can.
 */
struct smn_backend {
	const char *name;
	int (*open)(void *be, const char *path, int flags);
	int (*close)(void *be, int fd);
	int (*ioctl)(void *be, int fd, unsigned long request, void *arg,
		     struct smn_span *span);
	ssize_t (*read)(void *be, int fd, void *buf, size_t len);
	ssize_t (*write)(void *be, int fd, const void *buf, size_t len);
	ssize_t (*pread)(void *be, int fd, void *buf, size_t len,
			 uint64_t offset);
	ssize_t (*pwrite)(void *be, int fd, const void *buf, size_t len,
			  uint64_t offset);
	/* a new eventfd that never blocks */
	int (*eventfd)(void *be);
	/* as poll(2): how many are ready, 0 when @ms went by before */
	int (*poll)(void *be, struct pollfd *fds, unsigned int n, int ms);
	ssize_t (*readlink)(void *be, const char *path, char *buf, size_t len);
	int (*access)(void *be, const char *path);
	int (*mkdir)(void *be, const char *path);
	int (*unlink)(void *be, const char *path);
	int (*list)(void *be, const char *dir,
		    int (*each)(void *ctx, const char *name), void *ctx);
	void *(*map)(void *be, size_t len);
	/* the first bytes of a file, a device's of its BAR 0; shared */
	void *(*map_file)(void *be, int fd, size_t len);
	int (*unmap)(void *be, void *addr, size_t len);
	uint64_t (*now)(void *be);
	/* the row that refused the last call; NULL where none is known */
	const struct smn_row *(*refusal)(void *be, struct smn_why *cause);
	/* further reads tell only what comes from now on */
	int (*seek_end)(void *be, int fd);
	/* run a program to its end, what it prints goes into @buf; how much.
	 * -EFBIG: more than @len; -EIO: it did not end with 0; -ETIMEDOUT: it
	 * took too long and was killed with its children */
	ssize_t (*run)(void *be, const struct smn_program *p, void *buf,
		       size_t len);
	/* a process of its own writes @text to @path; *pid is its number. A
	 * file that can be read from when it has ended. NULL: there are no
	 * other processes */
	int (*begin_write)(void *be, const char *path, const char *text,
			   int keep, int *pid);
	/* what became of it, if it ends within @ms; closes the file */
	int (*end_write)(void *be, int fd, int pid, uint32_t ms);
	/* the file is ours until it is closed; -EWOULDBLOCK: another's */
	int (*lock)(void *be, int fd);
	/* a socket of a netlink protocol, that never blocks */
	int (*netlink)(void *be, int protocol);
	/* from now on it is sent what goes to @group */
	int (*join)(void *be, int fd, unsigned int group);
	/* a whole message, and the port it came from: 0 is the kernel's own */
	ssize_t (*receive)(void *be, int fd, void *buf, size_t len,
			   uint32_t *from);
};

extern const struct smn_backend smn_backend_kernel;

/* An ioctl as it went: what a trace shows and a diagnosis needs. */
struct smn_call {
	enum smn_op_id op;
	int fd;
	int err;				/* 0 or -errno */
	struct smn_span span;
	unsigned char in[SMN_ARG_MAX];		/* the argument before */
	unsigned char out[SMN_ARG_MAX];		/* and after */
	bool has_words;	   /* smn_op_culprit(), of a failure: */
	uint64_t words[2]; /* the argument's pointer may die */
	/* the row that refused it, and its cause; NULL where none is known */
	const struct smn_row *row;
	struct smn_why cause;
};

struct smn_sys {
	const struct smn_backend *be;
	void *priv;				/* the backend's own */
	struct smn_call last;			/* the last ioctl */
	struct smn_call failed;			/* the last that failed */
	char path[128];				/* the last open that failed */
	/*
	 * What is known to exist, kept up with every call; NULL: not kept. A
	 * backend that answers from a world of its own has that one here.
	 */
	struct smn_world *world;
	void (*trace)(void *ctx, const struct smn_call *call);
	void *trace_ctx;
};

/*
 * The call as a question to the errno rows, resolved; it is the call's for as
 * long as that lives.
 */
void smn_call_question(const struct smn_call *call, struct smn_world *w,
		       struct smn_question *q);

int smn_sys_ioctl(struct smn_sys *sys, enum smn_op_id op, int fd, void *arg);

/*
 * Has it that extension? 1 or 0 from a file that knows the question; -ENOTTY:
 * from another one. Neither remembered nor traced.
 */
int smn_sys_check_extension(struct smn_sys *sys, int fd,
			    const struct smn_extension *extension);

/*
 * read(2) and write(2) of a queue's file: SMN_READ_VEVENTQ, SMN_READ_FAULTQ,
 * SMN_WRITE_FAULTQ; remembered, traced and explained as ioctls are. How many
 * bytes went through, 0 when nothing waits: none of them ever sleeps. Their
 * errnos are the rows of lib/abi/act-queue.c.
 */
ssize_t smn_sys_read_queue(struct smn_sys *sys, enum smn_op_id op, int fd,
			   void *buf, size_t len);
ssize_t smn_sys_write_queue(struct smn_sys *sys, int fd, const void *buf,
			    size_t len);

/*
 * pread(2) and pwrite(2) of a device's file: its regions. A failure is
 * remembered as SMN_READ_REGION or SMN_WRITE_REGION, explained by the rows of
 * lib/abi/act-region.c; what succeeds is neither timed nor traced.
 */
ssize_t smn_sys_pread(struct smn_sys *sys, int fd, void *buf, size_t len,
		      uint64_t offset);
ssize_t smn_sys_pwrite(struct smn_sys *sys, int fd, const void *buf,
		       size_t len, uint64_t offset);

/* A new eventfd; reading it never sleeps. -EMFILE, -ENFILE, -ENOMEM. */
int smn_sys_eventfd(struct smn_sys *sys);

/*
 * As poll(2), but -errno: how many are ready, 0 when @ms milliseconds went by
 * before. With no file at all it sleeps. -EINTR: a signal came.
 */
int smn_sys_poll(struct smn_sys *sys, struct pollfd *fds, unsigned int n,
		 int ms);

/* O_CLOEXEC is implied. A failure is remembered as SMN_OPEN of sys->path. */
int smn_sys_open(struct smn_sys *sys, const char *path, int flags);
int smn_sys_close(struct smn_sys *sys, int fd);

/* As the backend's read. */
ssize_t smn_sys_read(struct smn_sys *sys, int fd, void *buf, size_t len);

/*
 * Open a log that never ends, to read from its end on (@whole: from the oldest
 * record it has) and without waiting. A failure is a fact, not remembered.
 */
int smn_sys_open_log(struct smn_sys *sys, const char *path, bool whole);

/* The output of a program, found in PATH, as the backend's run. */
ssize_t smn_sys_run_program(struct smn_sys *sys, const struct smn_program *p,
			    void *buf, size_t len);
ssize_t smn_sys_run(struct smn_sys *sys, const char *const argv[], void *buf,
		    size_t len);

/*
 * A whole small file as a string without its last newline; -EFBIG when it has
 * more than @len - 1 bytes.
 */
ssize_t smn_sys_read_text(struct smn_sys *sys, const char *path, char *buf,
			  size_t len);

/*
 * A whole file of at most @most bytes, whatever is in it; the caller free()s
 * *data. -EFBIG: it has more; -ENOMEM.
 */
int smn_sys_read_file(struct smn_sys *sys, const char *path, size_t most,
		      uint8_t **data, size_t *size);

/* @flags for an existing sysfs file: 0; O_CREAT and friends for one's own. */
int smn_sys_write_text(struct smn_sys *sys, const char *path, int flags,
		       const char *text);

/*
 * A write that may sleep until we do something, by a process of its own that
 * has none of our files open but @keep (-1: none), and none of our signals:
 * taking a device from vfio-pci sleeps until whoever has it open closes it.
 * What is locked by @keep stays so until both have ended.
 */
struct smn_writer {
	int fd;		/* can be read from when it has ended */
	int pid;
};

/* -EOPNOTSUPP: a backend without processes; -EMFILE, -ENOMEM, -EAGAIN. */
int smn_sys_begin_write(struct smn_sys *sys, const char *path,
			const char *text, int keep, struct smn_writer *w);

/*
 * What became of it: 0, or why the file could not be opened or written.
 * -ETIMEDOUT: it did not end within @ms, and was killed; one that sleeps so
 * that nothing wakes it is left behind; -ECHILD: it was killed by another.
 */
int smn_sys_end_write(struct smn_sys *sys, const struct smn_writer *w,
		      uint32_t ms);

/*
 * The file is this process's alone until it is closed or the process ends
 * (flock(2), which binds those who ask). -EWOULDBLOCK: another's. A backend
 * without other processes has nobody to exclude.
 */
int smn_sys_lock(struct smn_sys *sys, int fd);

/*
 * Netlink, messages and no files: a socket of @protocol (NETLINK_*), closed
 * with smn_sys_close(), whose messages are sent with smn_sys_send(). Nothing
 * sleeps: -EAGAIN. Receiving: -EMSGSIZE: longer than @len and gone; -ENOBUFS:
 * the kernel had to drop some; *from is the sender's port, 0 the kernel, and
 * anybody may send. -EPROTONOSUPPORT: the kernel, or a backend, without it.
 */
int smn_sys_netlink(struct smn_sys *sys, int protocol);
int smn_sys_join(struct smn_sys *sys, int fd, unsigned int group);
int smn_sys_send(struct smn_sys *sys, int fd, const void *buf, size_t len);
ssize_t smn_sys_receive(struct smn_sys *sys, int fd, void *buf, size_t len,
			uint32_t *from);

int smn_sys_mkdir(struct smn_sys *sys, const char *path);
int smn_sys_unlink(struct smn_sys *sys, const char *path);

/* Where the link points, as a string; its length. -ENAMETOOLONG. */
ssize_t smn_sys_readlink(struct smn_sys *sys, const char *path, char *buf,
			 size_t len);

/* The last component of that. */
int smn_sys_link_name(struct smn_sys *sys, const char *path, char *buf,
		      size_t len);
int smn_sys_access(struct smn_sys *sys, const char *path);
bool smn_sys_exists(struct smn_sys *sys, const char *path);

/* Calls @each for every name in @dir until it returns non-zero. */
int smn_sys_list(struct smn_sys *sys, const char *dir,
		 int (*each)(void *ctx, const char *name), void *ctx);

/* Zeroed, page-aligned memory of this process; each page comes when touched. */
void *smn_sys_map(struct smn_sys *sys, size_t len);

/* The first bytes of a file, of a VFIO device those of its BAR 0; NULL. */
void *smn_sys_map_file(struct smn_sys *sys, int fd, size_t len);
int smn_sys_unmap(struct smn_sys *sys, void *addr, size_t len);

/*
 * The row that refused the last call, where the backend answers from rows and
 * one did; else NULL.
 */
const struct smn_row *smn_sys_refusal(struct smn_sys *sys);

/* The backend's clock: nanoseconds of CLOCK_MONOTONIC_RAW on the kernel. */
uint64_t smn_sys_now(struct smn_sys *sys);

#endif
