// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory from images of its parts. See image.h. */
#include <errno.h>
#include <inttypes.h>

#include "arch/image.h"

static const struct smn_image *image_at(const struct smn_memory *m,
					uint64_t addr)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (addr >= m->images[i].base && addr <= m->images[i].last)
			return &m->images[i];
	return NULL;
}

/* Is it an image at all? */
static int check_size(uint64_t size, struct smn_why *why)
{
	if (!size) {
		smn_why_set(why, "it is empty");
		return -ENODATA;
	}
	if (size % 8) {
		smn_why_set(why, "%" PRIu64 " bytes are no whole number of "
			    "64-bit words; is it truncated?", size);
		return -EINVAL;
	}
	return 0;
}

/* Has it room where it is to be? */
static int check_place(const struct smn_memory *m, const struct smn_image *new,
		       struct smn_why *why)
{
	if (new->last < new->base) {
		smn_why_set(why, "it does not fit between 0x%" PRIx64
			    " and the end of all addresses", new->base);
		return -EOVERFLOW;
	}
	for (unsigned int i = 0; i < m->n; i++) {
		const struct smn_image *old = &m->images[i];

		if (new->base > old->last || old->base > new->last)
			continue;
		smn_why_set(why, "it and %.120s overlap at 0x%" PRIx64,
			    old->name,
			    new->base > old->base ? new->base : old->base);
		return -EEXIST;
	}
	return 0;
}

int smn_memory_add(struct smn_memory *m, const struct smn_image *image,
		   uint64_t size, struct smn_why *why)
{
	struct smn_image new = *image;
	int ret = check_size(size, why);

	if (ret)
		return ret;
	new.last = new.base + size - 1;
	ret = check_place(m, &new, why);
	if (ret)
		return ret;
	if (m->n == SMN_MAX_IMAGES) {
		smn_why_set(why, "more than %d images", SMN_MAX_IMAGES);
		return -ENOSPC;
	}
	m->images[m->n++] = new;
	return 0;
}

int smn_memory_read(const struct smn_memory *m, uint64_t addr, void *buf,
		    size_t len)
{
	unsigned char *to = buf;
	int ret = 0;

	while (!ret && len) {
		const struct smn_image *image = image_at(m, addr);
		size_t n = len;

		if (!image)
			return -ENXIO;
		if (image->last - addr < n - 1)
			n = image->last - addr + 1;
		ret = image->read(image->ctx, addr - image->base, to, n);
		to += n;
		addr += n;
		len -= n;
	}
	return ret;
}
