// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A case at work, in a process of its own. What does not hold is written down
 * with the call, what was expected of it, why the kernel may have answered so,
 * and how to see it again.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run.h"

#define SLOTS 96	/* names that a case can have */

struct trial {
	struct ctl *ctl;
	const struct rig *rig;
	const struct test_case *c;
	FILE *log;
	struct smn_runner runner;
	struct smn_script script;
	struct smn_script_run run;
	bool failed, skipped;
};

/* Each bed's own lines. */
static const char *const beds[NBEDS] = {
	[BED_IOMMUFD] = "let iommufd = open /dev/iommu\n",
	[BED_IOAS] = "let ioas = ioas-alloc\n"
		"ioas-map ioas_id=ioas flags=READABLE|WRITEABLE|FIXED_IOVA "
		"user_va=mem length=0x10000 iova=0x40000000\n",
	[BED_DEVICE] = "let cdev = open dev0\nlet dev = bind-iommufd cdev\n",
	[BED_S2] = "let s2 = hwpt-alloc dev_id=dev pt_id=ioas "
		"flags=NEST_PARENT\n",
	[BED_VIOMMU] = "let viommu = viommu-alloc dev_id=dev hwpt_id=s2 "
		"type=ARM_SMMUV3\n",
	[BED_VDEVICE] = "let vdev = vdevice-alloc viommu_id=viommu dev_id=dev "
		"virt_id=8\n",
	[BED_S1] = "let s1 = hwpt-alloc dev_id=dev pt_id=viommu "
		"ste=Cfg=s1,S1ContextPtr=0x40001000\n",
	[BED_ATTACHED] = "attach-iommufd-pt cdev pt_id=s1\n",
};

/* --- what is written down --- */

/* Why the last failed call may have failed. */
static void tell_causes(struct trial *t, int err)
{
	struct json_object *c;

	if (t->ctl->sys.failed.err != err)
		return;
	ctl_refused(t->ctl, err);
	for (size_t i = 0; (c = ctl_cause(t->ctl, i)); i++)
		fprintf(t->log, "%s: %s [%s]\ntry: %s\n",
			doc_text(c, "verdict"), doc_text(c, "text"),
			doc_text(c, "id"), doc_text(c, "remedy"));
	ctl_forgive(t->ctl);
}

/* The row that should have refused it. */
static void tell_row(struct trial *t, enum smn_op_id op, const char *id)
{
	const struct smn_row *row;

	for (unsigned int i = 0; (row = smn_row_at(op, i)); i++)
		if (!strcmp(row->id, id))
			fprintf(t->log, "should be refused: %s [%s]\n",
				row->cause, id);
}

static void fail(struct trial *t)
{
	const struct ctl *ctl = t->ctl;

	if (t->failed)
		return;
	t->failed = true;
	fprintf(t->log, "again: smmunest-ctl ");
	if (ctl->on_model)
		fprintf(t->log, "--backend=model:%s ", ctl->model_name);
	fprintf(t->log, "run %s%s %s\n", t->c->slow ? "--slow " : "",
		ctl->bdf, t->c->name);
}

bool trial_check(struct trial *t, bool holds, const char *fmt, ...)
{
	va_list ap;

	if (holds)
		return true;
	va_start(ap, fmt);
	vfprintf(t->log, fmt, ap);
	va_end(ap);
	fputc('\n', t->log);
	fail(t);
	return false;
}

void trial_note(struct trial *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(t->log, fmt, ap);
	va_end(ap);
	fputc('\n', t->log);
}

void trial_skip(struct trial *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(t->log, fmt, ap);
	va_end(ap);
	fputc('\n', t->log);
	t->skipped = true;
}

/* --- requests --- */

static void tell_line(struct trial *t, const struct smn_script_line *l,
		      const struct smn_reply *reply, const struct smn_why *why)
{
	fprintf(t->log, "%s\n", l->text);
	if (l->req.op != SMN_OPEN && l->req.op != SMN_CLOSE)
		trace_call(t->log, &t->ctl->sys.last);
	fprintf(t->log, "%s\n", why->text);
	if (reply->err < 0)
		tell_causes(t, reply->err);
	else if (l->row)
		tell_row(t, l->req.op, l->row);
	fail(t);
}

static bool do_line(struct trial *t, const struct smn_script_line *l)
{
	struct timespec pause = { l->sleep_ns / 1000000000,
				  l->sleep_ns % 1000000000 };
	struct smn_reply reply;
	struct smn_why why;

	if (l->kind == SMN_LINE_SLEEP)
		return !nanosleep(&pause, NULL);
	if (!trial_check(t, l->kind == SMN_LINE_REQUEST,
			 "'%s' is nothing for a case", l->text))
		return false;
	smn_script_call(&t->runner, l, NULL, &reply);
	if (smn_script_met(l, &t->runner, &reply, &why))
		return true;
	tell_line(t, l, &reply, &why);
	return false;
}

