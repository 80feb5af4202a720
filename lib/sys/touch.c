// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory of a caller, at an address that may be wrong. See touch.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sys/touch.h"

/* Over a pipe: what cannot be read or written is EFAULT there, too. */
static bool pass(const int pipe_fds[2], void *here, char *there, size_t n,
		 bool in)
{
	if (in)
		return write(pipe_fds[1], here, n) == (ssize_t)n &&
			read(pipe_fds[0], there, n) == (ssize_t)n;
	return write(pipe_fds[1], there, n) == (ssize_t)n &&
		read(pipe_fds[0], here, n) == (ssize_t)n;
}

/* For kernels without CONFIG_CROSS_MEMORY_ATTACH. */
static int touch_slowly(char *here, char *there, size_t n, bool in)
{
	bool ok = true;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -EFAULT;
	for (size_t at = 0; ok && at < n; at += PIPE_BUF)
		ok = pass(fds, here + at, there + at,
			  n - at < PIPE_BUF ? n - at : PIPE_BUF, in);
	close(fds[0]);
	close(fds[1]);
	return ok ? 0 : -EFAULT;
}

int smn_touch(void *here, uint64_t there, size_t n, bool in)
{
	struct iovec own = { here, n };
	struct iovec other = { (void *)(uintptr_t)there, n };
	ssize_t done = in ?
		process_vm_writev(getpid(), &own, 1, &other, 1, 0) :
		process_vm_readv(getpid(), &own, 1, &other, 1, 0);

	if (done < 0 && errno == ENOSYS)
		return touch_slowly(here, (char *)(uintptr_t)there, n, in);
	return done == (ssize_t)n ? 0 : -EFAULT;
}
