// SPDX-License-Identifier: GPL-2.0-or-later
/* What all ioctls of iommufd share, and its options. */
#include "cases/case.h"

#define USED "let used = ioas-alloc\n" \
	"let hwpt = hwpt-alloc dev_id=dev pt_id=used\n" \
	"ioas-map ioas_id=used flags=FIXED_IOVA|READABLE user_va=mem " \
	"length=0x1000 iova=0x40000000\n"
#define ODD "ioas-map ioas_id=ioas flags=FIXED_IOVA|READABLE user_va=mem+1 " \
	"length=0x1000 iova=0x50000001\n"

static const struct test_case rows[] = {
	REFUSED(IOMMUFD, EINVAL, "struct.short",
		"ioas-alloc size=4"),
	REFUSED(IOMMUFD, E2BIG, "struct.new",
		"ioas-alloc size=16 tail=0xff"),
	LINES(IOMMUFD, "struct.longer",
		"let a = ioas-alloc size=16\n"),
	LINES(IOMMUFD, "struct.longest",
		"let a = ioas-alloc size=128\n"),
	LINES(DEVICE, "struct.shorter",
		"get-hw-info dev_id=dev size=32\n"),
	LINES(DEVICE, "struct.older",
		"let hwpt = hwpt-alloc size=24 dev_id=dev pt_id=ioas\n"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "option.zero",
		"option __reserved=1 op=GET"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "option.id",
		"option option_id=2 op=GET"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "option.object",
		"option option_id=RLIMIT_MODE op=GET object_id=1"),
	REFUSED(IOMMUFD, EINVAL, "option.mode",
		"option option_id=RLIMIT_MODE op=SET val64=2",
		.needs = NEED(ROOT)),
	REFUSED(IOMMUFD, EOPNOTSUPP, "option.op",
		"option option_id=RLIMIT_MODE op=2"),
	REFUSED(IOMMUFD, ENOENT, "option.ioas",
		"option option_id=HUGE_PAGES op=GET object_id=77"),
	REFUSED(IOAS, EBUSY, "option.busy",
		"option option_id=RLIMIT_MODE op=SET val64=1",
		.needs = NEED(ROOT)),
	REFUSED(IOAS, EINVAL, "option.value",
		"option option_id=HUGE_PAGES op=SET object_id=ioas val64=2"),
	THEN_REFUSED(IOAS, EADDRINUSE, "option.align", ODD,
		"option option_id=HUGE_PAGES op=SET object_id=ioas val64=0"),
	THEN_REFUSED(DEVICE, EINVAL, "option.mapped", USED,
		"option option_id=HUGE_PAGES op=SET object_id=used val64=0"),
	LINES(IOMMUFD, "rlimit.usual",
		"expect ok val64=0\n"
		"option option_id=RLIMIT_MODE op=GET\n"),
	LINES(IOMMUFD, "rlimit.set",
		"option option_id=RLIMIT_MODE op=SET val64=1\n"
		"expect ok val64=1\n"
		"option option_id=RLIMIT_MODE op=GET\n",
		.needs = NEED(ROOT)),
	LINES(IOMMUFD, "rlimit.back",
		"option option_id=RLIMIT_MODE op=SET val64=1\n"
		"option option_id=RLIMIT_MODE op=SET val64=0\n"
		"expect ok val64=0\n"
		"option option_id=RLIMIT_MODE op=GET\n",
		.needs = NEED(ROOT)),
	LINES(IOAS, "huge.usual",
		"expect ok val64=1\n"
		"option option_id=HUGE_PAGES op=GET object_id=ioas\n"),
	LINES(IOAS, "huge.off",
		"option option_id=HUGE_PAGES op=SET object_id=ioas "
		"val64=0\n"
		"expect ok val64=0\n"
		"option option_id=HUGE_PAGES op=GET object_id=ioas\n"),
	LINES(IOAS, "huge.on-again",
		"option option_id=HUGE_PAGES op=SET object_id=ioas "
		"val64=0\n"
		"option option_id=HUGE_PAGES op=SET object_id=ioas "
		"val64=1\n"
		"expect ok val64=1\n"
		"option option_id=HUGE_PAGES op=GET object_id=ioas\n"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "vfio-ioas.zero",
		"vfio-ioas __reserved=1"),
	REFUSED(IOMMUFD, ENODEV, "vfio-ioas.none",
		"vfio-ioas op=GET"),
	REFUSED(IOMMUFD, ENOENT, "vfio-ioas.ioas",
		"vfio-ioas op=SET ioas_id=77"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "vfio-ioas.op",
		"vfio-ioas op=3"),
	LINES(IOAS, "vfio-ioas.set",
		"vfio-ioas op=SET ioas_id=ioas\n"
		"expect ok ioas_id=ioas\n"
		"vfio-ioas op=GET\n"
		"vfio-ioas op=CLEAR\n"
		"expect ENODEV vfio-ioas.none\n"
		"vfio-ioas op=GET\n"),
	REFUSED(IOMMUFD, EOPNOTSUPP, "process.zero",
		"ioas-change-process __reserved=1"),
	REFUSED(IOAS, EINVAL, "process.memory",
		"ioas-change-process"),
};

TOPIC(option, rows);
