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

FILE *ctl_open(const char *path)
{
	return strcmp(path, "-") ? fopen(path, "re") : stdin;
}

FILE *ctl_open_file(struct argp_state *state, const char *path)
{
	FILE *f = ctl_open(path);

	if (!f)
		argp_failure(state, CTL_USAGE, errno, "%s", path);
	return f;
}

int ctl_read_file(void *file, void *buf, size_t len, size_t *got)
{
	errno = 0;
	*got = fread(buf, 1, len, file);
	/* what came before the error is handed over first */
	if (*got || !ferror(file))
		return 0;
	return errno ? -errno : -EIO;
}
