// SPDX-License-Identifier: GPL-2.0-or-later
/* What can come of a case, as documents have it. */
#include "run.h"

static const char *const verdicts[NVERDICTS] = {
	[PASSED] = "pass", [FAILED] = "fail", [SKIPPED] = "skip",
	[ERROR] = "error", [TIMED_OUT] = "timeout",
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict];
}
