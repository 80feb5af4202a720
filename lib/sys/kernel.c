// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel. The only file that enters it, and its only ioctl(2). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
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
};
