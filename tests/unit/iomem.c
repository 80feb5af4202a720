// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/iomem: what is somebody's, and the holes between. */
#include <stdio.h>

#include "files.h"
#include "tap.h"

static const char text[] =
	"04000000-07ffffff : reserved\n"
	"10000000-3efeffff : PCI Bus 0000:00\n"
	"  10000000-100fffff : 0000:00:02.0\n"
	"40000000-7fffffff : System RAM\n"
	"  40210000-4187ffff : Kernel code\n"
	"8000000000-ffffffffff : PCI Bus 0000:00";

static void test_parse(struct tap *t)
{
	static const char hidden[] = "00000000-00000000 : System RAM\n"
				     "  00000000-00000000 : Kernel code\n";
	static const char *const wrong[] = {
		"", "x", "0-", "0-1", "1-0 : a\n", "-1 : a\n",
		"12345678123456781-2 : a\n", "10-0x20 : a\n",
		"0-f : a\n\n", "0-f : a\nrubbish\n",
	};
	struct smn_iomem m;

	tap_ok(t, !smn_iomem_parse(text, strlen(text), &m) && m.n == 4,
	       "only what lies in nothing else");
	tap_ok(t, m.at[3].start == 0x8000000000 &&
	       m.at[3].last == 0xffffffffff, "more than 32 bits");
	tap_ok(t, smn_iomem_parse(hidden, strlen(hidden), &m) == -EACCES,
	       "addresses that are hidden");
	for (size_t i = 0; i < SMN_ARRAY_SIZE(wrong); i++)
		tap_ok(t, smn_iomem_parse(wrong[i], strlen(wrong[i]), &m) ==
		       -EBADMSG, "no iomem: '%.*s'",
		       (int)strcspn(wrong[i], "\n"), wrong[i]);
}

static void test_read(struct tap *t)
{
	static const struct file good[] = { { "/proc/iomem", text, 0, 0 },
					    { 0 } };
	static const struct file denied[] = {
		{ "/proc/iomem", "", 0, -EACCES }, { 0 } };
	struct files fs = { .file = good, .chunk = 7 };
	struct smn_sys sys = { .be = &files_backend, .priv = &fs };
	struct smn_why why = { "" };
	struct smn_iomem m;

	tap_ok(t, !smn_iomem_read(&sys, &m, &why) && m.n == 4 && !fs.nopen,
	       "read in pieces");
	fs.file = denied;
	tap_ok(t, smn_iomem_read(&sys, &m, &why) == -EACCES && !m.n &&
	       strstr(why.text, "root"), "denied: %s", why.text);
}

static void hole(struct tap *t, const struct smn_iomem *m, uint64_t start,
		 uint64_t last, uint64_t bytes, uint64_t align, int ret,
		 uint64_t want)
{
	const struct smn_iorange within = { start, last };
	uint64_t at = 0;
	int got = smn_iomem_hole(m, &within, bytes, align, &at);

	tap_ok(t, got == ret && at == want, "0x%llx bytes in 0x%llx-0x%llx: "
	       "%d 0x%llx", (unsigned long long)bytes,
	       (unsigned long long)start, (unsigned long long)last, got,
	       (unsigned long long)at);
}

static void test_holes(struct tap *t)
{
	struct smn_iomem m;

	smn_iomem_parse(text, strlen(text), &m);
	hole(t, &m, 0x1000000, 0xfffffff, 0x1000, 0x1000, 0, 0x1000000);
	hole(t, &m, 0x1000001, 0xfffffff, 0x1000, 0x1000, 0, 0x1001000);
	hole(t, &m, 0x3ffffff, 0xfffffff, 0x1000, 0x1000, 0, 0x8000000);
	hole(t, &m, 0x3ff0000, 0xfffffff, 0x10000, 0x1000, 0, 0x3ff0000);
	hole(t, &m, 0x3ff0000, 0xfffffff, 0x11000, 0x1000, 0, 0x8000000);
	hole(t, &m, 0x8000000, 0xfffffff, 0x8000000, 0x1000, 0, 0x8000000);
	hole(t, &m, 0x8000000, 0xfffffff, 0x8000001, 0x1000, -ENOSPC, 0);
	hole(t, &m, 0x3ff00000, 0x7fffffff, 0x1000, 0x1000, 0, 0x3ff00000);
	hole(t, &m, 0x40000000, 0x7fffffff, 1, 1, -ENOSPC, 0);
	hole(t, &m, 0x3eff0000, ~0ULL, 0x1000, 1 << 21, 0, 0x3f000000);
	smn_iomem_add(&m, 0x10000000000, ~0ULL);
	hole(t, &m, 0x10000000000, ~0ULL, 1, 1, -ENOSPC, 0);
	hole(t, &m, ~0ULL - 10, ~0ULL, 1, 0x1000, -ENOSPC, 0);
	m.n = 0;
	smn_iomem_add(&m, 0x1000, ~0ULL);
	hole(t, &m, 0, ~0ULL, 0x2000, 0x1000, -ENOSPC, 0);
	/* without anything in the way */
	m.n = 0;
	hole(t, &m, 0, ~0ULL, ~0ULL, 1, 0, 0);
	while (!smn_iomem_add(&m, 1, 2))
		;
	tap_ok(t, m.n == SMN_MAX_IOMEM, "no more than fit");
}

int main(void)
{
	struct tap t = { 0 };

	test_parse(&t);
	test_read(&t);
	test_holes(&t);
	return tap_done(&t);
}
