// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory put together from images, against a byte-wise look at the same ones:
 * which are taken, and what is read where they meet, overlap and end.
 */
#include <errno.h>

#include "fuzz.h"

#define MAX_READ 256

struct piece {
	uint64_t base, size;
	bool fails;		/* it cannot be read */
};

struct pieces {
	unsigned int n;
	struct piece p[SMN_MAX_IMAGES];
};

/* A byte that tells which image it is in, and where. */
static uint8_t byte_of(const struct piece *p, uint64_t offset)
{
	return (offset * 7) ^ (p->base >> 3);
}

static int read_piece(void *ctx, uint64_t offset, void *buf, size_t len)
{
	const struct piece *p = ctx;
	uint8_t *to = buf;

	CHECK(len && offset < p->size && len <= p->size - offset);
	for (size_t i = 0; i < len; i++)
		to[i] = byte_of(p, offset + i);
	return p->fails ? -EIO : 0;
}

static bool contains(const struct piece *p, uint64_t addr)
{
	return addr >= p->base && addr - p->base < p->size;
}

/* Sizes that fit somewhere: two intervals meet when one begins in the other. */
static int expected(const struct pieces *all, const struct piece *new)
{
	if (!new->size)
		return -ENODATA;
	if (new->size & 7)
		return -EINVAL;
	if (new->size - 1 > UINT64_MAX - new->base)
		return -EOVERFLOW;
	for (unsigned int i = 0; i < all->n; i++)
		if (contains(&all->p[i], new->base) ||
		    contains(new, all->p[i].base))
			return -EEXIST;
	return all->n < SMN_MAX_IMAGES ? 0 : -ENOSPC;
}

static void add(struct smn_memory *m, struct pieces *all,
		const struct piece *new)
{
	struct smn_image image = { .name = "x", .base = new->base,
				   .read = read_piece };
	int want = expected(all, new);
	struct smn_why why = { "" };

	if (!want) {
		image.ctx = &all->p[all->n];
		all->p[all->n++] = *new;
	}
	CHECK(smn_memory_add(m, &image, new->size, &why) == want);
	CHECK(m->n == all->n);
	if (want)
		check_why(&why);
}

static const struct piece *piece_at(const struct pieces *all, uint64_t addr)
{
	for (unsigned int i = 0; i < all->n; i++)
		if (contains(&all->p[i], addr))
			return &all->p[i];
	return NULL;
}

/* The first byte that is not there, or cannot be read, decides. */
static void check_read(const struct smn_memory *m, const struct pieces *all,
		       uint64_t addr, size_t len)
{
	uint8_t buf[MAX_READ + 1];
	int want = 0;

	memset(buf, 0xa5, sizeof(buf));
	for (size_t i = 0; !want && i < len; i++) {
		const struct piece *p = piece_at(all, addr + i);

		want = !p ? -ENXIO : p->fails ? -EIO : 0;
	}
	CHECK(smn_memory_read(m, addr, buf, len) == want);
	CHECK(buf[len] == 0xa5);
	for (size_t i = 0; !want && i < len; i++) {
		const struct piece *p = piece_at(all, addr + i);

		CHECK(buf[i] == byte_of(p, addr + i - p->base));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int near[] = { -MAX_READ, -64, -8, -1, 0, 1, 8 };
	struct input in = { data, size };
	struct smn_memory m = { 0 };
	struct pieces all = { 0 };

	/* each image by its place and size; some are huge, some fail */
	while (in.size) {
		struct piece new = { 0 };
		uint64_t at[2];
		uint8_t how;

		take(&in, &how, sizeof(how));
		take(&in, at, how & 1 ? sizeof(at) : sizeof(at[0]));
		new.base = at[0];
		new.size = how & 1 ? at[1] : how >> 2;
		new.fails = how & 2;
		add(&m, &all, &new);
		for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
			check_read(&m, &all, at[0] + near[i], how);
			check_read(&m, &all, at[0] + new.size + near[i], how);
		}
	}
	return 0;
}
