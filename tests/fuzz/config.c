// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile kernel configuration: a value is what a line of it says, found here
 * in another way, and reading it as a file gives the same.
 */
#include "pretend.h"

/* The last line "NAME=y" or "NAME=m", or 'n'. */
static char value_in(const char *text, const char *name)
{
	size_t n = strlen(name);
	char value = 'n';

	for (const char *at = text; (at = strstr(at, name)); at += n)
		if ((at == text || at[-1] == '\n') && at[n] == '=' &&
		    at[n + 1] && strchr("ym", at[n + 1]) &&
		    (at[n + 2] == '\n' || !at[n + 2]))
			value = at[n + 1];
	return value;
}

static void check_machine(struct input *in)
{
	struct pretend p = pretend(in);
	struct smn_sys sys = { .be = &pretend_backend, .priv = &p };
	struct smn_kconfig c;
	int ret;

	memset(&c, 0xa5, sizeof(c));
	ret = smn_kconfig_read(&sys, &c);
	CHECK(ret <= 0 && IS_STRING(c.source) && !ret == !!c.source[0]);
	for (int i = 0; i < SMN_NCONFIGS; i++)
		CHECK(ret ? c.value[i] == '?' :
		      c.value[i] && strchr("ymn", c.value[i]));
	check_balance(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size }, again = in;
	struct smn_kconfig c;
	char *text;

	check_machine(&in);
	text = take_text(&again);
	if (!smn_kconfig_parse(text, &c))
		for (int i = 0; i < SMN_NCONFIGS; i++)
			CHECK(c.value[i] == value_in(text,
						     smn_kconfig_names[i]));
	free(text);
	return 0;
}
