// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments that several commands take. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

bool ctl_take_bdf(struct ctl *ctl, const char *arg)
{
	return !ctl->bdf[0] && !smn_bdf_parse(arg, ctl->bdf);
}

uint64_t ctl_number(struct argp_state *state, const char *what,
		    const char *arg, uint64_t min, uint64_t max)
{
	uint64_t value = 0;

	if (smn_number_parse(arg, &value) || value < min || value > max)
		argp_error(state, "%s: '%s' is not a number from %" PRIu64
			   " to %" PRIu64, what, arg, min, max);
	return value;
}

int ctl_words(const char *arg, uint64_t *words, unsigned int n)
{
	char one[24];

	for (unsigned int i = 0; i < n; i++) {
		size_t len = strcspn(arg, ",:");

		if (len >= sizeof(one) || !arg[len] != (i == n - 1))
			return -EINVAL;
		memcpy(one, arg, len);
		one[len] = '\0';
		if (smn_number_parse(one, &words[i]))
			return -EINVAL;
		arg += len + 1;
	}
	return 0;
}
