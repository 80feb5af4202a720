// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel. The only file that enters it, and its only ioctl(2). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/sys.h"

static uint64_t kernel_now(void *be)
{
	struct timespec t;

	(void)be;
	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int kernel_ioctl(void *be, int fd, unsigned long request, void *arg,
			struct smn_span *span)
{
	uint64_t start = kernel_now(be);
	int ret = ioctl(fd, request, arg);
	uint64_t end = kernel_now(be);

	*span = (struct smn_span){ start, end - start };
	return ret < 0 ? -errno : ret;
}

static int kernel_open(void *be, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	(void)be;
	return fd < 0 ? -errno : fd;
}

static int kernel_close(void *be, int fd)
{
	(void)be;
	return close(fd) ? -errno : 0;
}

static ssize_t kernel_read(void *be, int fd, void *buf, size_t len)
{
	ssize_t n = read(fd, buf, len);

	(void)be;
	return n < 0 ? -errno : n;
}

static ssize_t kernel_write(void *be, int fd, const void *buf, size_t len)
{
	ssize_t n = write(fd, buf, len);

	(void)be;
	return n < 0 ? -errno : n;
}

static ssize_t kernel_readlink(void *be, const char *path, char *buf,
			       size_t len)
{
	ssize_t n = readlink(path, buf, len);

	(void)be;
	return n < 0 ? -errno : n;
}

static int kernel_access(void *be, const char *path)
{
	(void)be;
	return access(path, F_OK) ? -errno : 0;
}

static int kernel_mkdir(void *be, const char *path)
{
	(void)be;
	return mkdir(path, 0755) ? -errno : 0;
}

static int kernel_unlink(void *be, const char *path)
{
	(void)be;
	return unlink(path) ? -errno : 0;
}

static int kernel_list(void *be, const char *dir,
		       int (*each)(void *ctx, const char *name), void *ctx)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int ret = 0;

	(void)be;
	if (!d)
		return -errno;
	while (!ret && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			ret = each(ctx, e->d_name);
	closedir(d);
	return ret;
}

static void *kernel_map(void *be, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	(void)be;
	return p == MAP_FAILED ? NULL : p;
}

static int kernel_unmap(void *be, void *addr, size_t len)
{
	(void)be;
	return munmap(addr, len) ? -errno : 0;
}

static int kernel_seek_end(void *be, int fd)
{
	(void)be;
	return lseek(fd, 0, SEEK_END) < 0 ? -errno : 0;
}

/* Start the program: no input, its output to @to, its complaints nowhere. */
static int spawn(const char *const argv[], int to, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t pipe;
	int ret;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, to, 1);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	/* whoever writes after we have seen enough shall end */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	ret = -posix_spawnp(pid, argv[0], &files, &attr, (char *const *)argv,
			    environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return ret;
}

/* All that comes through the pipe; one byte too many is enough to know. */
static ssize_t drain(int fd, char *buf, size_t len)
{
	size_t have = 0;
	char more;

	for (;;) {
		bool full = have == len;
		ssize_t n = full ? read(fd, &more, 1) :
			read(fd, buf + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : (ssize_t)have;
		if (full)
			return -EFBIG;
		have += n;
	}
}

static ssize_t kernel_run(void *be, const char *const argv[], void *buf,
			  size_t len)
{
	int pipes[2], status = 0, ret;
	ssize_t n;
	pid_t pid;

	(void)be;
	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	ret = spawn(argv, pipes[1], &pid);
	close(pipes[1]);
	n = ret ? ret : drain(pipes[0], buf, len);
	close(pipes[0]);
	if (ret)
		return ret;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return n < 0 || !status ? n : -EIO;
}

const struct smn_backend smn_backend_kernel = {
	.name = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.ioctl = kernel_ioctl,
	.read = kernel_read,
	.write = kernel_write,
	.readlink = kernel_readlink,
	.access = kernel_access,
	.mkdir = kernel_mkdir,
	.unlink = kernel_unlink,
	.list = kernel_list,
	.map = kernel_map,
	.unmap = kernel_unmap,
	.now = kernel_now,
	.seek_end = kernel_seek_end,
	.run = kernel_run,
};
