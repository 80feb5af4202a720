// SPDX-License-Identifier: GPL-2.0-or-later
/* Address spaces: making them, unmapping, which ranges there are. */
#include "cases/case.h"

#define HWPT "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n" \
	"attach-iommufd-pt cdev pt_id=hwpt\n"

static const struct test_case rows[] = {
	REFUSED(IOMMUFD, EOPNOTSUPP, "ioas.flags",
		"ioas-alloc flags=1"),
	LINES(IOMMUFD, "first-id",
		"expect ok out_ioas_id=1\n"
		"let a = ioas-alloc\n"
		"expect ok out_ioas_id=2\n"
		"let b = ioas-alloc\n"),
	LINES(IOMMUFD, "lowest-id",
		"let a = ioas-alloc\n"
		"let b = ioas-alloc\n"
		"destroy id=a\n"
		"expect ok out_ioas_id=1\n"
		"let c = ioas-alloc\n"),
	LINES(IOMMUFD, "destroy-twice",
		"let a = ioas-alloc\n"
		"destroy id=a\n"
		"expect ENOENT destroy.id\n"
		"destroy id=1\n"),
	LINES(IOAS, "destroy-mapped",
		"destroy id=ioas\n"),

	REFUSED(IOAS, ENOENT, "unmap.ioas",
		"ioas-unmap ioas_id=77 length=0x1000"),
	REFUSED(IOAS, EOVERFLOW, "unmap.iova-last",
		"ioas-unmap ioas_id=ioas iova=0xffffffffffffffff "
		"length=0x1000"),
	REFUSED(IOAS, EOVERFLOW, "unmap.length-last",
		"ioas-unmap ioas_id=ioas iova=0x1000 "
		"length=0xffffffffffffffff"),
	REFUSED(IOAS, EINVAL, "unmap.empty",
		"ioas-unmap ioas_id=ioas iova=0x1000"),
	REFUSED(IOAS, EOVERFLOW, "unmap.range",
		"ioas-unmap ioas_id=ioas iova=0xfffffffffffff000 "
		"length=0x2000"),
	REFUSED(IOAS, ENOENT, "unmap.cut",
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x1000"),
	REFUSED(IOAS, ENOENT, "unmap.nothing",
		"ioas-unmap ioas_id=ioas iova=0x41000000 length=0x1000"),
	LINES(IOAS, "unmap.exact",
		"expect ok length=0x10000\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x10000\n"),
	LINES(IOAS, "unmap.twice",
		"ioas-unmap ioas_id=ioas iova=0x40000000 "
		"length=0x10000\n"
		"expect ENOENT unmap.nothing\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x10000\n"),
	LINES(IOAS, "unmap.wider",
		"expect ok length=0x10000\n"
		"ioas-unmap ioas_id=ioas iova=0x30000000 length=0x20000000\n"),
	LINES(IOAS, "unmap.two",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x40020000\n"
		"expect ok length=0x12000\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x30000\n"),
	LINES(IOAS, "unmap.end-cut",
		"expect ENOENT unmap.cut\n"
		"ioas-unmap ioas_id=ioas iova=0x4000f000 length=0x2000\n"),
	LINES(IOAS, "unmap.second-cut",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x40020000\n"
		"expect ENOENT unmap.cut\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 "
		"length=0x21000\n"
		"expect ok length=0x2000\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x30000\n"),
	LINES(IOAS, "unmap.all",
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x2000 iova=0x80000000\n"
		"expect ok length=0x12000\n"
		"ioas-unmap ioas_id=ioas iova=0 length=0xffffffffffffffff\n"),
	LINES(IOAS, "unmap.all-of-none",
		"ioas-unmap ioas_id=ioas iova=0 "
		"length=0xffffffffffffffff\n"
		"expect ok length=0\n"
		"ioas-unmap ioas_id=ioas iova=0 length=0xffffffffffffffff\n"),
	LINES(DEVICE, "unmap.attached",
		HWPT
		"expect ok length=0x10000\n"
		"ioas-unmap ioas_id=ioas iova=0x40000000 length=0x10000\n"),

	REFUSED(IOAS, EOPNOTSUPP, "ranges.zero",
		"ioas-iova-ranges ioas_id=ioas __reserved=1"),
	REFUSED(IOAS, ENOENT, "ranges.ioas",
		"ioas-iova-ranges ioas_id=77"),
	REFUSED(IOAS, EFAULT, "ranges.memory",
		"ioas-iova-ranges ioas_id=ioas num_iovas=8 "
		"allowed_iovas=0x1000"),
	THEN_REFUSED(DEVICE, EMSGSIZE, "ranges.room", HWPT,
		"ioas-iova-ranges ioas_id=ioas num_iovas=1 allowed_iovas=mem"),
	LINES(IOAS, "ranges.count",
		"expect EMSGSIZE ranges.room num_iovas=1\n"
		"ioas-iova-ranges ioas_id=ioas\n"),
	LINES(IOAS, "ranges.whole",
		"expect ok num_iovas=1 "
		"out_iova_alignment=1\n"
		"ioas-iova-ranges ioas_id=ioas num_iovas=1 "
		"allowed_iovas=mem\n"),
	LINES(DEVICE, "ranges.hwpt",
		"let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n"
		"expect ok num_iovas=1 "
		"out_iova_alignment=0x1000\n"
		"ioas-iova-ranges ioas_id=ioas num_iovas=8 "
		"allowed_iovas=mem\n"),
	LINES(DEVICE, "ranges.window",
		HWPT
		"expect EMSGSIZE ranges.room num_iovas=2\n"
		"ioas-iova-ranges ioas_id=ioas\n"
		"expect ok num_iovas=2 "
		"out_iova_alignment=0x1000\n"
		"ioas-iova-ranges ioas_id=ioas num_iovas=8 "
		"allowed_iovas=mem\n"),
	LINES(DEVICE, "ranges.detached",
		HWPT
		"detach-iommufd-pt cdev\n"
		"expect EMSGSIZE ranges.room num_iovas=1\n"
		"ioas-iova-ranges ioas_id=ioas\n"),
	LINES(IOAS, "ranges.allowed-stay",
		"ioas-allow-iovas ioas_id=ioas "
		"words=0x1000,0x1fff,0x4000,0x4fff\n"
		"expect ok num_iovas=1\n"
		"ioas-iova-ranges ioas_id=ioas num_iovas=8 "
		"allowed_iovas=mem\n"),

	REFUSED(IOAS, EOPNOTSUPP, "allow.zero",
		"ioas-allow-iovas ioas_id=ioas __reserved=1"),
	REFUSED(IOAS, ENOENT, "allow.ioas",
		"ioas-allow-iovas ioas_id=77"),
	REFUSED(IOAS, EFAULT, "allow.memory",
		"ioas-allow-iovas ioas_id=ioas num_iovas=1 "
		"allowed_iovas=0x1000"),
	REFUSED(IOAS, EINVAL, "allow.range",
		"ioas-allow-iovas ioas_id=ioas words=0x2000,0x1000"),
	THEN_REFUSED(DEVICE, EADDRINUSE, "allow.reserved", HWPT,
		"ioas-allow-iovas ioas_id=ioas words=0x08000000,0x08000fff"),
	LINES(IOAS, "allow.overlap",
		"expect EINVAL allow.range\n"
		"ioas-allow-iovas ioas_id=ioas "
		"words=0x1000,0x2fff,0x2000,0x3fff\n"),
	LINES(IOAS, "allow.fixed-anyway",
		"ioas-allow-iovas ioas_id=ioas words=0x1000,0x1fff\n"
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem "
		"length=0x1000 iova=0x50000000\n"),
	LINES(IOAS, "allow.replaced",
		"ioas-allow-iovas ioas_id=ioas "
		"words=0x1000,0x1fff\n"
		"ioas-allow-iovas ioas_id=ioas words=0x3000,0x3fff\n"
		"expect ok iova=0x3000\n"
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem "
		"length=0x1000\n"),
	LINES(IOAS, "allow.then-reserved",
		"ioas-allow-iovas ioas_id=ioas "
		"words=0x1000,0x1fff\n"
		"ioas-allow-iovas ioas_id=ioas\n"),
};

TOPIC(ioas, rows);
