// SPDX-License-Identifier: GPL-2.0-or-later
/* Fault queues, without any fault: those need a device that stalls. */
#include "cases/case.h"

#define QUEUE "let faults = fault-queue-alloc\n"

static const struct test_case rows[] = {
	REFUSED(IOMMUFD, EOPNOTSUPP, "faultq.flags",
		"fault-queue-alloc flags=1"),
	THEN_REFUSED(IOMMUFD, ESPIPE, "fault.size", QUEUE,
		"read-faultq faults length=39"),
	THEN_REFUSED(IOMMUFD, ESPIPE, "answer.size", QUEUE,
		"write-faultq faults words=0 length=7"),
	THEN_REFUSED(IOMMUFD, EFAULT, "answer.buffer", QUEUE,
		"write-faultq faults data=0x1000 length=8"),
	THEN_REFUSED(IOMMUFD, EINVAL, "answer.code", QUEUE,
		"write-faultq faults words=0x200000000"),
	THEN_REFUSED(IOMMUFD, EINVAL, "answer.cookie", QUEUE,
		"write-faultq faults words=0x1"),
	LINES(IOMMUFD, "second",
		"let a = fault-queue-alloc\n"
		"let b = fault-queue-alloc\n"),
	LINES(IOMMUFD, "read-empty",
		"let faults = fault-queue-alloc\n"
		"expect ok length=0\n"
		"read-faultq faults length=40\n"),
	LINES(IOMMUFD, "read-nothing",
		"let faults = fault-queue-alloc\n"
		"expect ok length=0\n"
		"read-faultq faults length=0\n"),
	LINES(IOMMUFD, "write-nothing",
		"let faults = fault-queue-alloc\n"
		"expect ok length=0\n"
		"write-faultq faults words=0 length=0\n"),
	LINES(IOMMUFD, "read-odd",
		"let faults = fault-queue-alloc\n"
		"expect ESPIPE fault.size\n"
		"read-faultq faults length=41\n"),
	LINES(IOMMUFD, "first-id",
		"expect ok out_fault_id=1\n"
		"let faults = fault-queue-alloc\n"),
	LINES(IOMMUFD, "gone",
		"let faults = fault-queue-alloc\n"
		"close faults\n"
		"destroy id=faults\n"
		"expect ENOENT destroy.id\n"
		"destroy id=1\n"),
	LINES(DEVICE, "of-stage-1",
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=FAULT_ID_VALID fault_id=faults\n"
		"attach-iommufd-pt cdev pt_id=a\n", .since = 613),
	LINES(VDEVICE, "of-nested",
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=viommu "
		"flags=FAULT_ID_VALID fault_id=faults "
		"ste=Cfg=s1\n"
		"attach-iommufd-pt cdev pt_id=a\n"
		"expect ok length=0\n"
		"read-faultq faults length=40\n"),
	LINES(DEVICE, "of-two",
		"let faults = fault-queue-alloc\n"
		"let a = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=FAULT_ID_VALID fault_id=faults\n"
		"let b = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=FAULT_ID_VALID fault_id=faults\n"
		"destroy id=a\n"
		"close faults\n"
		"expect EBUSY destroy.busy\n"
		"destroy id=faults\n", .since = 613),
	LINES(DEVICE, "unknown-queue",
		"expect ENOENT hwpt.fault\n"
		"hwpt-alloc dev_id=dev pt_id=ioas flags=FAULT_ID_VALID "
		"fault_id=77\n", .since = 613),
};

TOPIC(faultq, rows);
