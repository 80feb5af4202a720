// SPDX-License-Identifier: GPL-2.0-or-later
/* Mapping memory and files. */
#include "cases/case.h"

/* a HWPT, so that pages are pinned, and the MSI window is reserved */
#define HWPT "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n" \
	"attach-iommufd-pt cdev pt_id=hwpt\n"
/* as good as any file until its pages are needed */
#define FILE_ "let file = open /dev/iommu\n"
#define SMALL "let small = ioas-alloc\n" \
	"ioas-allow-iovas ioas_id=small words=0x1000,0x1fff\n"

static const struct test_case rows[] = {
	REFUSED(IOAS, EOPNOTSUPP, "map.flags",
		"ioas-map ioas_id=ioas flags=READABLE|8 user_va=mem "
		"length=0x1000"),
	REFUSED(IOAS, EOPNOTSUPP, "map.zero",
		"ioas-map ioas_id=ioas flags=READABLE __reserved=1 "
		"user_va=mem length=0x1000"),
	REFUSED(IOAS, EOVERFLOW, "map.iova-last",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0xffffffffffffffff"),
	REFUSED(IOAS, EOVERFLOW, "map.length-last",
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem "
		"length=0xffffffffffffffff"),
	REFUSED(IOAS, EINVAL, "map.access",
		"ioas-map ioas_id=ioas flags=FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000000"),
	REFUSED(IOAS, ENOENT, "map.ioas",
		"ioas-map ioas_id=77 flags=READABLE user_va=mem length=0x1000"),
	REFUSED(IOAS, EOVERFLOW, "map.user",
		"ioas-map ioas_id=ioas flags=READABLE "
		"user_va=0xfffffffffffff000 length=0x2000"),
	REFUSED(IOAS, EINVAL, "map.empty",
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem"),
	REFUSED(IOAS, EINVAL, "map.huge",
		"ioas-map ioas_id=ioas flags=READABLE user_va=0 "
		"length=0xfffffffffffff001"),
	THEN_REFUSED(DEVICE, EINVAL, "map.align", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem "
		"length=0x801"),
	REFUSED(IOAS, EOVERFLOW, "map.long",
		"ioas-map ioas_id=ioas flags=READABLE user_va=0 "
		"length=0x8000000000000000"),
	THEN_REFUSED(DEVICE, EINVAL, "map.unfit", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem+1 "
		"length=0x1000"),
	THEN_REFUSED(DEVICE, EINVAL, "map.iova", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000800"),
	REFUSED(IOAS, EOVERFLOW, "map.range",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0xfffffffffffff000"),
	THEN_REFUSED(DEVICE, EINVAL, "map.reserved", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x08000000"),
	REFUSED(IOAS, EEXIST, "map.taken",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x40001000"),
	THEN_REFUSED(DEVICE, EINVAL, "map.offset", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"user_va=mem+1 length=0x1000 iova=0x50000000"),
	THEN_REFUSED(DEVICE, EFAULT, "map.pin", HWPT,
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"user_va=0x1000 length=0x1000 iova=0x50000000"),
	THEN_REFUSED(IOAS, ENOSPC, "map.space", SMALL,
		"ioas-map ioas_id=small flags=READABLE user_va=mem "
		"length=0x2000"),

	LINES(IOAS, "lazy",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"user_va=0x1000 length=0x1000 iova=0x50000000\n"
		"expect ok length=0x1000\n"
		"ioas-unmap ioas_id=ioas iova=0x50000000 length=0x1000\n"),
	LINES(IOAS, "odd",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"user_va=mem+1 length=1 iova=0x50000001\n"
		"expect ok length=1\n"
		"ioas-unmap ioas_id=ioas iova=0x50000001 length=1\n"),
	LINES(IOAS, "read-only",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000000\n"),
	LINES(IOAS, "write-only",
		"ioas-map ioas_id=ioas flags=WRITEABLE|FIXED_IOVA "
		"user_va=mem length=0x1000 iova=0x50000000\n"),
	LINES(IOAS, "iova-0",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0\n"),
	LINES(IOAS, "last-page",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0xffffffffffffe000\n"),
	LINES(IOAS, "beside",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x40010000\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x3ffff000\n"),
	LINES(IOAS, "before-overlap",
		"expect EEXIST map.taken\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x3ffff000\n"),
	LINES(IOAS, "end-overlap",
		"expect EEXIST map.taken\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x4000f000\n"),
	LINES(IOAS, "twice-the-memory",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000000\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x60000000\n"),
	LINES(IOAS, "again-after-unmap",
		"ioas-unmap ioas_id=ioas iova=0x40000000 "
		"length=0x10000\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x10000 iova=0x40000000\n"),
	LINES(IOAS, "only-room",
		"let small = ioas-alloc\n"
		"ioas-allow-iovas ioas_id=small words=0x1000,0x1fff\n"
		"expect ok iova=0x1000\n"
		"ioas-map ioas_id=small flags=READABLE user_va=mem "
		"length=0x1000\n"),
	LINES(DEVICE, "pinned",
		"let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000000\n"
		"expect ok length=0x1000\n"
		"ioas-unmap ioas_id=ioas iova=0x50000000 length=0x1000\n"),
	LINES(DEVICE, "window-free-before",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x08000000\n"),
	LINES(DEVICE, "beside-window",
		HWPT
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x07fff000\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x08100000\n"
		"expect EINVAL map.reserved\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x080ff000\n"),
	LINES(DEVICE, "across-window",
		HWPT
		"expect EINVAL map.reserved\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x07fff000\n"),

	THEN_REFUSED(IOAS, EOPNOTSUPP, "file.flags", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE|8 fd=file "
		"length=0x1000"),
	THEN_REFUSED(IOAS, EOVERFLOW, "file.iova-last", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"fd=file length=0x1000 iova=0xffffffffffffffff"),
	THEN_REFUSED(IOAS, EOVERFLOW, "file.length-last", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"length=0xffffffffffffffff"),
	THEN_REFUSED(IOAS, EINVAL, "file.access", FILE_,
		"ioas-map-file ioas_id=ioas flags=FIXED_IOVA fd=file "
		"length=0x1000"),
	THEN_REFUSED(IOAS, ENOENT, "file.ioas", FILE_,
		"ioas-map-file ioas_id=77 flags=READABLE fd=file "
		"length=0x1000"),
	THEN_REFUSED(IOAS, EINVAL, "file.empty", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file"),
	THEN_REFUSED(IOAS, EOVERFLOW, "file.end", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"start=0xfffffffffffff000 length=0x2000"),
	REFUSED(IOAS, EBADF, "file.fd",
		"ioas-map-file ioas_id=ioas flags=READABLE fd=-1 "
		"length=0x1000"),
	THEN_REFUSED(IOAS, EINVAL, "file.huge", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"length=0xfffffffffffff001"),
	THEN_REFUSED(DEVICE, EINVAL, "file.align",
		FILE_ "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n",
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"length=0x801"),
	THEN_REFUSED(IOAS, EOVERFLOW, "file.long", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"length=0x8000000000000000"),
	THEN_REFUSED(IOAS, EOVERFLOW, "file.range", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"fd=file length=0x2000 iova=0xfffffffffffff000"),
	THEN_REFUSED(IOAS, EEXIST, "file.taken", FILE_,
		"ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"fd=file length=0x1000 iova=0x40000000"),
	THEN_REFUSED(DEVICE, EINVAL, "file.pin",
		FILE_ "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n",
		"ioas-map-file ioas_id=ioas flags=READABLE fd=file "
		"length=0x1000"),
	LINES(IOAS, "file.lazy",
		"let file = open /dev/iommu\n"
		"ioas-map-file ioas_id=ioas flags=READABLE|FIXED_IOVA "
		"fd=file length=0x1000 iova=0x50000000\n"),
};

TOPIC(map, rows);
