// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Batches of commands: what entry_num says after one that was taken, and after
 * one with a command that is none. The driver works in blocks of 63.
 */
#include <errno.h>
#include <string.h>

#include "cases/case.h"

#define NO_OPCODE 0xff
#define ASID_1 0x0001000000000011

static const uint64_t (*fill(struct trial *t, unsigned int n))[2]
{
	uint64_t (*cmds)[2] = trial_memory(t);

	for (unsigned int i = 0; i < n; i++) {
		cmds[i][0] = ASID_1;
		cmds[i][1] = 0;
	}
	return (const uint64_t (*)[2])cmds;
}

/* .number of them */
static void taken(struct trial *t, const struct test_case *c)
{
	uint32_t n = c->number, handled;

	if (trial_inval(t, fill(t, n), n, 0, &handled))
		trial_check(t, handled == n, "entry_num is %u of %u", handled,
			    n);
}

/* The command at .number is none, of 200. */
static void stopped(struct trial *t, const struct test_case *c)
{
	enum { OF = 200 };
	const uint64_t (*cmds)[2] = fill(t, OF);
	uint32_t bad = c->number, handled, expected = bad;

	((uint64_t (*)[2])trial_memory(t))[bad][0] = NO_OPCODE;
	if (trial_accounting(t)->counts_issued)
		expected = bad / SMN_CMD_BLOCK * SMN_CMD_BLOCK;
	if (trial_inval(t, cmds, OF, -EIO, &handled))
		trial_check(t, handled == expected,
			    "entry_num is %u, and command %u is none", handled,
			    bad);
}

/* Of two that are none the first one counts. */
static void first_of_two(struct trial *t, const struct test_case *c)
{
	const uint64_t (*cmds)[2] = fill(t, 100);
	uint64_t (*mine)[2] = trial_memory(t);
	uint32_t handled;

	(void)c;
	mine[20][0] = mine[10][0] = NO_OPCODE;
	if (trial_inval(t, cmds, 100, -EIO, &handled))
		trial_check(t, handled ==
			    (trial_accounting(t)->counts_issued ? 0 : 10),
			    "entry_num is %u", handled);
}

/* What was refused does no harm to the next. */
static void after_failure(struct trial *t, const struct test_case *c)
{
	const uint64_t bad[1][2] = { { NO_OPCODE } };
	uint32_t handled;

	(void)c;
	for (unsigned int i = 0; i < 20; i++)
		if (!trial_inval(t, bad, 1, -EIO, &handled) ||
		    !trial_inval(t, fill(t, 70), 70, 0, &handled))
			return;
}

#define OK(n) FUNCTION(VIOMMU, "taken." #n, taken, .number = n)
#define AT(n) FUNCTION(VIOMMU, "stopped-at." #n, stopped, .number = n)

static const struct test_case rows[] = {
	OK(1), OK(2), OK(3), OK(31), OK(62), OK(63), OK(64), OK(65), OK(125),
	OK(126), OK(127), OK(128), OK(189), OK(190), OK(255), OK(256), OK(511),
	OK(512), OK(1023), OK(1024), OK(4096),
	AT(0), AT(1), AT(2), AT(31), AT(61), AT(62), AT(63), AT(64), AT(65),
	AT(70), AT(125), AT(126), AT(127), AT(188), AT(189), AT(190), AT(199),
	FUNCTION(VIOMMU, "first-of-two", first_of_two),
	FUNCTION(VIOMMU, "after-failure", after_failure),
	LINES(VIOMMU, "short-entries", "expect ok entry_num=2\n"
	      "hwpt-invalidate hwpt_id=viommu entry_len=8 entry_num=2 "
	      "words=0x30,0x10\n"),
	LINES(VIOMMU, "shortest-entries", "expect ok entry_num=8\n"
	      "hwpt-invalidate hwpt_id=viommu entry_len=1 entry_num=8 "
	      "words=0x3030303030303030\n"),
	LINES(VIOMMU, "long-entries", "expect ok entry_num=2\n"
	      "hwpt-invalidate hwpt_id=viommu entry_len=24 entry_num=2 "
	      "words=0x30,0,0,0x10,0,0\n"),
	LINES(VIOMMU, "second-of-long-entries", "expect EIO\n"
	      "hwpt-invalidate hwpt_id=viommu entry_len=24 entry_num=2 "
	      "words=0x30,0,0,0xff,0,0\n"),
	LINES(VIOMMU, "refused-before-is-0",
	      "expect EOPNOTSUPP inval.reserved entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu __reserved=1 cmds=tlbi-nh-all\n"),
	LINES(VIOMMU, "refused-type-is-0", "expect EINVAL entry_num=0\n"
	      "hwpt-invalidate hwpt_id=viommu data_type=2 cmds=tlbi-nh-all\n"),
	LINES(VIOMMU, "unknown-id-is-0", "expect ENOENT entry_num=0\n"
	      "hwpt-invalidate hwpt_id=77 cmds=tlbi-nh-all*5\n"),
};

TOPIC(batch, rows);
