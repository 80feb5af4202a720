/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TAP from C: tap_ok() a line, tap_done() the plan and the exit status. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct tap {
	unsigned int n, failed;
};

__attribute__((format(printf, 3, 4)))
static inline bool tap_ok(struct tap *t, bool ok, const char *fmt, ...)
{
	va_list ap;

	t->n++;
	t->failed += !ok;
	printf("%sok %u ", ok ? "" : "not ", t->n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return ok;
}

static inline int tap_done(const struct tap *t)
{
	printf("1..%u\n", t->n);
	return t->failed || !t->n;
}

#endif
