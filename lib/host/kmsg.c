// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's log: an ioctl's errno is often less than what the driver wrote
 * there at the same time. A record of /dev/kmsg is "numbers;text", a newline,
 * and lines that begin with a blank.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

#define KMSG "/dev/kmsg"
#define RECORD 8192

/* Somebody who writes faster than we read must not keep us. */
#define MAX_RECORDS 100000

const struct smn_kmsg_row smn_kmsg_rows[SMN_NKMSG] = {
#define X(kind, text, then, follows, wrong, meaning) \
	{ #kind, text, then, follows, wrong, meaning },
	SMN_KMSG_KINDS(X)
#undef X
};

enum smn_kmsg_kind smn_kmsg_kind(const char *line)
{
	unsigned int i;

	for (i = 0; i < SMN_NKMSG; i++) {
		const struct smn_kmsg_row *row = &smn_kmsg_rows[i];
		const char *at = strstr(line, row->text);

		if (at && strstr(at + strlen(row->text), row->then))
			break;
	}
	return i;
}

int smn_kmsg_open(struct smn_sys *sys, struct smn_kmsg *kmsg, bool whole,
		  struct smn_why *why)
{
	int fd = smn_sys_open_log(sys, KMSG, whole);

	*kmsg = (struct smn_kmsg){ sys, fd, whole };
	if (fd == -EPERM || fd == -EACCES)
		smn_why_set(why, "no permission to read " KMSG ": run as root, "
			    "or sysctl kernel.dmesg_restrict=0");
	else if (fd < 0)
		smn_why_set(why, KMSG " cannot be read: %s",
			    smn_errno_name(fd));
	return fd < 0 ? fd : 0;
}

void smn_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void keep(struct smn_kmsg_seen *seen, enum smn_kmsg_kind kind,
		 const char *text)
{
	char *to;

	if (seen->n == SMN_MAX_KMSG) {
		seen->dropped++;
		return;
	}
	seen->line[seen->n].kind = kind;
	to = seen->line[seen->n++].text;
	snprintf(to, SMN_KMSG_LEN, "%s", text);
	smn_printable(to);
}

static void look_at(struct smn_kmsg *kmsg, struct smn_kmsg_seen *seen,
		    char *record)
{
	char *text = strchr(record, ';');
	enum smn_kmsg_kind kind;

	seen->records++;
	if (!text)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	kind = smn_kmsg_kind(text);
	kmsg->begun |= seen->lost || kind == SMN_NKMSG ||
		!smn_kmsg_rows[kind].follows;
	if (kind == SMN_NKMSG || !kmsg->begun)
		return;
	seen->kinds |= 1u << kind;
	keep(seen, kind, text);
}

int smn_kmsg_read(struct smn_kmsg *kmsg, struct smn_kmsg_seen *seen)
{
	char record[RECORD + 1];

	*seen = (struct smn_kmsg_seen){ 0 };
	for (unsigned int i = 0; i < MAX_RECORDS; i++) {
		ssize_t n = smn_sys_read(kmsg->sys, kmsg->fd, record, RECORD);

		if (n == -EPIPE) {
			seen->lost = true;
			continue;
		}
		if (n <= 0)
			return n == -EAGAIN ? 0 : n;
		record[n] = '\0';
		look_at(kmsg, seen, record);
	}
	seen->lost = true;
	return 0;
}

void smn_kmsg_close(struct smn_kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		smn_sys_close(kmsg->sys, kmsg->fd);
	kmsg->fd = -EBADF;
}
