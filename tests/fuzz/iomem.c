// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile /proc/iomem, after two bytes that say what hole is looked for: one
 * that is found is where it was wanted, and nobody's.
 */
#include "fuzz.h"

#include <errno.h>

static void look(const struct smn_iomem *m, uint8_t shape, uint8_t bits)
{
	const struct smn_iorange within = {
		(uint64_t)shape << 24, ~0ULL >> bits % 64,
	};
	uint64_t align = 1ULL << shape % 40, bytes = 1 + align / 3, at = 1;
	int ret = smn_iomem_hole(m, &within, bytes, align, &at);

	CHECK(!ret || ret == -ENOSPC);
	if (ret)
		return;
	CHECK(!(at % align) && at >= within.start);
	CHECK(at + bytes - 1 >= at && at + bytes - 1 <= within.last);
	for (unsigned int i = 0; i < m->n; i++)
		CHECK(m->at[i].last < at ||
		      m->at[i].start > at + bytes - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smn_iomem m;
	int ret;

	if (size < 2)
		return 0;
	ret = smn_iomem_parse((const char *)data + 2, size - 2, &m);
	CHECK(!ret || ret == -EBADMSG || ret == -EACCES || ret == -E2BIG);
	CHECK(m.n <= SMN_MAX_IOMEM);
	for (unsigned int i = 0; i < m.n; i++)
		CHECK(m.at[i].start <= m.at[i].last);
	look(&m, data[0], data[1]);
	return 0;
}
