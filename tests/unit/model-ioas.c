// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model's address spaces as a whole, called with raw UAPI structs. What is
 * expected here was seen on a 7.3 kernel or read in its source.
 */
#include "bed.h"

/* --- ranges --- */

static int ranges(struct bed *b, uint32_t id, void *p, uint32_t *n,
		  uint64_t *align)
{
	struct iommu_ioas_iova_ranges cmd = { .size = sizeof(cmd),
					      .ioas_id = id, .num_iovas = *n,
					      .allowed_iovas = (uintptr_t)p };
	int ret = smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_IOVA_RANGES, b->fd,
				&cmd);

	*n = cmd.num_iovas;
	*align = cmd.out_iova_alignment;
	return ret;
}

static void iova_ranges(struct tap *t)
{
	struct smn_area msi = { .start = 0x8000000, .last = 0x80fffff };
	struct smn_area top = { .start = 1ULL << 44, .last = LAST };
	struct iommu_iova_range r[3] = { 0 };
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b), n = 1;
	uint64_t align;

	tap_ok(t, gives(&b, ranges(&b, id, r, &n, &align), 0, NULL) && n == 1 &&
	       align == 1 && !r[0].start && r[0].last == LAST,
	       "a new IOAS has all of 64 bits, byte by byte");
	smn_areas_add(&space(&b, id)->reserved, &top);
	smn_areas_add(&space(&b, id)->reserved, &msi);
	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, ranges(&b, id, r, &n, &align), EMSGSIZE,
			"ranges.room") && n == 2 && align == PAGE &&
	       r[0].last == 0x7ffffff && !r[1].last,
	       "what does not fit is counted, what fits is written");
	tap_ok(t, gives(&b, ranges(&b, id, r, &n, &align), 0, NULL) && n == 2 &&
	       r[1].start == 0x8100000 && r[1].last == (1ULL << 44) - 1 &&
	       !r[2].last, "the ranges between what is reserved");
	n = 2;
	tap_ok(t, gives(&b, ranges(&b, id, (void *)8, &n, &align), EFAULT,
			"ranges.memory") && n == 2, "a wrong pointer is "
	       "EFAULT");
	n = 0;
	tap_ok(t, gives(&b, ranges(&b, id, NULL, &n, &align), EMSGSIZE,
			"ranges.room") && n == 2, "room for none needs none");
	end(&b);
}

static int allow(struct bed *b, uint32_t id, const void *p, uint32_t n)
{
	struct iommu_ioas_allow_iovas cmd = { .size = sizeof(cmd),
					      .ioas_id = id, .num_iovas = n,
					      .allowed_iovas = (uintptr_t)p };

	return smn_sys_ioctl(&b->sys, SMN_IOMMU_IOAS_ALLOW_IOVAS, b->fd, &cmd);
}

static void allowed(struct tap *t)
{
	static const struct iommu_iova_range two[] = {
		{ 0x10000, 0x10fff }, { 0x11000, 0x12fff }
	}, bad[] = { { 5, 9 }, { 9, 10 }, { 3, 3 } };
	struct smn_area msi = { .start = 0x12fff, .last = 0x13000 };
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);
	struct iommu_ioas_map cmd = { .flags = RW, .ioas_id = id,
				      .length = 2 * PAGE };

	tap_ok(t, gives(&b, allow(&b, id, bad, 2), EINVAL, "allow.range") &&
	       gives(&b, allow(&b, id, bad + 2, 1), EINVAL, "allow.range") &&
	       gives(&b, allow(&b, id, NULL, 1), EFAULT, "allow.memory") &&
	       gives(&b, allow(&b, id, two, 2), 0, NULL), "ranges are disjoint "
	       "and of two bytes at least");
	tap_ok(t, !map(&b, &cmd) && cmd.iova == 0x10000,
	       "adjacent ones are one, what is allowed is preferred");
	tap_ok(t, gives(&b, map(&b, &cmd), ENOSPC, "map.space") &&
	       (cmd.length = PAGE, !map(&b, &cmd)) && cmd.iova == 0x12000 &&
	       gives(&b, map(&b, &cmd), ENOSPC, "map.space"),
	       "and nothing else is, but that to the last byte");
	tap_ok(t, gives(&b, map_at(&b, id, 0, 0, PAGE), 0, NULL),
	       "except at a fixed IOVA");
	smn_areas_add(&space(&b, id)->reserved, &msi);
	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, allow(&b, id, two, 2), EADDRINUSE,
			"allow.reserved") &&
	       gives(&b, allow(&b, id, two, 1), 0, NULL) &&
	       gives(&b, allow(&b, id, NULL, 0), 0, NULL),
	       "what is reserved cannot be allowed");
	end(&b);
}

