/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that a walk reads, put together from images: raw copies of parts
 * of it. What lies between them is not known, and cannot be read.
 */
#ifndef SMN_ARCH_IMAGE_H
#define SMN_ARCH_IMAGE_H

#include "arch/field.h"

#define SMN_MAX_IMAGES 32

struct smn_image {
	const char *name;
	uint64_t base;
	uint64_t last;		/* the last byte's address */

	/* @len bytes at @offset of the image: 0 or -errno. */
	int (*read)(void *ctx, uint64_t offset, void *buf, size_t len);
	void *ctx;
};

/* Starts with zeroes. */
struct smn_memory {
	unsigned int n;
	struct smn_image images[SMN_MAX_IMAGES];
};

/*
 * Add @image, whose last is not filled yet, of @size bytes.
 * -ENODATA: it is empty; -EINVAL: not whole 64-bit words; -EOVERFLOW: it does
 * not fit between its base and the end of all addresses; -EEXIST: an image is
 * there already; -ENOSPC: there are SMN_MAX_IMAGES.
 */
int smn_memory_add(struct smn_memory *m, const struct smn_image *image,
		   uint64_t size, struct smn_why *why);

/*
 * Read @len bytes at @addr, from one image or where they meet.
 * -ENXIO: no image has some of them; else the image's own -errno.
 */
int smn_memory_read(const struct smn_memory *m, uint64_t addr, void *buf,
		    size_t len);

#endif
