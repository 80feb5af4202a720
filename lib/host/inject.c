// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fail-nth of a process, and failslab's settings, of which some would spare
 * what iommufd asks for. See inject.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/inject.h"
#include "host/host.h"
#include "host/journal.h"

#define NTH "/proc/self/fail-nth"
#define DEBUGFS "/sys/kernel/debug"
#define FAILSLAB DEBUGFS "/failslab"
#define NAME "failslab"			/* among the journal's */
#define RECORD SMN_JOURNAL "/" NAME ".lock"

enum { VALUE = 16, TEXT = 256 };

static const struct setting {
	const char *name, *value;
} settings[] = {
	{ "ignore-gfp-wait", "N" },	/* who can wait fails, too */
	{ "cache-filter", "N" },	/* and every cache */
	{ "verbose", "0" },		/* no stack for each of them */
};

enum { NSETTINGS = SMN_ARRAY_SIZE(settings) };

/* --- can it be done? --- */

static int any(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return 1;
}

bool smn_inject_lacks(struct smn_sys *sys, struct smn_why *why)
{
	int ret;

	if (!smn_sys_exists(sys, NTH)) {
		smn_why_set(why, "there is no " NTH ": the kernel lacks "
			    "CONFIG_FAULT_INJECTION");
		return true;
	}
	if (smn_sys_exists(sys, FAILSLAB "/ignore-gfp-wait"))
		return false;
	ret = smn_sys_list(sys, DEBUGFS, any, NULL);
	if (ret == -EACCES || ret == -EPERM)
		smn_why_set(why, "not root: " DEBUGFS " cannot be read");
	else if (ret <= 0)
		smn_why_set(why, "debugfs is not mounted at " DEBUGFS);
	else
		smn_why_set(why, "there is no " FAILSLAB ": the kernel lacks "
			    "CONFIG_FAILSLAB or "
			    "CONFIG_FAULT_INJECTION_DEBUG_FS");
	return true;
}

/* --- settings --- */

static void setting_path(char *path, const struct setting *s)
{
	snprintf(path, SMN_PATH, FAILSLAB "/%s", s->name);
}

static int set(struct smn_sys *sys, const struct setting *s, const char *value)
{
	char path[SMN_PATH], now[VALUE];
	ssize_t n;

	setting_path(path, s);
	n = smn_sys_read_text(sys, path, now, sizeof(now));
	if (n < 0)
		return n;
	return strcmp(now, value) ?
		smn_sys_write_text(sys, path, 0, value) : 0;
}

/* "PROCESS WORK", a line a setting, "end": so it was written to its end */
static int remember(struct smn_sys *sys)
{
	char text[TEXT], path[SMN_PATH], value[VALUE], self[VALUE] = "";
	size_t n;

	smn_sys_link_name(sys, "/proc/self", self, sizeof(self));
	n = snprintf(text, sizeof(text), "%s inject\n", self);
	for (size_t i = 0; i < NSETTINGS; i++) {
		ssize_t ret;

		setting_path(path, &settings[i]);
		ret = smn_sys_read_text(sys, path, value, sizeof(value));
		if (ret < 0)
			return ret;
		n += snprintf(text + n, sizeof(text) - n, "%s %s\n",
			      settings[i].name, value);
	}
	snprintf(text + n, sizeof(text) - n, "end\n");
	return smn_sys_write_text(sys, RECORD, O_TRUNC | O_SYNC, text);
}

/* What the record says of the setting goes to @value. */
static bool was(const char *text, const struct setting *s, char value[VALUE])
{
	size_t n = strlen(s->name);

	while ((text = strchr(text, '\n'))) {
		text++;
		if (!strncmp(text, s->name, n) && text[n] == ' ')
			return sscanf(text + n, " %15s", value) == 1;
	}
	return false;
}

/* All that the record tells of. 1: it told of something. */
static int give_back(struct smn_sys *sys)
{
	char text[TEXT], value[VALUE];
	ssize_t n = smn_sys_read_text(sys, RECORD, text, sizeof(text));
	int ret = 0;

	if (n == -ENOENT || !n)
		return 0;
	if (n < 0)
		return n;
	/* half a record is from before the first change */
	if (n < 4 || strcmp(text + n - 4, "\nend"))
		return 0;
	for (size_t i = 0; i < NSETTINGS; i++)
		if (was(text, &settings[i], value))
			ret = set(sys, &settings[i], value) ? : ret;
	return ret ? ret : 1;
}