/* --- options --- */

#define MODE IOMMU_OPTION_RLIMIT_MODE
#define HUGE IOMMU_OPTION_HUGE_PAGES
#define SET IOMMU_OPTION_OP_SET
#define GET IOMMU_OPTION_OP_GET

static int option(struct bed *b, uint32_t id, uint16_t op, uint32_t object,
		  uint64_t *value)
{
	struct iommu_option cmd = { .size = sizeof(cmd), .option_id = id,
				    .op = op, .object_id = object,
				    .val64 = *value };
	int ret = smn_sys_ioctl(&b->sys, SMN_IOMMU_OPTION, b->fd, &cmd);

	*value = cmd.val64;
	return ret;
}

static void modes(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	uint64_t v = 1, two = 2, got = 7;

	tap_ok(t, gives(&b, option(&b, MODE, SET, 3, &v), EOPNOTSUPP,
			"option.object") &&
	       gives(&b, option(&b, MODE, SET, 0, &two), EINVAL,
		     "option.mode") &&
	       gives(&b, option(&b, MODE, 2, 0, &v), EOPNOTSUPP,
		     "option.op") &&
	       gives(&b, option(&b, 2, SET, 0, &v), EOPNOTSUPP, "option.id"),
	       "RLIMIT_MODE: what it does not take");
	tap_ok(t, gives(&b, option(&b, MODE, SET, 0, &v), 0, NULL) &&
	       gives(&b, option(&b, MODE, GET, 0, &got), 0, NULL) && got == 1,
	       "it is kept");
	ioas(&b);
	tap_ok(t, gives(&b, option(&b, MODE, SET, 0, &v), EBUSY,
			"option.busy"), "and fixed with the first object");
	b.w->facts.is[SMN_FACT_NO_RESOURCE_CAP] = SMN_YES;
	tap_ok(t, gives(&b, option(&b, MODE, SET, 0, &v), EPERM,
			"option.cap"), "and privileged");
	end(&b);
}

static void huge_pages(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);
	uint64_t zero = 0, one = 1, two = 2, got = 7, all = LAST;

	tap_ok(t, gives(&b, option(&b, HUGE, GET, id, &got), 0, NULL) &&
	       got == 1, "HUGE_PAGES is on");
	map_at(&b, id, 0, 0x100, PAGE);
	tap_ok(t, gives(&b, option(&b, HUGE, SET, id, &zero), EADDRINUSE,
			"option.align") &&
	       gives(&b, option(&b, HUGE, SET, id, &two), EINVAL,
		     "option.value") &&
	       gives(&b, option(&b, HUGE, SET, 9, &one), ENOENT,
		     "option.ioas"), "off needs whole pages");
	unmap(&b, id, 0, &all);
	tap_ok(t, gives(&b, option(&b, HUGE, SET, id, &zero), 0, NULL) &&
	       gives(&b, map_at(&b, id, 0, 0x100, PAGE), EINVAL, "map.iova"),
	       "off, it takes nothing but whole pages");
	option(&b, HUGE, SET, id, &one);
	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, option(&b, HUGE, SET, id, &zero), 0, NULL) &&
	       gives(&b, option(&b, HUGE, SET, id, &one), 0, NULL),
	       "a HWPT alone does not matter");
	map_at(&b, id, (uintptr_t)b.mem, 0, PAGE);
	tap_ok(t, gives(&b, option(&b, HUGE, SET, id, &zero), EINVAL,
			"option.mapped"), "off is too late with pages mapped");
	end(&b);
}

/* --- the rest --- */

