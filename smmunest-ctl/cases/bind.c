// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's file and an iommufd. */
#include "cases/case.h"

#define CDEV "let cdev = open dev0\n"

static const struct test_case rows[] = {
	{ .name = "open.cdev", .bed = BED_NONE, .script =
	  "expect ENOENT open.cdev\nopen /dev/vfio/devices/vfio99999\n" },
	THEN_REFUSED(IOMMUFD, EINVAL, "bind.size", CDEV,
		"bind-iommufd cdev size=12",
		.needs = NEED(DEVICE)),
	THEN_REFUSED(IOMMUFD, E2BIG, "bind.new", CDEV,
		"bind-iommufd cdev size=32 tail=1",
		.needs = NEED(DEVICE),
		.since = 617),
	THEN_REFUSED(IOMMUFD, EINVAL, "bind.iommufd", CDEV,
		"bind-iommufd cdev iommufd=-1",
		.needs = NEED(DEVICE)),
	THEN_REFUSED(IOMMUFD, EINVAL, "bind.flags", CDEV,
		"bind-iommufd cdev flags=2",
		.needs = NEED(DEVICE)),
	THEN_REFUSED(IOMMUFD, EFAULT, "bind.token.memory", CDEV,
		"bind-iommufd cdev flags=1 token_uuid_ptr=0x1000",
		.needs = NEED(DEVICE),
		.since = 617),
	THEN_REFUSED(IOMMUFD, EINVAL, "bind.token.unused", CDEV,
		"bind-iommufd cdev flags=1 token_uuid_ptr=mem",
		.needs = NEED(DEVICE),
		.since = 617),
	THEN_REFUSED(IOMMUFD, EBADF, "bind.fd", CDEV,
		"bind-iommufd cdev iommufd=999",
		.needs = NEED(DEVICE)),
	THEN_REFUSED(IOMMUFD, EBADFD, "bind.file", CDEV,
		"bind-iommufd cdev iommufd=cdev",
		.needs = NEED(DEVICE)),
	REFUSED(DEVICE, EINVAL, "bind.twice",
		"bind-iommufd cdev"),
	THEN_REFUSED(DEVICE, EINVAL, "bind.open", "let again = open dev0\n",
		"bind-iommufd again"),
	LINES(DEVICE, "other-iommufd",
		"let other = open /dev/iommu\n"
		"let again = open dev0\n"
		"expect EINVAL bind.open\n"
		"bind-iommufd again iommufd=other\n"),
	LINES(DEVICE, "after-close",
		"close cdev\n"
		"let cdev = open dev0\n"
		"let dev = bind-iommufd cdev\n"),
	LINES(DEVICE, "other-after-close",
		"close cdev\n"
		"let other = open /dev/iommu\n"
		"let cdev = open dev0\n"
		"let dev = bind-iommufd cdev iommufd=other\n"
		"expect ENOENT hwpt.device\n"
		"hwpt-alloc dev_id=7 pt_id=ioas\n"),
	LINES(IOMMUFD, "refused-then-bound",
		"let cdev = open dev0\n"
		"expect EBADF bind.fd\n"
		"bind-iommufd cdev iommufd=999\n"
		"let dev = bind-iommufd cdev\n",
		.needs = NEED(DEVICE)),
	LINES(DEVICE, "two",
		"let cdev2 = open dev1\n"
		"let dev2 = bind-iommufd cdev2\n",
		.needs = NEED(TWO)),
	LINES(DEVICE, "two-iommufds",
		"let other = open /dev/iommu\n"
		"let cdev2 = open dev1\n"
		"let dev2 = bind-iommufd cdev2 iommufd=other\n",
		.needs = NEED(TWO)),
	LINES(DEVICE, "old-size",
		"close cdev\n"
		"let cdev = open dev0\n"
		"let dev = bind-iommufd cdev size=16\n"),
	LINES(DEVICE, "destroy-device",
		"expect EBUSY destroy.busy\n"
		"destroy id=dev\n"),
	LINES(DEVICE, "iommufd-outlived",
		"close iommufd\n"
		"expect EINVAL bind.twice\n"
		"bind-iommufd cdev\n"),
};

TOPIC(bind, rows);
