// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the model maps, copies and unmaps, called with raw UAPI structs. What
 * is expected here was seen on a 7.3 kernel or read in its source.
 */
#include "bed.h"

/* --- IOAS_MAP --- */

struct map_case {
	struct iommu_ioas_map cmd;
	int err;
	const char *id;
};

/* Each once where nothing but the argument is wrong. IOAS 1, no HWPT. */
static void map_arguments(struct tap *t)
{
	static const struct map_case cases[] = {
		{ { .flags = 8 | RW }, EOPNOTSUPP, "map.flags" },
		{ { .flags = RW, .__reserved = 1 }, EOPNOTSUPP, "map.zero" },
		{ { .flags = 8, .iova = LAST }, EOPNOTSUPP, "map.flags" },
		{ { .iova = LAST }, EOVERFLOW, "map.iova-last" },
		{ { .length = LAST }, EOVERFLOW, "map.length-last" },
		{ { .flags = FIXED }, EINVAL, "map.access" },
		{ { .flags = RW, .ioas_id = 9 }, ENOENT, "map.ioas" },
		{ { .flags = RW, .ioas_id = 1, .user_va = 2,
		    .length = LAST - 1 }, EOVERFLOW, "map.user" },
		{ { .flags = RW, .ioas_id = 1 }, EINVAL, "map.empty" },
		{ { .flags = RW, .ioas_id = 1, .length = LAST - 1 }, EINVAL,
		  "map.huge" },
		{ { .flags = RW, .ioas_id = 1, .length = 1ULL << 63 },
		  EOVERFLOW, "map.long" },
		{ { .flags = RW, .ioas_id = 1, .length = (1ULL << 63) - 2 }, 0,
		  NULL },
		{ { .flags = RW | FIXED, .ioas_id = 1, .iova = 1,
		    .length = LAST - PAGE }, 0, NULL },
		{ { .flags = RW | FIXED, .ioas_id = 1, .iova = PAGE + 2,
		    .length = LAST - PAGE }, EOVERFLOW, "map.range" },
		{ { .flags = RW | FIXED, .ioas_id = 1, .user_va = 0xfff,
		    .length = LAST - PAGE - 1 }, EOVERFLOW, "map.pages" },
		{ { .flags = RW | FIXED, .ioas_id = 1, .user_va = 7,
		    .iova = 3, .length = 5 }, 0, NULL },
	};

	for (size_t i = 0; i < SMN_ARRAY_SIZE(cases); i++) {
		struct bed b = begin(t, PAGE);
		struct iommu_ioas_map cmd = cases[i].cmd;

		ioas(&b);
		tap_ok(t, gives(&b, map(&b, &cmd), cases[i].err, cases[i].id),
		       "map case %zu: %s", i, cases[i].id ? cases[i].id : "ok");
		end(&b);
	}
}

/* Without a HWPT anything goes; with one, pages, and memory that is there. */
static void map_with_hwpt(struct tap *t)
{
	struct bed b = begin(t, 4 * PAGE);
	uint64_t va = (uintptr_t)b.mem;
	uint32_t id = ioas(&b);
	struct iommu_ioas_map cmd = { .flags = RW, .ioas_id = id,
				      .user_va = va + 1, .length = PAGE };

	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, map_at(&b, id, va, 0, 1), EINVAL, "map.align"),
	       "a HWPT wants whole pages");
	tap_ok(t, gives(&b, map(&b, &cmd), EINVAL, "map.unfit"),
	       "and memory that begins at one, when it chooses the IOVA");
	tap_ok(t, gives(&b, map_at(&b, id, va, 1, PAGE), EINVAL, "map.iova"),
	       "and a page of IOVA");
	tap_ok(t, gives(&b, map_at(&b, id, va + 1, 0, PAGE), EINVAL,
			"map.offset"), "and a page of memory");
	tap_ok(t, gives(&b, map_at(&b, id, va, 0, 5 * PAGE), EFAULT, "map.pin"),
	       "memory beyond the end cannot be pinned");
	tap_ok(t, gives(&b, map_at(&b, id, va | 0x5aULL << 56, 0, 4 * PAGE), 0,
			NULL), "a tag in the address is ignored");
	tap_ok(t, b.w->pinned == 4 * PAGE, "4 pages are pinned");
	tap_ok(t, gives(&b, map_at(&b, id, va, 3 * PAGE, PAGE), EEXIST,
			"map.taken"), "no mapping over another");
	end(&b);
}