static struct smn_journal journal_of(const struct smn_inject *i)
{
	return (struct smn_journal){ .sys = i->sys, .fd = i->lock,
				     .bdf = NAME };
}

/* Back to how it was, and nothing to remember. As give_back(). */
static int undo(struct smn_journal *j)
{
	int ret = give_back(j->sys), end;

	if (ret < 0)
		return ret;
	end = smn_journal_end(j);
	return end ? end : ret;
}

int smn_inject_recover(struct smn_sys *sys)
{
	struct smn_journal j;
	struct smn_why why;
	char text[TEXT];
	int ret;

	if (smn_sys_read_text(sys, RECORD, text, sizeof(text)) <= 0)
		return 0;
	ret = smn_journal_open(sys, NAME, &j, &why);
	if (ret)
		return ret == -EBUSY ? 0 : ret;
	ret = undo(&j);
	smn_journal_close(&j);
	return ret;
}

/* --- around each call --- */

static struct smn_facts *facts_of(const struct smn_inject *i)
{
	struct smn_world *w = i->sys->world;

	/* a world that answers has it from its own machine */
	return w && !w->answers ? &w->facts : NULL;
}

static void arm(struct smn_inject *i, unsigned int nth)
{
	char text[VALUE];
	int n = snprintf(text, sizeof(text), "%u", nth);

	i->hook.real->write(i->hook.priv, i->fd, text, n);
}

/* The kernel counts down to 0, which it reaches when it has done it. */
static bool has_failed(const struct smn_inject *i)
{
	char text[VALUE] = "";

	return i->hook.real->pread(i->hook.priv, i->fd, text,
				   sizeof(text) - 1, 0) > 0 && !atoi(text);
}

static void before(void *ctx)
{
	struct smn_inject *i = ctx;
	struct smn_facts *facts = facts_of(i);

	if (facts)
		facts->is[SMN_FACT_INJECTED] = SMN_NO;
	if (i->nth)
		arm(i, i->nth);
}

static void after(void *ctx)
{
	struct smn_inject *i = ctx;
	struct smn_facts *facts = facts_of(i);

	if (!i->nth)
		return;
	if (!has_failed(i)) {
		arm(i, 0);
		return;
	}
	i->injected = true;
	if (facts)
		facts->is[SMN_FACT_INJECTED] = SMN_YES;
}

/* --- begin and end --- */

static int change_settings(struct smn_inject *i, struct smn_why *why)
{
	int ret = remember(i->sys);

	for (size_t s = 0; !ret && s < NSETTINGS; s++)
		ret = set(i->sys, &settings[s], settings[s].value);
	if (ret)
		smn_why_set(why, FAILSLAB " cannot be changed: %s",
			    smn_errno_name(ret));
	return ret;
}

int smn_inject_begin(struct smn_inject *i, struct smn_sys *sys,
		     struct smn_why *why)
{
	struct smn_journal j;
	int ret = smn_journal_open(sys, NAME, &j, why);

	*i = (struct smn_inject){ .sys = sys, .lock = j.fd, .fd = -1,
				  .hook = { .before = before, .after = after,
					    .ctx = i } };
	if (ret)
		return ret;
	/* what a dead one left is undone first: it is no one's setting */
	ret = undo(&j);
	if (ret >= 0)
		ret = change_settings(i, why);
	if (!ret) {
		i->fd = smn_sys_open(sys, NTH, O_RDWR);
		ret = i->fd < 0 ? i->fd : 0;
	}
	if (ret) {
		undo(&j);
		smn_journal_close(&j);
		return ret;
	}
	smn_hook_begin(&i->hook, sys);
	return 0;
}

int smn_inject_end(struct smn_inject *i)
{
	struct smn_journal j = journal_of(i);
	int ret;

	smn_hook_end(&i->hook, i->sys);
	smn_sys_close(i->sys, i->fd);
	ret = undo(&j);
	smn_journal_close(&j);
	return ret < 0 ? ret : 0;
}
