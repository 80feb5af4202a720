// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A child that writes to a file of sysfs, where the write may sleep until its
 * parent closes a device. It tells its errno through a pipe; whatever happens
 * to it, the parent waits for a bounded time and reaps it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/writer.h"

#define KILLED_MS 1000	/* until one that can be killed is gone */

static int write_all(const char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/* All but 0, which is the way to our parent. */
static int close_all(int keep)
{
	if (keep <= 0)
		return close_range(1, ~0u, 0);
	if (keep > 1 && close_range(1, keep - 1, 0))
		return -1;
	return close_range(keep + 1, ~0u, 0);
}

/*
 * The child's life. It may keep no device of ours open, or that would not be
 * let go; Ctrl-C is for the parent, who ends it by closing the device.
 */
static void child(int to, int keep, const char *path, const char *text)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE };
	int ret;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		signal(ours[i], SIG_DFL);
	ret = dup2(to, 0) ? -errno : close_all(keep) ? -errno :
		write_all(path, text);
	/* a parent that is gone does not want to know */
	while (write(0, &ret, sizeof(ret)) < 0 && errno == EINTR)
		;
	/* nothing that the parent has in mind for its own end may run */
	kill(getpid(), SIGKILL);
}

int smn_kernel_begin_write(void *be, const char *path, const char *text,
			   int keep, int *pid)
{
	int pipes[2], err;

	(void)be;
	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	*pid = fork();
	if (!*pid)
		child(pipes[1], keep, path, text);
	err = -errno;
	close(pipes[1]);
	if (*pid > 0)
		return pipes[0];
	close(pipes[0]);
	return err;
}

/* Wait until it has told something or ended; signals do not end the waiting. */
static bool tells(int fd, uint32_t ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint32_t spent = 0;
	int n = 0;

	/* in slices: an interrupted one counts as a whole */
	while (n <= 0 && spent < ms) {
		uint32_t slice = ms - spent < 100 ? ms - spent : 100;

		n = poll(&p, 1, (int)slice);
		spent += slice;
	}
	return n > 0 || poll(&p, 1, 0) > 0;
}

static bool reaped(int pid)
{
	for (int ms = 0; ms < KILLED_MS; ms++) {
		int got = waitpid(pid, NULL, WNOHANG);

		if (got && !(got < 0 && errno == EINTR))
			return true;
		poll(NULL, 0, 1);
	}
	return false;
}

int smn_kernel_end_write(void *be, int fd, int pid, uint32_t ms)
{
	int told = -ETIMEDOUT;

	(void)be;
	if (tells(fd, ms) && read(fd, &told, sizeof(told)) != sizeof(told))
		told = -ECHILD;
	close(fd);
	if (told == -ETIMEDOUT)
		kill(pid, SIGKILL);
	return reaped(pid) ? told : -ETIMEDOUT;
}
