// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal's files. See journal.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "host/journal.h"

#define LOCK ".lock"
#define RECORD 192

#define ORPHAN_MS 5000	/* for a dead one's child to leave the kernel */
#define LOOK_MS 20	/* between two looks */

/* The last line of a record: without it, it was not written to its end. */
#define WHOLE "\nend\n"

static void kept_path(char *path, const char *bdf)
{
	snprintf(path, SMN_PATH, SMN_JOURNAL "/%s", bdf);
}

static void lock_path(char *path, const char *bdf)
{
	snprintf(path, SMN_PATH, SMN_JOURNAL "/%s" LOCK, bdf);
}

/* --- records --- */

/* The rest of the line that begins with "key "; a name, never a path. */
static bool value(const char *text, const char *key, char *to, size_t len)
{
	size_t n = strlen(key);

	to[0] = '\0';
	while (strncmp(text, key, n) || text[n] != ' ') {
		text = strchr(text, '\n');
		if (!text)
			return false;
		text++;
	}
	text += n + 1;
	n = strcspn(text, "\n/");
	if (n < len && text[n] != '/') {
		memcpy(to, text, n);
		to[n] = '\0';
	}
	return true;
}

static void parse(const char *text, struct smn_former *former)
{
	former->known = value(text, "driver", former->driver,
			      sizeof(former->driver));
	value(text, "override", former->override, sizeof(former->override));
	value(text, "way", former->way, sizeof(former->way));
}

/* "driver NAME\noverride NAME\nway NAME\n", of which the second is always */
static void format(char text[RECORD], const struct smn_former *former)
{
	const char *way = former->way;

	snprintf(text, RECORD, "%s%s%soverride %s\n%s%s%s",
		 former->known ? "driver " : "",
		 former->known ? former->driver : "",
		 former->known ? "\n" : "", former->override,
		 way[0] ? "way " : "", way, way[0] ? "\n" : "");
}

static ssize_t read_record(struct smn_sys *sys, const char *bdf,
			   char text[RECORD])
{
	char path[SMN_PATH];

	lock_path(path, bdf);
	return smn_sys_read_text(sys, path, text, RECORD);
}

/* --- who is at work --- */

/* Whose record it is, and what he is at; false: there is none. */
static bool read_holder(struct smn_sys *sys, const char *bdf,
			unsigned int *pid, char work[16])
{
	char text[RECORD];

	return read_record(sys, bdf, text) > 0 &&
		sscanf(text, "%u %15[a-z]", pid, work) == 2;
}

static void tell_holder(struct smn_sys *sys, const char *bdf,
			struct smn_why *why)
{
	unsigned int pid;
	char work[16];

	if (read_holder(sys, bdf, &pid, work))
		smn_why_set(why, "smmunest-ctl %s (process %u) is at work on "
			    "%s", work, pid, bdf);
	else
		smn_why_set(why, "another smmunest-ctl is at work on %s", bdf);
}

/* Is it held by the child of somebody who is not there any more? */
static bool is_orphans(struct smn_sys *sys, const char *bdf)
{
	char path[SMN_PATH], work[16];
	unsigned int pid;

	if (!read_holder(sys, bdf, &pid, work))
		return false;
	snprintf(path, sizeof(path), "/proc/%u", pid);
	return !smn_sys_exists(sys, path);
}

static int lock(struct smn_journal *j)
{
	uint64_t end = smn_sys_now(j->sys) + ORPHAN_MS * 1000000ULL;
	int ret = smn_sys_lock(j->sys, j->fd);

	while (ret == -EWOULDBLOCK && is_orphans(j->sys, j->bdf) &&
	       smn_sys_now(j->sys) < end) {
		smn_sys_poll(j->sys, NULL, 0, LOOK_MS);
		ret = smn_sys_lock(j->sys, j->fd);
	}
	return ret;
}

int smn_journal_open(struct smn_sys *sys, const char *bdf,
		     struct smn_journal *j, struct smn_why *why)
{
	int ret = smn_sys_mkdir(sys, SMN_JOURNAL);
	struct smn_call failed = sys->failed;
	char path[SMN_PATH];

	*j = (struct smn_journal){ .sys = sys, .fd = -EBADF };
	snprintf(j->bdf, sizeof(j->bdf), "%s", bdf);
	lock_path(path, bdf);
	if (!ret || ret == -EEXIST)
		ret = smn_sys_open(sys, path, O_RDWR | O_CREAT);
	sys->failed = failed;
	if (ret < 0) {
		smn_why_set(why, "the journal %s cannot be written", path);
		return ret;
	}
	j->fd = ret;
	ret = lock(j);
	if (!ret)
		return 0;
	smn_journal_close(j);
	if (ret != -EWOULDBLOCK)
		return ret;
	tell_holder(sys, bdf, why);
	return -EBUSY;
}

