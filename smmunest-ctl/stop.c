// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signals and --timeout. A handler only notes the signal; the command sees it,
 * returns, and is unwound like on any other way out. The second signal kills:
 * the kernel then frees what the file descriptors hold.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

/* A handler has no argument to reach anything else by. */
static volatile sig_atomic_t stopped_by;
static int pipe_fds[2] = { -1, -1 };

static void note(int sig)
{
	int saved = errno;

	stopped_by = sig;
	/* wakes a poll() that began just before the signal */
	if (write(pipe_fds[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

void stop_init(unsigned int timeout_s)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
	struct sigaction sa = { .sa_handler = note, .sa_flags = SA_RESETHAND };

	/* without one a signal is only seen a little later */
	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK))
		pipe_fds[0] = pipe_fds[1] = -1;
	for (size_t i = 0; i < SMN_ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &sa, NULL);
	/* a reader that went away is an error of write(), not our death */
	signal(SIGPIPE, SIG_IGN);
	alarm(timeout_s);
}

int stop_signal(void)
{
	return stopped_by;
}

void stop_wait(uint64_t seconds)
{
	struct pollfd p = { .fd = pipe_fds[0], .events = POLLIN };
	uint64_t ms = seconds * 1000;

	while (!stopped_by) {
		int slice = ms > 1000 || !seconds ? 1000 : (int)ms;

		if (poll(&p, 1, slice) == 0 && seconds) {
			ms -= slice;
			if (!ms)
				return;
		}
	}
}

enum { MAX_FILES = 16 };

void stop_wait_for(const int *fds, unsigned int n)
{
	struct pollfd p[MAX_FILES + 1] = {
		{ .fd = pipe_fds[0], .events = POLLIN },
	};

	n = n < MAX_FILES ? n : MAX_FILES;
	for (unsigned int i = 0; i < n; i++)
		p[i + 1] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	if (!stopped_by)
		poll(p, n + 1, 1000);
}