static void map_reserved(struct tap *t)
{
	struct smn_area msi = { .start = 0x8000000, .last = 0x80fffff };
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);

	smn_areas_add(&space(&b, id)->reserved, &msi);
	tap_ok(t, gives(&b, map_at(&b, id, 0, 0x7fff000, PAGE), 0, NULL) &&
	       gives(&b, map_at(&b, id, 0, 0x80ff000, PAGE), EINVAL,
		     "map.reserved") &&
	       gives(&b, map_at(&b, id, 0, 0x7fff000, 2 * PAGE), EINVAL,
		     "map.reserved") &&
	       gives(&b, map_at(&b, id, 0, 0x8100000, PAGE), 0, NULL),
	       "a reserved range is refused to the byte, before EEXIST");
	end(&b);
}

struct place_case {
	uint64_t va, length, iova;	/* LAST: ENOSPC */
	bool no_thp;
};

/* Lowest that fits, as aligned as the memory, never page 0. */
static void places(struct tap *t)
{
	static const struct place_case cases[] = {
		{ 0, PAGE, PAGE, false },
		{ 0x5000, PAGE, 2 * PAGE, false },
		{ 0x5123, 16, 0x3123, false },
		{ 0x600000, 0x400000, 0x200000, false },
		{ 0x5000, 0x400000, 0x600000, true },
		{ 0, 0x300000, 0xa00000, false },
		{ 0x1001, 1, 0x3001, false },
	};
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);

	for (size_t i = 0; i < SMN_ARRAY_SIZE(cases); i++) {
		struct iommu_ioas_map cmd = { .flags = RW, .ioas_id = id,
					      .user_va = cases[i].va,
					      .length = cases[i].length };

		b.w->facts.is[SMN_FACT_NO_THP] =
			smn_truth_of(cases[i].no_thp);
		map(&b, &cmd);
		tap_ok(t, cmd.iova == cases[i].iova, "va 0x%llx length 0x%llx "
		       "goes to 0x%llx", (unsigned long long)cases[i].va,
		       (unsigned long long)cases[i].length,
		       (unsigned long long)cmd.iova);
	}
	end(&b);
}

/* --- copies --- */

static int copy(struct bed *b, struct iommu_ioas_copy *cmd)
{
	cmd->size = sizeof(*cmd);
	return smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_COPY, b->fd, cmd);
}

static void copies(struct tap *t)
{
	struct bed b = begin(t, 4 * PAGE);
	uint64_t va = (uintptr_t)b.mem;
	uint32_t from = ioas(&b), to = ioas(&b);
	struct iommu_ioas_map ro = { .flags = IOMMU_IOAS_MAP_READABLE | FIXED,
				     .ioas_id = from, .user_va = va + PAGE,
				     .iova = PAGE, .length = PAGE };
	struct iommu_ioas_copy cmd = { .flags = IOMMU_IOAS_MAP_READABLE | FIXED,
				       .src_ioas_id = from, .dst_ioas_id = to,
				       .src_iova = 0x800, .length = PAGE,
				       .dst_iova = 0x10800 };
	const struct smn_area *a;

	map_at(&b, from, va, 0, PAGE);
	map(&b, &ro);
	tap_ok(t, gives(&b, copy(&b, &cmd), 0, NULL), "across two mappings");
	a = space(&b, to)->mapped.at;
	tap_ok(t, space(&b, to)->mapped.n == 2 && a[0].start == 0x10800 &&
	       a[0].last == 0x10fff && a[0].from == va + 0x800 &&
	       a[1].start == 0x11000 && a[1].last == 0x117ff &&
	       a[1].from == va + PAGE, "a piece of each, at the right bytes");
	cmd.flags |= IOMMU_IOAS_MAP_WRITEABLE;
	cmd.dst_iova = 0x20000;
	tap_ok(t, gives(&b, copy(&b, &cmd), EPERM, "copy.write"),
	       "what is mapped to be read is not copied to be written");
	cmd.src_iova = PAGE + 1;
	tap_ok(t, gives(&b, copy(&b, &cmd), ENOENT, "copy.unmapped"),
	       "a byte too far");
	cmd.dst_ioas_id = 77;
	cmd.src_iova = 0;
	tap_ok(t, gives(&b, copy(&b, &cmd), ENOENT, "copy.dst") &&
	       (cmd.length = 0, gives(&b, copy(&b, &cmd), EINVAL,
				      "copy.empty")) &&
	       (cmd.src_ioas_id = 0, gives(&b, copy(&b, &cmd), ENOENT,
					   "copy.src")),
	       "source, length, destination are looked at in that order");
	end(&b);
}