static int read_line(struct trial *t, const char *line, size_t len)
{
	struct smn_text_error error = { 0 };
	char *copy = strndup(line, len);
	int ret = copy ? smn_script_add(&t->script, copy, &error) : -ENOMEM;

	if (!ret && smn_names_count(t->script.names) >= SLOTS)
		ret = -ENOSPC;
	trial_check(t, !ret, "the case is no script: '%.*s': %s", (int)len,
		    line, ret == -EINVAL ? error.why.text : strerror(-ret));
	free(copy);
	return ret;
}

size_t next_line_of(const char **text, const char **line)
{
	size_t len;

	*line = *text + strspn(*text, "\n");
	len = strcspn(*line, "\n");
	*text = *line + len;
	return len;
}

bool trial_lines(struct trial *t, const char *text)
{
	const struct smn_script_line *next;
	const char *line;
	size_t len;

	while ((len = next_line_of(&text, &line)))
		if (read_line(t, line, len))
			return false;
	while ((next = smn_script_next(&t->script, &t->runner, &t->run, NULL)))
		if (!do_line(t, next))
			return false;
	return true;
}

bool trial_try(struct trial *t, const char *line, int *err)
{
	const struct smn_script_line *l;
	struct smn_reply reply;

	if (read_line(t, line, strlen(line)))
		return false;
	l = smn_script_next(&t->script, &t->runner, &t->run, NULL);
	if (!trial_check(t, l && l->kind == SMN_LINE_REQUEST,
			 "'%s' is no request", line))
		return false;
	smn_script_call(&t->runner, l, NULL, &reply);
	*err = reply.err < 0 ? reply.err : 0;
	return true;
}

/* --- for functions --- */

static const struct smn_slot *slot(struct trial *t, const char *name)
{
	static const struct smn_slot none = { .fd = -1 };
	unsigned int n = smn_names_find(t->script.names, name, strlen(name));

	return n ? &t->runner.slots[n] : &none;
}

uint32_t trial_id(struct trial *t, const char *name)
{
	return slot(t, name)->id;
}

int trial_fd(struct trial *t, const char *name)
{
	return slot(t, name)->fd;
}

void *trial_memory(struct trial *t)
{
	return t->runner.memory;
}

struct ctl *trial_ctl(struct trial *t)
{
	return t->ctl;
}

const struct smn_hw_info *trial_hw(struct trial *t)
{
	return &t->rig->hw;
}

const struct smn_pci *trial_pci(struct trial *t)
{
	return &t->rig->pci[RUN_FIRST];
}

const struct smn_pci *trial_second(struct trial *t)
{
	return t->rig->cdevs[RUN_SECOND] ? &t->rig->pci[RUN_SECOND] : NULL;
}

const struct smn_accounting *trial_accounting(struct trial *t)
{
	return &t->rig->accounting;
}

bool trial_ioctl(struct trial *t, enum smn_op_id op, int fd, void *arg,
		 int expected)
{
	int err = smn_sys_ioctl(&t->ctl->sys, op, fd, arg);

	if (err == expected)
		return true;
	trace_call(t->log, &t->ctl->sys.last);
	fprintf(t->log, "it is %s, and %s is expected\n",
		err ? smn_errno_name(err) : "ok",
		expected ? smn_errno_name(expected) : "ok");
	if (err)
		tell_causes(t, err);
	fail(t);
	return false;
}

bool trial_went(struct trial *t, int err, const char *what)
{
	if (!err)
		return true;
	if (t->ctl->sys.failed.err == err)
		trace_call(t->log, &t->ctl->sys.last);
	fprintf(t->log, "%s: %s\n", what, smn_errno_name(err));
	tell_causes(t, err);
	fail(t);
	return false;
}

bool trial_inval(struct trial *t, const uint64_t (*cmds)[2], uint32_t n,
		 int expected, uint32_t *handled)
{
	struct iommu_hwpt_invalidate arg = {
		.size = sizeof(arg), .hwpt_id = trial_id(t, "viommu"),
		.data_uptr = (uintptr_t)cmds, .entry_len = sizeof(*cmds),
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
		.entry_num = n,
	};
	bool ok = trial_ioctl(t, SMN_IOMMU_HWPT_INVALIDATE,
			      trial_fd(t, "iommufd"), &arg, expected);

	*handled = arg.entry_num;
	return ok;
}

/* --- the whole of it --- */

static void attempt(struct trial *t)
{
	for (unsigned int bed = 0; bed <= t->c->bed; bed++)
		if (beds[bed] && !trial_lines(t, beds[bed]))
			return;
	if (t->c->script)
		trial_lines(t, t->c->script);
	else
		t->c->run(t, t->c);
}

enum verdict trial_run(struct ctl *ctl, const struct rig *rig,
		       const struct test_case *c, FILE *log)
{
	struct trial t = { .ctl = ctl, .rig = rig, .c = c, .log = log };

	if (smn_script_init(&t.script) ||
	    smn_runner_init(&t.runner, &ctl->sys, SLOTS, TRIAL_MEMORY)) {
		fprintf(log, "out of memory\n");
		return ERROR;
	}
	t.runner.cdevs = rig->cdevs;
	t.runner.ncdevs = RUN_DEVICES;
	attempt(&t);
	smn_runner_free(&t.runner);
	smn_script_free(&t.script);
	return t.failed ? FAILED : t.skipped ? SKIPPED : PASSED;
}