/* The file stays: were it removed, two could have one each. */
void smn_journal_close(struct smn_journal *j)
{
	if (j->fd >= 0)
		smn_sys_close(j->sys, j->fd);
	j->fd = -EBADF;
}

/* --- work --- */

int smn_journal_begin(struct smn_journal *j, const char *work,
		      const struct smn_former *former)
{
	char path[SMN_PATH], self[16] = "", state[RECORD], text[2 * RECORD];

	lock_path(path, j->bdf);
	smn_sys_link_name(j->sys, "/proc/self", self, sizeof(self));
	format(state, former);
	snprintf(text, sizeof(text), "%s %s\n%send\n", self, work, state);
	return smn_sys_write_text(j->sys, path, O_TRUNC | O_SYNC, text);
}

int smn_journal_end(struct smn_journal *j)
{
	char path[SMN_PATH];

	lock_path(path, j->bdf);
	return smn_sys_write_text(j->sys, path, O_TRUNC | O_SYNC, "");
}

int smn_journal_half(struct smn_sys *sys, const char *bdf,
		     struct smn_former *former)
{
	char text[RECORD];
	ssize_t n = read_record(sys, bdf, text);

	if (n < 0)
		return n;
	/* reading has taken the last newline */
	if (n < (ssize_t)strlen(WHOLE) ||
	    strcmp(text + n - (strlen(WHOLE) - 1), "\nend"))
		return -ENOENT;
	parse(text, former);
	return 0;
}

/* --- completed binds --- */

int smn_journal_keep(struct smn_journal *j, const struct smn_former *former)
{
	char path[SMN_PATH], text[RECORD];

	kept_path(path, j->bdf);
	format(text, former);
	return smn_sys_write_text(j->sys, path, O_CREAT | O_TRUNC | O_SYNC,
				  text);
}

int smn_journal_kept(struct smn_sys *sys, const char *bdf,
		     struct smn_former *former)
{
	char path[SMN_PATH], text[RECORD];
	ssize_t n;

	kept_path(path, bdf);
	n = smn_sys_read_text(sys, path, text, sizeof(text));
	if (n < 0)
		return n;
	parse(text, former);
	return 0;
}

int smn_journal_forget(struct smn_journal *j)
{
	char path[SMN_PATH];
	int ret;

	kept_path(path, j->bdf);
	ret = smn_sys_unlink(j->sys, path);
	return ret == -ENOENT ? 0 : ret;
}

/* --- all of them --- */

struct names {
	char (*bdf)[SMN_BDF_LEN];
	size_t n, room;
};

static int make_room(struct names *names)
{
	size_t room = names->room ? 2 * names->room : 16;
	void *grown;

	if (names->n < names->room)
		return 0;
	grown = realloc(names->bdf, room * sizeof(*names->bdf));
	if (!grown)
		return -ENOMEM;
	names->bdf = grown;
	names->room = room;
	return 0;
}

static int gather(void *ctx, const char *name)
{
	struct names *names = ctx;
	char bdf[SMN_BDF_LEN], text[SMN_BDF_LEN];
	size_t n = strcspn(name, "l");	/* of ".lock": no BDF has one */

	if (name[n]) {
		if (!n || strcmp(name + n - 1, LOCK))
			return 0;
		n--;
	}
	if (n >= sizeof(text))
		return 0;
	memcpy(text, name, n);
	text[n] = '\0';
	if (smn_bdf_parse(text, bdf))
		return 0;
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->bdf[i], bdf))
			return 0;
	if (make_room(names))
		return -ENOMEM;
	memcpy(names->bdf[names->n++], bdf, sizeof(bdf));
	return 0;
}

static int by_address(const void *a, const void *b)
{
	return strcmp(a, b);
}

int smn_journal_list(struct smn_sys *sys, char (**bdfs)[SMN_BDF_LEN],
		     size_t *n)
{
	struct names names = { 0 };
	int ret = smn_sys_list(sys, SMN_JOURNAL, gather, &names);

	if (ret == -ENOENT)
		ret = 0;
	if (ret) {
		free(names.bdf);
		return ret;
	}
	if (names.n)
		qsort(names.bdf, names.n, sizeof(*names.bdf), by_address);
	*bdfs = names.bdf;
	*n = names.n;
	return 0;
}
