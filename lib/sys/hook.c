// SPDX-License-Identifier: GPL-2.0-or-later
/* Before and after every call of a backend. See hook.h. */
#include "sys/hook.h"

/* X(what it returns, the call, its parameters, what it is called with) */
#define CALLS(X) \
	X(int, open, (void *be, const char *path, int flags), \
	  (h->priv, path, flags)) \
	X(int, close, (void *be, int fd), (h->priv, fd)) \
	X(int, ioctl, (void *be, int fd, unsigned long request, void *arg, \
		       struct smn_span *span), \
	  (h->priv, fd, request, arg, span)) \
	X(ssize_t, read, (void *be, int fd, void *buf, size_t len), \
	  (h->priv, fd, buf, len)) \
	X(ssize_t, write, (void *be, int fd, const void *buf, size_t len), \
	  (h->priv, fd, buf, len)) \
	X(ssize_t, pread, (void *be, int fd, void *buf, size_t len, \
			   uint64_t offset), (h->priv, fd, buf, len, offset)) \
	X(ssize_t, pwrite, (void *be, int fd, const void *buf, size_t len, \
			    uint64_t offset), (h->priv, fd, buf, len, offset)) \
	X(int, eventfd, (void *be), (h->priv)) \
	X(int, poll, (void *be, struct pollfd *fds, unsigned int n, int ms), \
	  (h->priv, fds, n, ms)) \
	X(ssize_t, readlink, (void *be, const char *path, char *buf, \
			      size_t len), (h->priv, path, buf, len)) \
	X(int, access, (void *be, const char *path), (h->priv, path)) \
	X(int, mkdir, (void *be, const char *path), (h->priv, path)) \
	X(int, unlink, (void *be, const char *path), (h->priv, path)) \
	X(int, list, (void *be, const char *dir, \
		      int (*each)(void *ctx, const char *name), void *ctx), \
	  (h->priv, dir, each, ctx)) \
	X(void *, map, (void *be, size_t len), (h->priv, len)) \
	X(void *, map_file, (void *be, int fd, size_t len), \
	  (h->priv, fd, len)) \
	X(int, unmap, (void *be, void *addr, size_t len), \
	  (h->priv, addr, len)) \
	X(int, seek_end, (void *be, int fd), (h->priv, fd)) \
	X(ssize_t, run, (void *be, const struct smn_program *p, void *buf, \
			 size_t len), (h->priv, p, buf, len)) \
	X(int, begin_write, (void *be, const char *path, const char *text, \
			     int keep, int *pid), \
	  (h->priv, path, text, keep, pid)) \
	X(int, end_write, (void *be, int fd, int pid, uint32_t ms), \
	  (h->priv, fd, pid, ms)) \
	X(int, lock, (void *be, int fd), (h->priv, fd)) \
	X(int, netlink, (void *be, int protocol), (h->priv, protocol)) \
	X(int, join, (void *be, int fd, unsigned int group), \
	  (h->priv, fd, group)) \
	X(ssize_t, receive, (void *be, int fd, void *buf, size_t len, \
			     uint32_t *from), (h->priv, fd, buf, len, from))

static void tell(const struct smn_hook *h, void (*whom)(void *ctx))
{
	if (whom)
		whom(h->ctx);
}

#define X(type, name, params, args) \
static type hook_##name params \
{ \
	struct smn_hook *h = be; \
	type ret; \
\
	tell(h, h->before); \
	ret = h->real->name args; \
	tell(h, h->after); \
	return ret; \
}
CALLS(X)
#undef X

/* these two ask nothing of the machine */
static uint64_t hook_now(void *be)
{
	struct smn_hook *h = be;

	return h->real->now(h->priv);
}

static const struct smn_row *hook_refusal(void *be, struct smn_why *cause)
{
	struct smn_hook *h = be;

	return h->real->refusal(h->priv, cause);
}

void smn_hook_begin(struct smn_hook *h, struct smn_sys *sys)
{
	h->real = sys->be;
	h->priv = sys->priv;
	h->be = (struct smn_backend){
		.name = h->real->name, .now = hook_now,
		.refusal = h->real->refusal ? hook_refusal : NULL,
#define X(type, call, params, args) \
		.call = h->real->call ? hook_##call : NULL,
		CALLS(X)
#undef X
	};
	sys->be = &h->be;
	sys->priv = h;
}

void smn_hook_end(struct smn_hook *h, struct smn_sys *sys)
{
	sys->be = h->real;
	sys->priv = h->priv;
}
