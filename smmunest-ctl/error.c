// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes wrong: a refused call as a document, and as people read it. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ctl.h"

void ctl_say(struct ctl *ctl, const char *fmt, ...)
{
	va_list ap;

	if (ctl->quiet)
		return;
	fflush(stdout);
	backend_tell_stderr(ctl);
	fprintf(stderr, "smmunest-ctl: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static struct json_object *new_error(const char *op, int err)
{
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "op", op);
	doc_add_int(o, "errno", -err);
	doc_add_str(o, "name", smn_errno_name(err));
	return o;
}

static void set_error(struct ctl *ctl, struct json_object *error,
		      struct json_object *args, struct json_object *causes)
{
	doc_add(error, "args", args);
	doc_add(error, "causes", causes);
	json_object_put(ctl->error);
	ctl->error = error;
}

struct json_object *ctl_cause(const struct ctl *ctl, size_t i)
{
	return doc_at(doc_get(ctl->error, "causes"), i);
}

void ctl_forgive(struct ctl *ctl)
{
	json_object_put(ctl->error);
	ctl->error = NULL;
}

static struct json_object *one_cause(const char *verdict, const char *id,
				     const struct smn_why *cause,
				     const struct smn_why *remedy)
{
	struct json_object *a = json_object_new_array();
	struct json_object *o = json_object_new_object();

	doc_add_str(o, "verdict", verdict);
	doc_add_str(o, "id", id);
	doc_add_str(o, "text", cause->text);
	doc_add_str(o, "remedy", remedy->text);
	json_object_array_add(a, o);
	return a;
}

enum status ctl_no(struct ctl *ctl, enum status status, const char *id,
		   const struct smn_why *cause, const struct smn_why *remedy)
{
	struct json_object *error = json_object_new_object();

	doc_add(error, "op", NULL);
	doc_add_int(error, "errno", 0);
	doc_add(error, "name", NULL);
	set_error(ctl, error, json_object_new_object(),
		  one_cause("certain", id, cause, remedy));
	return status;
}

/* What the kernel said meanwhile, in its own words. */
static void add_log(struct ctl *ctl)
{
	struct json_object *lines;

	if (!ctl->logged.n)
		return;
	lines = json_object_new_array();
	for (unsigned int i = 0; i < ctl->logged.n; i++)
		json_object_array_add(lines, json_object_new_string(
				      ctl->logged.line[i].text));
	doc_add(ctl->error, "log", lines);
}

static struct json_object *args_of(const struct ctl *ctl,
				   const struct smn_call *call)
{
	struct json_object *args;

	if (call->op != SMN_OPEN)
		return doc_call_args(call);
	args = json_object_new_object();
	doc_add_str(args, "path", ctl->sys.path);
	return args;
}

/* No node, or none for us; a kernel from before vIOMMUs has none of it. */
static bool nothing_to_try(const struct ctl *ctl, int err)
{
	uint16_t kernel = ctl->sys.world->kernel;

	if (ctl->sys.failed.op == SMN_OPEN)
		return err == -EACCES || err == -EPERM || err == -ENOENT;
	return err == -ENOTTY ||
		(kernel && kernel < smn_op(SMN_IOMMU_VIOMMU_ALLOC)->since);
}

enum status ctl_refused(struct ctl *ctl, int err)
{
	const struct smn_call *call = &ctl->sys.failed;
	struct smn_finding found[SMN_MAX_FINDINGS];
	struct smn_question q;
	struct smn_why cause;
	unsigned int n;

	if (call->err != err) {
		/* our own allocation failed, no call did */
		smn_why_set(&cause, "%s", strerror(-err));
		return ctl_no(ctl, CTL_INTERNAL, "internal", &cause,
			      &(struct smn_why){ "free some memory" });
	}
	ctl_learn_more(ctl);
	smn_call_question(call, ctl->sys.world, &q);
	n = smn_diagnose(&q, err, found);
	set_error(ctl, new_error(smn_op(call->op)->name, err),
		  args_of(ctl, call),
		  doc_findings(found, n));
	ctl->forever = found[0].verdict == SMN_CERTAIN && found[0].forever;
	add_log(ctl);
	return nothing_to_try(ctl, err) ? CTL_SKIPPED : CTL_REFUSED;
}

/* --- as text --- */

static void print_value(struct json_object *v)
{
	if (!json_object_is_type(v, json_type_array)) {
		fprintf(stderr, "%s", json_object_get_string(v));
		return;
	}
	for (size_t i = 0; i < json_object_array_length(v); i++)
		fprintf(stderr, "%s%s", i ? ", " : "[", json_object_get_string(
				json_object_array_get_idx(v, i)));
	fprintf(stderr, "]");
}

static void print_args(struct json_object *args)
{
	const char *comma = "";

	fprintf(stderr, "  sent    {");
	json_object_object_foreach(args, key, value) {
		fprintf(stderr, "%s%s=", comma, key);
		print_value(value);
		comma = ", ";
	}
	fprintf(stderr, "}\n");
}

void error_print(struct ctl *ctl)
{
	struct json_object *args = doc_get(ctl->error, "args"), *c;
	struct json_object *lines = doc_get(ctl->error, "log");
	const char *op = doc_text(ctl->error, "op");
	/* ctl_no() has no call to tell of */
	bool called = op[0];

	if (called) {
		int err = doc_int(ctl->error, "errno");

		ctl_say(ctl, "%s: %s (%d, %s)", op,
			doc_text(ctl->error, "name"), err, strerror(err));
	}
	if (called && args)
		print_args(args);
	for (size_t i = 0; i < doc_length(lines); i++)
		fprintf(stderr, "  kernel: %s\n",
			json_object_get_string(doc_at(lines, i)));
	for (size_t i = 0; (c = ctl_cause(ctl, i)); i++) {
		if (called)
			fprintf(stderr, "  %s: %s [%s]\n",
				doc_text(c, "verdict"), doc_text(c, "text"),
				doc_text(c, "id"));
		else
			ctl_say(ctl, "%s", doc_text(c, "text"));
		fprintf(stderr, "  %s%s\n", called ? "  try: " : "try: ",
			doc_text(c, "remedy"));
	}
}