/* Copies pin what they share once, and let go of it last. */
static void pinned_once(struct tap *t)
{
	struct bed b = begin(t, 4 * PAGE);
	uint64_t va = (uintptr_t)b.mem, all = LAST;
	uint32_t from = ioas(&b), to = ioas(&b);
	struct iommu_ioas_copy cmd = { .flags = RW | FIXED, .length = 2 * PAGE,
				       .src_ioas_id = from, .dst_ioas_id = to };
	struct smn_smmu *s = smmu4k(&b);
	struct smn_obj *h;

	map_at(&b, from, va, 0, 4 * PAGE);
	copy(&b, &cmd);
	tap_ok(t, !b.w->pinned, "no HWPT, nothing pinned");
	hwpt(&b, to, s);
	tap_ok(t, b.w->pinned == 2 * PAGE, "the copy's HWPT pins its part");
	h = hwpt(&b, from, s);
	tap_ok(t, b.w->pinned == 4 * PAGE, "the source's pins the rest");
	unmap(&b, to, 0, &all);
	tap_ok(t, b.w->pinned == 4 * PAGE, "the source holds what was shared");
	smn_obj_free(b.w, h);
	tap_ok(t, !b.w->pinned, "its HWPT gone, nothing is pinned");
	end(&b);
}

/* What is pinned needs no memory of the process any more. */
static void pinned_already(struct tap *t)
{
	struct bed b = begin(t, 4 * PAGE);
	uint32_t id = ioas(&b);
	struct iommu_ioas_copy cmd = { .flags = RW, .length = PAGE,
				       .src_ioas_id = id, .dst_ioas_id = id };

	hwpt(&b, id, smmu4k(&b));
	map_at(&b, id, (uintptr_t)b.mem, 0, 4 * PAGE);
	smn_world_forget_memory(b.w, b.mem);
	tap_ok(t, gives(&b, copy(&b, &cmd), 0, NULL) &&
	       b.w->pinned == 4 * PAGE, "a copy of pages whose process "
	       "unmapped them");
	end(&b);
}

static void memlock(struct tap *t)
{
	struct bed b = begin(t, 4 * PAGE);
	uint64_t va = (uintptr_t)b.mem;
	uint32_t id = ioas(&b), lazy = ioas(&b);

	b.w->memlock = 3 * PAGE;
	b.w->memlock_counts = true;
	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, map_at(&b, id, va, 0, 2 * PAGE), 0, NULL) &&
	       gives(&b, map_at(&b, id, va, 0x10000, 2 * PAGE), ENOMEM,
		     "map.memlock") &&
	       gives(&b, map_at(&b, id, va, 0x10000, PAGE), 0, NULL),
	       "RLIMIT_MEMLOCK counts whole pages, each time they are mapped");
	tap_ok(t, gives(&b, map_at(&b, lazy, va, 0, 4 * PAGE), 0, NULL) &&
	       smn_ioas_unpinnable(b.w, smn_obj_get(
			smn_world_file(b.w, b.fd)->x, lazy), ENOMEM, NULL) ==
	       SMN_YES, "without a HWPT it comes later");
	end(&b);
}

/* --- unmap --- */

static void unmaps(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);
	uint64_t n = LAST;

	tap_ok(t, gives(&b, unmap(&b, id, 0, &n), 0, NULL) && !n,
	       "all of nothing is nothing");
	for (uint64_t i = 0; i < 4; i++)
		map_at(&b, id, 0, i * 4 * PAGE, PAGE);
	n = 8 * PAGE + 1;
	tap_ok(t, gives(&b, unmap(&b, id, 0, &n), ENOENT, "unmap.cut") &&
	       n == 8 * PAGE + 1 && space(&b, id)->mapped.n == 2 &&
	       space(&b, id)->mapped.at[0].start == 8 * PAGE,
	       "one that is cut stops it, those before it are gone");
	n = PAGE - 1;
	tap_ok(t, gives(&b, unmap(&b, id, 8 * PAGE + 1, &n), ENOENT,
			"unmap.cut"), "the front is missing");
	n = PAGE;
	tap_ok(t, gives(&b, unmap(&b, id, 0, &n), ENOENT, "unmap.nothing"),
	       "nothing is there");
	n = 0;
	tap_ok(t, gives(&b, unmap(&b, id, 0, &n), EINVAL, "unmap.empty"),
	       "length 0");
	n = LAST;
	tap_ok(t, gives(&b, unmap(&b, id, 1, &n), EOVERFLOW,
			"unmap.length-last"), "all, but not from 0");
	n = PAGE;
	tap_ok(t, gives(&b, unmap(&b, id, LAST - 2, &n), EOVERFLOW,
			"unmap.range"), "beyond the end");
	n = 64 * PAGE;
	tap_ok(t, gives(&b, unmap(&b, id, 0, &n), 0, NULL) && n == 2 * PAGE,
	       "length becomes what was unmapped");
	end(&b);
}

int main(void)
{
	struct tap t = { 0 };

	map_arguments(&t);
	map_with_hwpt(&t);
	map_reserved(&t);
	places(&t);
	copies(&t);
	pinned_once(&t);
	pinned_already(&t);
	memlock(&t);
	unmaps(&t);
	return tap_done(&t);
}
