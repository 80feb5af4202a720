// SPDX-License-Identifier: GPL-2.0-or-later
/* One line an ioctl, in the manner of strace but with the arguments read. */
#include <inttypes.h>

#include "ctl.h"

#define MAX_WORDS 8	/* of a long batch; the rest is counted */

void format_time(char *buf, size_t len, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double v = ns;
	unsigned int u = 0;

	for (; v >= 999.5 && u < SMN_ARRAY_SIZE(units) - 1; u++)
		v /= 1000;
	snprintf(buf, len, "%.*f %s", !u || v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2,
		 v, units[u]);
}

static void print_words(FILE *to, const struct smn_call *call)
{
	size_t n;
	const uint64_t *words = smn_op_payload(call->op, call->in, &n);

	if (!words) {
		fprintf(to, "NULL");
		return;
	}
	fprintf(to, "[");
	for (size_t i = 0; i < n && i < MAX_WORDS; i++)
		fprintf(to, "%s0x%" PRIx64, i ? ", " : "", words[i]);
	if (n > MAX_WORDS)
		fprintf(to, ", ... %zu more", n - MAX_WORDS);
	fprintf(to, "]");
}

static void print_flags(FILE *to, const struct smn_arg *a, uint64_t v)
{
	const char *bar = "";

	for (unsigned int bit = 0; bit < a->nnames; bit++)
		if (v >> bit & 1) {
			fprintf(to, "%s%s", bar, a->names[bit]);
			v &= ~(1ULL << bit);
			bar = "|";
		}
	if (v || !bar[0])
		fprintf(to, "%s0x%" PRIx64, bar, v);
}

static void print_arg(FILE *to, const struct smn_call *call,
		      const struct smn_arg *a, const void *arg)
{
	uint64_t v = smn_arg_get(a, arg);
	const char *name = smn_arg_value_name(a, v);

	fprintf(to, "%s=", a->name);
	switch (a->format) {
	case SMN_ARG_WORDS:
		print_words(to, call);
		break;
	case SMN_ARG_FLAGS:
		print_flags(to, a, v);
		break;
	case SMN_ARG_NAMED:
		if (name) {
			fprintf(to, "%s", name);
			break;
		}
		/* fall through */
	case SMN_ARG_DEC:
		fprintf(to, "%" PRIu64, v);
		break;
	case SMN_ARG_FD:
		fprintf(to, "%d", (int)v);
		break;
	default:
		fprintf(to, "0x%" PRIx64, v);
	}
}

static void print_args(FILE *to, const struct smn_call *call, bool out)
{
	const struct smn_op *op = smn_op(call->op);
	const char *comma = "";

	for (unsigned int i = 0; i < op->nargs; i++) {
		const struct smn_arg *a = &op->args[i];
		const void *arg = out ? call->out : call->in;

		if ((out ? !a->out : !a->in) || !smn_arg_told(a, arg))
			continue;
		fprintf(to, "%s", comma);
		print_arg(to, call, a, arg);
		comma = ", ";
	}
}

void trace_call(FILE *to, const struct smn_call *call)
{
	char took[24];

	fprintf(to, "%s(%d, {", smn_op(call->op)->name, call->fd);
	print_args(to, call, false);
	if (call->err)
		fprintf(to, "}) = -1 %s {", smn_errno_name(call->err));
	else
		fprintf(to, "}) = 0 {");
	print_args(to, call, true);
	format_time(took, sizeof(took), call->span.ns);
	fprintf(to, "} <%s>\n", took);
}

void trace_result(FILE *to, const struct smn_call *call)
{
	char took[24];

	format_time(took, sizeof(took), call->span.ns);
	fprintf(to, "%s: %s in %s\n", smn_op(call->op)->name,
		call->err ? smn_errno_name(call->err) : "ok", took);
}
