// SPDX-License-Identifier: GPL-2.0-or-later
/* Copying mappings from one IOAS to another. */
#include "cases/case.h"

/*
 * A source that nothing pins, read only at 0x10000000, writable from
 * 0x20000000 on, not at a page at 0x30000000; and a target where pages are.
 */
#define SOURCE "let bare = ioas-alloc\n" \
	"ioas-map ioas_id=bare flags=READABLE|FIXED_IOVA user_va=mem " \
	"length=0x1000 iova=0x10000000\n" \
	"ioas-map ioas_id=bare flags=READABLE|WRITEABLE|FIXED_IOVA " \
	"user_va=mem+0x4000 length=0x2000 iova=0x20000000\n" \
	"ioas-map ioas_id=bare flags=READABLE|FIXED_IOVA " \
	"user_va=mem+0x2001 length=0x1000 iova=0x30000000\n"
#define TARGET SOURCE "let hwpt = hwpt-alloc dev_id=dev pt_id=ioas\n" \
	"attach-iommufd-pt cdev pt_id=hwpt\n"

static const struct test_case rows[] = {
	THEN_REFUSED(IOAS, EOPNOTSUPP, "copy.flags", SOURCE,
		"ioas-copy flags=READABLE|8 dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x20000000"),
	THEN_REFUSED(IOAS, EOVERFLOW, "copy.length-last", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0xffffffffffffffff src_iova=0x20000000"),
	THEN_REFUSED(IOAS, EOVERFLOW, "copy.src-last", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x1000 src_iova=0xffffffffffffffff"),
	THEN_REFUSED(IOAS, EOVERFLOW, "copy.dst-last", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x1000 src_iova=0x20000000 "
		"dst_iova=0xffffffffffffffff"),
	THEN_REFUSED(IOAS, EINVAL, "copy.access", SOURCE,
		"ioas-copy dst_ioas_id=ioas src_ioas_id=bare length=0x1000 "
		"src_iova=0x20000000"),
	THEN_REFUSED(IOAS, ENOENT, "copy.src", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=77 "
		"length=0x1000 src_iova=0x20000000"),
	THEN_REFUSED(IOAS, EINVAL, "copy.empty", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"src_iova=0x20000000"),
	THEN_REFUSED(IOAS, EOVERFLOW, "copy.end", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x2000 src_iova=0xfffffffffffff000"),
	THEN_REFUSED(IOAS, ENOENT, "copy.unmapped", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x4000 src_iova=0x20000000"),
	THEN_REFUSED(IOAS, ENOENT, "copy.dst", SOURCE,
		"ioas-copy flags=READABLE dst_ioas_id=77 src_ioas_id=bare "
		"length=0x1000 src_iova=0x20000000"),
	THEN_REFUSED(DEVICE, EINVAL, "copy.align", TARGET,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x800 src_iova=0x20000000"),
	THEN_REFUSED(DEVICE, EINVAL, "copy.unfit", TARGET,
		"ioas-copy flags=READABLE dst_ioas_id=ioas src_ioas_id=bare "
		"length=0x1000 src_iova=0x30000000"),
	THEN_REFUSED(DEVICE, EINVAL, "copy.iova", TARGET,
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x20000000 "
		"dst_iova=0x800"),
	THEN_REFUSED(IOAS, EOVERFLOW, "copy.range", SOURCE,
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x2000 src_iova=0x20000000 "
		"dst_iova=0xfffffffffffff000"),
	THEN_REFUSED(DEVICE, EINVAL, "copy.reserved", TARGET,
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x20000000 "
		"dst_iova=0x08000000"),
	THEN_REFUSED(IOAS, EEXIST, "copy.taken", SOURCE,
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x20000000 "
		"dst_iova=0x40000000"),
	THEN_REFUSED(IOAS, EPERM, "copy.write", SOURCE,
		"ioas-copy flags=READABLE|WRITEABLE dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x10000000"),
	THEN_REFUSED(DEVICE, EINVAL, "copy.offset", TARGET,
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x30000000 "
		"dst_iova=0x80000000"),
	THEN_REFUSED(DEVICE, EFAULT, "copy.pin",
		TARGET "ioas-map ioas_id=bare flags=READABLE|FIXED_IOVA "
		"user_va=0x1000 length=0x1000 iova=0x40000000\n",
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x40000000 "
		"dst_iova=0x80000000"),
	LINES(IOAS, "whole",
		SOURCE
		"ioas-copy flags=READABLE|WRITEABLE|FIXED_IOVA "
		"dst_ioas_id=ioas src_ioas_id=bare length=0x2000 "
		"src_iova=0x20000000 dst_iova=0x50000000\n"
		"expect ok length=0x2000\n"
		"ioas-unmap ioas_id=ioas iova=0x50000000 length=0x2000\n"),
	LINES(IOAS, "part",
		SOURCE
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x1000 src_iova=0x20001000 "
		"dst_iova=0x50000000\n"
		"expect ok length=0x1000\n"
		"ioas-unmap ioas_id=ioas iova=0x50000000 length=0x1000\n"),
	LINES(IOAS, "within",
		SOURCE
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=bare "
		"src_ioas_id=bare length=0x1000 src_iova=0x20000000 "
		"dst_iova=0x50000000\n"),
	LINES(IOAS, "less-access",
		SOURCE
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x2000 src_iova=0x20000000 "
		"dst_iova=0x50000000\n"),
	LINES(IOAS, "outlives-source",
		SOURCE
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x2000 src_iova=0x20000000 "
		"dst_iova=0x50000000\n"
		"destroy id=bare\n"
		"expect ok length=0x2000\n"
		"ioas-unmap ioas_id=ioas iova=0x50000000 length=0x2000\n"),
	LINES(DEVICE, "pinned",
		TARGET
		"ioas-copy flags=READABLE|FIXED_IOVA dst_ioas_id=ioas "
		"src_ioas_id=bare length=0x2000 src_iova=0x20000000 "
		"dst_iova=0x50000000\n"),
};

TOPIC(copy, rows);
