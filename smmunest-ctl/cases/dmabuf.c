// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device's registers as a file, and that mapped: the one way to let other
 * devices reach them. They come and go with the device's memory decoding.
 */
#include "cases/case.h"

#define FEATURE "feature cdev feature=DMA_BUF "
#define GET FEATURE "flags=GET region_index=BAR0 "
#define ONE GET "nr_ranges=1 length=0x1000"
#define BAR "let bar = " ONE "\n"
#define MAPS(file, length, at) "ioas-map-file ioas_id=ioas " \
	"flags=READABLE|WRITEABLE|FIXED_IOVA fd=" file " length=" length \
	" iova=" at
#define MAP(at) MAPS("bar", "0x1000", at) "\n"
#define GONE "expect ENODEV file.dmabuf-gone\n"
#define UNMAP(at) "expect ok length=0x1000\nioas-unmap ioas_id=ioas iova=" \
	at " length=0x1000\n"
#define DECODE(command) "write-region cdev region=CONFIG offset=4 length=2 " \
	"words=" command "\n"
#define OFF DECODE("0")
#define ON DECODE("2")
#define A "0x50000000"
#define B "0x60000000"

#define NEEDED .needs = NEED(DMABUF), .since = 619
/* the errno as it stands: the machinery of others would make a number of it */
#define NO(err, row, request) \
	{ .name = row, .bed = BED_DEVICE, NEEDED, .script = \
	  "expect " #err " " row "\n" request "\n" }
#define NO_MAP(err, row, before, request) \
	{ .name = row, .bed = BED_S2, NEEDED, .script = \
	  before "expect " #err " " row "\n" request "\n" }
#define WORKS(name, text) LINES(S2, name, text, NEEDED)

static const struct test_case rows[] = {
	{ .name = "feature.unbound", .bed = BED_IOMMUFD, NEEDED, .script =
	  "let cdev = open dev0\nexpect EINVAL feature.unbound\n" ONE "\n" },
	NO(EINVAL, "feature.size", FEATURE "flags=GET size=7"),
	NO(EINVAL, "feature.flags", FEATURE "flags=GET|8"),
	NO(EINVAL, "feature.both", FEATURE "flags=GET|SET"),
	NO(ENOTTY, "feature.none", "feature cdev feature=0x1234 flags=GET"),
	NO(EINVAL, "dmabuf.flags", FEATURE "flags=PROBE|SET"),
	NO(EINVAL, "dmabuf.size", FEATURE "flags=GET size=23"),
	NO(EINVAL, "dmabuf.ranges", GET "length=0x1000"),
	NO(EINVAL, "dmabuf.reserved", ONE " dma_buf_flags=1"),
	NO(ENODEV, "dmabuf.region", FEATURE
	   "flags=GET region_index=CONFIG nr_ranges=1 length=0x1000"),
	NO(EINVAL, "dmabuf.range", GET "nr_ranges=1 length=0x800"),
	NO(EOVERFLOW, "dmabuf.wraps", GET
	   "nr_ranges=1 offset=0xfffffffffffff000 length=0x2000"),
	THEN_REFUSED(DEVICE, EINVAL, "dmabuf.end",
		     "get-region-info cdev index=BAR0\n", GET
		     "nr_ranges=1 offset=0x10000000000 length=0x1000", NEEDED),
	NO_MAP(EINVAL, "file.dmabuf-size", BAR, MAPS("bar", "0x2000", A)),
	NO_MAP(EOPNOTSUPP, "file.dmabuf-kind", "let bar = " GET "nr_ranges=2 "
	       "length=0x1000 offset2=0x1000 length2=0x1000\n",
	       MAPS("bar", "0x2000", A)),
	NO_MAP(ENODEV, "file.dmabuf-gone", BAR OFF, MAPS("bar", "0x1000", A)),
	WORKS("probe", FEATURE "flags=PROBE|GET\n" FEATURE "flags=PROBE\n"),
	WORKS("mapped", BAR MAP(A) UNMAP(A)),
	WORKS("file-closed", BAR MAP(A) "close bar\n" UNMAP(A)),
	WORKS("made-while-off", OFF BAR GONE MAP(A) ON MAP(A) UNMAP(A)),
	WORKS("off-and-on", BAR MAP(A) OFF GONE MAP(B) ON MAP(B) UNMAP(A)
	      UNMAP(B)),
	WORKS("dead-is-taken", BAR MAP(A) OFF ON "expect EEXIST file.taken\n"
	      MAP(A) UNMAP(A) MAP(A)),
	WORKS("dead-is-copied", BAR MAP(A) OFF ON "ioas-copy "
	      "flags=READABLE|FIXED_IOVA src_ioas_id=ioas dst_ioas_id=ioas "
	      "length=0x1000 src_iova=" A " dst_iova=" B "\n" UNMAP(A)
	      UNMAP(B)),
	WORKS("dead-under-another", BAR MAP(A) OFF "let more = hwpt-alloc "
	      "dev_id=dev pt_id=ioas flags=NEST_PARENT\n" UNMAP(A)),
	WORKS("device-closed", BAR MAP(A) "close cdev\n" UNMAP(A)
	      "let cdev = open dev0\nlet dev = bind-iommufd cdev\n" GONE
	      MAP(A) "let bar = " ONE "\n" MAP(A)),
};

TOPIC(dmabuf, rows);
