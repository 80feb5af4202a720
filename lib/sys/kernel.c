// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel. The only file that enters it, and its only ioctl(2). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "sys/sys.h"
#include "sys/writer.h"

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

static ssize_t kernel_pread(void *be, int fd, void *buf, size_t len,
			    uint64_t offset)
{
	ssize_t n = pread(fd, buf, len, (off_t)offset);

	(void)be;
	return n < 0 ? -errno : n;
}

static ssize_t kernel_pwrite(void *be, int fd, const void *buf, size_t len,
			     uint64_t offset)
{
	ssize_t n = pwrite(fd, buf, len, (off_t)offset);

	(void)be;
	return n < 0 ? -errno : n;
}

static int kernel_eventfd(void *be)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	(void)be;
	return fd < 0 ? -errno : fd;
}

static int kernel_poll(void *be, struct pollfd *fds, unsigned int n, int ms)
{
	int ready = poll(fds, n, ms);

	(void)be;
	return ready < 0 ? -errno : ready;
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
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)be;
	return p == MAP_FAILED ? NULL : p;
}

static void *kernel_map_file(void *be, int fd, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

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

/* What is in our environment and what the program is to have besides. */
static const char **environment(const char *const more[])
{
	size_t n = 0, k = 0;
	const char **all;

	while (environ[n])
		n++;
	while (more && more[k])
		k++;
	all = calloc(n + k + 1, sizeof(*all));
	if (all) {
		memcpy(all, environ, n * sizeof(*all));
		if (k)
			memcpy(all + n, more, k * sizeof(*all));
	}
	return all;
}

/* Start it: no input, its output to @to, its complaints nowhere. */
static int spawn(const struct smn_program *p, int to, pid_t *pid)
{
	const char **env = environment(p->env);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t pipe;
	int ret;

	if (!env)
		return -ENOMEM;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, to, 1);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	/* whoever writes after we have seen enough shall end */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	/* a group of its own, to be killed with its children */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF |
				 POSIX_SPAWN_SETPGROUP);
	ret = -posix_spawnp(pid, p->argv[0], &files, &attr,
			    (char *const *)p->argv, (char *const *)env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	free(env);
	return ret;
}

/* Milliseconds until @end, rounded up; -1, no end, when that is 0. */
static int left(uint64_t end)
{
	uint64_t now = kernel_now(NULL);

	if (!end)
		return -1;
	return now < end ? (int)((end - now) / 1000000 + 1) : 0;
}

/* Something can be read before @end; -ETIMEDOUT: not so. */
static int readable(int fd, uint64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, left(end));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n ? 0 : -ETIMEDOUT;
}

/* All that comes through the pipe; one byte too many is enough to know. */
static ssize_t drain(int fd, char *buf, size_t len, uint64_t end)
{
	size_t have = 0;
	char more;

	for (;;) {
		bool full = have == len;
		ssize_t n = readable(fd, end);

		if (n)
			return n;
		n = full ? read(fd, &more, 1) :
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

/* It has closed its output: see how it ended, if it does so before @end. */
static int reap(pid_t pid, uint64_t end, int *status)
{
	pid_t got;

	do {
		got = waitpid(pid, status, end ? WNOHANG : 0);
		if (!got && !left(end))
			return -ETIMEDOUT;
		if (!got)
			poll(NULL, 0, 1);
	} while (!got || (got < 0 && errno == EINTR));
	return got < 0 ? -errno : 0;
}

static void put_down(pid_t pid)
{
	kill(-pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static ssize_t kernel_run(void *be, const struct smn_program *p, void *buf,
			  size_t len)
{
	uint64_t end = p->ms ? kernel_now(be) + p->ms * 1000000ULL : 0;
	int pipes[2], status = 0, ret;
	ssize_t n;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	ret = spawn(p, pipes[1], &pid);
	close(pipes[1]);
	n = ret ? ret : drain(pipes[0], buf, len, end);
	close(pipes[0]);
	if (ret)
		return ret;
	ret = n == -ETIMEDOUT ? n : reap(pid, end, &status);
	if (ret == -ETIMEDOUT)
		put_down(pid);
	if (ret)
		return ret;
	return n < 0 || !status ? n : -EIO;
}

static int kernel_lock(void *be, int fd)
{
	(void)be;
	return flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0;
}

static int kernel_netlink(void *be, int protocol)
{
	static const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			protocol);
	int err;

	(void)be;
	if (fd < 0 || !bind(fd, (const struct sockaddr *)&any, sizeof(any)))
		return fd < 0 ? -errno : fd;
	err = -errno;
	close(fd);
	return err;
}

static int kernel_join(void *be, int fd, unsigned int group)
{
	(void)be;
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ? -errno : 0;
}

static ssize_t kernel_receive(void *be, int fd, void *buf, size_t len,
			      uint32_t *from)
{
	struct sockaddr_nl who = { .nl_pid = UINT32_MAX };
	socklen_t size = sizeof(who);
	/* its true length, also when it is longer than the room */
	ssize_t n = recvfrom(fd, buf, len, MSG_TRUNC, (struct sockaddr *)&who,
			     &size);

	(void)be;
	if (n < 0)
		return -errno;
	*from = who.nl_pid;
	return (size_t)n > len ? -EMSGSIZE : n;
}

const struct smn_backend smn_backend_kernel = {
	.name = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.ioctl = kernel_ioctl,
	.read = kernel_read,
	.write = kernel_write,
	.pread = kernel_pread,
	.pwrite = kernel_pwrite,
	.eventfd = kernel_eventfd,
	.poll = kernel_poll,
	.readlink = kernel_readlink,
	.access = kernel_access,
	.mkdir = kernel_mkdir,
	.unlink = kernel_unlink,
	.list = kernel_list,
	.map = kernel_map,
	.map_file = kernel_map_file,
	.unmap = kernel_unmap,
	.now = kernel_now,
	.seek_end = kernel_seek_end,
	.run = kernel_run,
	.begin_write = smn_kernel_begin_write,
	.end_write = smn_kernel_end_write,
	.lock = kernel_lock,
	.netlink = kernel_netlink,
	.join = kernel_join,
	.receive = kernel_receive,
};