static void files(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	uint32_t id = ioas(&b);
	struct iommu_ioas_map_file cmd = { .size = sizeof(cmd), .fd = b.fd,
					   .flags = RW | FIXED, .ioas_id = id,
					   .length = PAGE };
	struct iommu_ioas_change_process change = { .size = sizeof(change) };
	struct iommu_ioas_copy from = { .size = sizeof(from), .flags = RW,
					.src_ioas_id = id, .length = PAGE };
	const enum smn_op_id op = SMN_IOMMU_IOAS_MAP_FILE;

	cmd.fd = 99;
	tap_ok(t, gives(&b, smn_sys_ioctl(&b.sys, op, b.fd, &cmd), EBADF,
			"file.fd"), "a file must be open");
	cmd.fd = b.fd;
	tap_ok(t, gives(&b, smn_sys_ioctl(&b.sys, op, b.fd, &cmd), 0, NULL),
	       "without a HWPT any file does");
	tap_ok(t, gives(&b, smn_sys_ioctl(
			&b.sys, SMN_IOMMU_IOAS_CHANGE_PROCESS, b.fd, &change),
			0, NULL), "files may change hands");
	map_at(&b, id, 0, 0x10000, PAGE);
	tap_ok(t, gives(&b, smn_sys_ioctl(
			&b.sys, SMN_IOMMU_IOAS_CHANGE_PROCESS, b.fd, &change),
			EINVAL, "process.memory"), "memory may not");
	id = cmd.ioas_id = ioas(&b);
	hwpt(&b, id, smmu4k(&b));
	tap_ok(t, gives(&b, smn_sys_ioctl(&b.sys, op, b.fd, &cmd), EINVAL,
			"file.pin"), "with a HWPT it must be a memfd");
	from.dst_ioas_id = id;
	tap_ok(t, gives(&b, smn_sys_ioctl(&b.sys, SMN_IOMMU_IOAS_COPY, b.fd,
					  &from), EINVAL, "copy.file"),
	       "and that is found when it is copied there");
	end(&b);
}

static int compat(struct bed *b, uint16_t op, uint32_t *id)
{
	struct iommu_vfio_ioas cmd = { .size = sizeof(cmd), .op = op,
				       .ioas_id = *id };
	int ret = smn_sys_ioctl(&b->sys, SMN_IOMMU_VFIO_IOAS, b->fd, &cmd);

	*id = cmd.ioas_id;
	return ret;
}

static void vfio_ioas(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	struct iommu_destroy gone = { .size = sizeof(gone), .id = ioas(&b) };
	uint32_t id = gone.id, none = 5, got = 0;

	tap_ok(t, gives(&b, compat(&b, IOMMU_VFIO_IOAS_GET, &got), ENODEV,
			"vfio-ioas.none") &&
	       gives(&b, compat(&b, IOMMU_VFIO_IOAS_SET, &none), ENOENT,
		     "vfio-ioas.ioas") &&
	       gives(&b, compat(&b, 3, &id), EOPNOTSUPP, "vfio-ioas.op"),
	       "VFIO's IOAS: there is none");
	tap_ok(t, gives(&b, compat(&b, IOMMU_VFIO_IOAS_SET, &id), 0, NULL) &&
	       gives(&b, compat(&b, IOMMU_VFIO_IOAS_GET, &got), 0, NULL) &&
	       got == id, "it is kept");
	smn_sys_ioctl(&b.sys, SMN_IOMMU_DESTROY, b.fd, &gone);
	tap_ok(t, gives(&b, compat(&b, IOMMU_VFIO_IOAS_GET, &got), ENODEV,
			"vfio-ioas.none"), "and goes with the IOAS");
	end(&b);
}

static void no_pa(struct tap *t)
{
	struct bed b = begin(t, PAGE);
	struct iommu_ioas_noiommu_get_pa cmd = { .size = sizeof(cmd) };
	const enum smn_op_id op = SMN_IOMMU_IOAS_NOIOMMU_GET_PA;

	tap_ok(t, gives(&b, smn_sys_ioctl(&b.sys, op, b.fd, &cmd),
			EOPNOTSUPP, "pa.config"),
	       "physical addresses are not told");
	end(&b);
}

int main(void)
{
	struct tap t = { 0 };

	iova_ranges(&t);
	allowed(&t);
	modes(&t);
	huge_pages(&t);
	files(&t);
	vfio_ioas(&t);
	no_pa(&t);
	return tap_done(&t);
}
