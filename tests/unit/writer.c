// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A child that writes for us: its errno comes back, it holds nothing of ours
 * open, it never keeps us, and none is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "smmunest.h"
#include "tap.h"

static struct smn_sys sys_kernel = { .be = &smn_backend_kernel };

static bool no_child(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static int write_to(const char *path, const char *text, uint32_t ms)
{
	struct smn_writer w;
	int ret = smn_sys_begin_write(&sys_kernel, path, text, -1, &w);

	return ret ? ret : smn_sys_end_write(&sys_kernel, &w, ms);
}

static void test_results(struct tap *t, const char *file)
{
	char text[16] = "";

	close(open(file, O_CREAT | O_RDWR, 0600));
	tap_ok(t, !write_to(file, "0000:01:00.0", 5000), "a write succeeds");
	tap_ok(t, smn_sys_read_text(&sys_kernel, file, text, sizeof(text)) ==
	       12 && !strcmp(text, "0000:01:00.0"), "and has arrived");
	tap_ok(t, write_to("/does/not/exist", "1", 5000) == -ENOENT,
	       "the errno of open() comes back");
	tap_ok(t, write_to("/dev/full", "1", 5000) == -ENOSPC,
	       "the errno of write() comes back");
	tap_ok(t, no_child(), "no child is left");
}

/* Opening a FIFO sleeps until somebody reads from it. */
static void test_blocked(struct tap *t, const char *fifo)
{
	struct smn_writer w;
	int pipes[2];
	char c;

	if (mkfifo(fifo, 0600) || pipe(pipes) ||
	    smn_sys_begin_write(&sys_kernel, fifo, "1", -1, &w)) {
		tap_ok(t, false, "setting up");
		return;
	}
	close(pipes[1]);
	tap_ok(t, poll(&(struct pollfd){ pipes[0], POLLIN, 0 }, 1, 5000) == 1
	       && !read(pipes[0], &c, 1),
	       "a child that sleeps has none of our files open");
	tap_ok(t, !poll(&(struct pollfd){ w.fd, POLLIN, 0 }, 1, 100),
	       "and says nothing");
	tap_ok(t, getpgid(w.pid) == w.pid, "Ctrl-C does not reach it");
	tap_ok(t, smn_sys_end_write(&sys_kernel, &w, 100) == -ETIMEDOUT,
	       "one that does not end is given up");
	tap_ok(t, no_child(), "and is gone");
	if (smn_sys_begin_write(&sys_kernel, fifo, "1", -1, &w)) {
		tap_ok(t, false, "a second one");
		return;
	}
	kill(w.pid, SIGKILL);
	tap_ok(t, smn_sys_end_write(&sys_kernel, &w, 5000) == -ECHILD,
	       "one that was killed is told");
	tap_ok(t, no_child(), "and is reaped");
	close(pipes[0]);
}

/* What is locked stays so until the child, too, has ended. */
static void test_kept(struct tap *t, const char *file, const char *fifo)
{
	int fd = open(file, O_RDWR), other = open(file, O_RDWR);
	struct smn_writer w;
	int pipes[2];
	char c;

	if (smn_sys_lock(&sys_kernel, fd) || pipe(pipes) ||
	    smn_sys_begin_write(&sys_kernel, fifo, "1", fd, &w)) {
		tap_ok(t, false, "setting up a lock");
		return;
	}
	close(fd);
	/* the pipe is what the child closes last */
	close(pipes[1]);
	tap_ok(t, !read(pipes[0], &c, 1) &&
	       smn_sys_lock(&sys_kernel, other) == -EWOULDBLOCK,
	       "a lock that a child keeps is not free");
	smn_sys_end_write(&sys_kernel, &w, 100);
	tap_ok(t, !smn_sys_lock(&sys_kernel, other), "until it has ended");
	close(other);
	close(pipes[0]);
}

int main(void)
{
	char dir[] = "/tmp/smmunest-writer-XXXXXX", file[64], fifo[64];
	struct tap t = { 0 };

	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	test_results(&t, file);
	test_blocked(&t, fifo);
	test_kept(&t, file, fifo);
	unlink(file);
	unlink(fifo);
	rmdir(dir);
	return tap_done(&t);
}
