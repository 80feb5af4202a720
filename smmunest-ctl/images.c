// SPDX-License-Identifier: GPL-2.0-or-later
/* Files as pieces of somebody's memory: IMAGE[@BASE] options. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"

static int read_image(void *ctx, uint64_t offset, void *buf, size_t len)
{
	const int *fd = ctx;
	ssize_t n = pread(*fd, buf, len, offset);

	if (n == (ssize_t)len)
		return 0;
	return n < 0 ? -errno : -ENODATA;	/* it has shrunk */
}

static uint64_t image_size(struct argp_state *state, const char *path, int fd)
{
	struct stat st;
	off_t end;

	if (fstat(fd, &st))
		argp_error(state, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		argp_error(state, "%s: neither a file nor a disk", path);
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		argp_error(state, "%s: %s", path, strerror(errno));
	return end;
}

/* The last '@', so that a name with one can be given, too. */
void images_add(struct images *images, struct argp_state *state,
		const char *option, char *arg)
{
	struct smn_image image = { .name = arg, .read = read_image };
	char *at = strrchr(arg, '@'), what[32];
	struct smn_why why;
	uint64_t size;
	int *fd;

	if (images->memory.n == SMN_MAX_IMAGES)
		argp_error(state, "more than %d images", SMN_MAX_IMAGES);
	if (at) {
		*at = '\0';
		snprintf(what, sizeof(what), "%s: BASE", option);
		image.base = ctl_number(state, what, at + 1, 0, UINT64_MAX);
	}
	if (!arg[0])
		argp_error(state, "%s: an image is needed before '@'", option);
	fd = &images->fds[images->memory.n];
	image.ctx = fd;
	*fd = open(arg, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		argp_error(state, "%s: %s", arg, strerror(errno));
	size = image_size(state, arg, *fd);
	if (smn_memory_add(&images->memory, &image, size, &why))
		argp_error(state, "%s: %s", arg, why.text);
}

void images_close(struct images *images)
{
	for (unsigned int i = 0; i < images->memory.n; i++)
		close(images->fds[i]);
}
