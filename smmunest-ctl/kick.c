// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SMMUNEST_SIGNAL=NAME:N, for tests: the Nth thing that is asked of the machine
 * is followed by that signal, as if it came from outside at the worst moment.
 * Where the variable is not set, nothing stands in the way of anything.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static void count(void *ctx)
{
	struct kick *k = ctx;

	if (++k->calls == k->at)
		raise(k->signal);
}

static int number_of(const char *name, size_t n)
{
	for (int i = 1; i < NSIG; i++) {
		const char *abbrev = sigabbrev_np(i);

		if (abbrev && strlen(abbrev) == n && !strncmp(abbrev, name, n))
			return i;
	}
	return 0;
}

static bool parse(struct kick *k, const char *text)
{
	size_t n = strcspn(text, ":");
	char *end;

	k->signal = number_of(text, n);
	if (!k->signal || text[n] != ':' || text[n + 1] < '1' ||
	    text[n + 1] > '9')
		return false;
	errno = 0;
	k->at = strtoul(text + n + 1, &end, 10);
	return !errno && !*end;
}

void kick_end(struct ctl *ctl)
{
	const struct kick *k = &ctl->kick;

	if (k->calls < k->at)
		ctl_say(ctl, "SMMUNEST_SIGNAL: it never came, for there were "
			"%lu calls", k->calls);
}

enum status kick_begin(struct ctl *ctl)
{
	const char *text = getenv("SMMUNEST_SIGNAL");
	struct smn_why why;

	if (!text || !text[0])
		return CTL_OK;
	if (parse(&ctl->kick, text)) {
		ctl->kick.hook.after = count;
		ctl->kick.hook.ctx = &ctl->kick;
		smn_hook_begin(&ctl->kick.hook, &ctl->sys);
		return CTL_OK;
	}
	smn_why_set(&why, "SMMUNEST_SIGNAL='%.60s' is not a signal and after "
		    "which call it comes", text);
	return ctl_no(ctl, CTL_USAGE, "signal", &why,
		      &(struct smn_why){ "SMMUNEST_SIGNAL=INT:3, or without "
					 "it" });
}
