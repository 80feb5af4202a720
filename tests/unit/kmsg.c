// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's log: every line of interest is told from the others, records
 * that were lost are told, and what may not be read is no silence.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "smmunest.h"
#include "tap.h"

/* A log whose reads are answered one after the other. */
struct log {
	const struct answer {
		const char *record;	/* NULL: err */
		int err;
	} *next;
	int open_err, seek_err, nopen, seeks, flags;
};

static int l_open(void *be, const char *path, int flags)
{
	struct log *log = be;

	log->flags = flags;
	if (strcmp(path, "/dev/kmsg"))
		return -ENOENT;
	log->nopen += !log->open_err;
	return log->open_err ? log->open_err : 3;
}

static int l_close(void *be, int fd)
{
	struct log *log = be;

	log->nopen -= fd == 3;
	return 0;
}

static int l_seek_end(void *be, int fd)
{
	struct log *log = be;

	(void)fd;
	log->seeks++;
	return log->seek_err;
}

static ssize_t l_read(void *be, int fd, void *buf, size_t len)
{
	struct log *log = be;
	const struct answer *a = log->next++;

	(void)fd;
	if (!a->record)
		return a->err;
	memcpy(buf, a->record, strnlen(a->record, len));
	return strnlen(a->record, len);
}

static const struct smn_backend log_backend = {
	.name = "log", .open = l_open, .close = l_close, .read = l_read,
	.seek_end = l_seek_end,
};

#define D "arm-smmu-v3 arm-smmu-v3.0.auto: "

static const struct {
	enum smn_kmsg_kind kind;
	const char *line;
} lines[] = {
	{ SMN_KMSG_CMDQ_ILL,
	  D "CMDQ error (cons 0x01000005): Illegal command" },
	{ SMN_KMSG_CMDQ_ABT,
	  D "CMDQ error (cons 0x02000005): Abort on command fetch" },
	{ SMN_KMSG_CMDQ_ATC,
	  D "CMDQ error (cons 0x03000005): ATC invalidate timeout" },
	{ SMN_KMSG_CMDQ_ERROR, D "CMDQ error (cons 0x07000005): Unknown" },
	{ SMN_KMSG_CMDQ_SKIP, D "skipping command in error state:" },
	{ SMN_KMSG_SYNC_TIMEOUT,
	  D "CMD_SYNC timeout at 0x00000012 [hwprod "
	    "0x00000012, hwcons 0x00000010]" },
	{ SMN_KMSG_CMDQ_TIMEOUT, D "CMDQ timeout" },
	{ SMN_KMSG_EVENT_RAW, D "event 0x10 received:" },
	{ SMN_KMSG_EVENT,
	  D "event: F_TRANSLATION client: 0000:00:02.0 sid: "
	    "0x10 ssid: 0 iova: 0x1000 ipa: 0" },
	{ SMN_KMSG_EVENT_HOW,
	  D "unpriv data write s1 \"Input address caused "
	    "fault\" stag: 0" },
	{ SMN_KMSG_WORDS, D "\\x090x0000001000000010" },
	{ SMN_KMSG_EVTQ_OVERFLOW, D "EVTQ overflow detected -- events lost" },
	{ SMN_KMSG_PRIQ_OVERFLOW, D "PRIQ overflow detected -- requests lost" },
	{ SMN_KMSG_PRI, D "unexpected PRI request received:" },
	{ SMN_KMSG_GERROR,
	  D "unexpected global error reported (0x00000001), "
	    "this could be serious" },
	{ SMN_KMSG_SFM, D "device has entered Service Failure Mode!" },
	{ SMN_KMSG_WRITE_ABORT,
	  D "EVTQ write aborted -- events may have been lost" },
	{ SMN_KMSG_WRITE_ABORT, D "GERROR MSI write aborted" },
	{ SMN_KMSG_DIRECT,
	  "vfio-pci 0000:00:02.0: Firmware has requested this "
	  "device have a 1:1 IOMMU mapping, rejecting configuring the device" },
	{ SMN_KMSG_COHACC,
	  D "IDR0.COHACC overridden by FW configuration (true)" },
	{ SMN_KMSG_MSI_UNSAFE,
	  "vfio-pci 0000:00:02.0: MSI interrupts are not "
	  "secure, they cannot be isolated by the platform." },
	{ SMN_KMSG_UNBIND,
	  "vfio-pci 0000:00:02.0: Relaying device request to user (#10)" },
	{ SMN_KMSG_UNBIND_BLOCKED,
	  "vfio-pci 0000:00:02.0: No device request "
	  "channel registered, blocked until released by user" },
	{ SMN_KMSG_OBJECT_BUSY,
	  "iommufd: Time out waiting for iommufd object to become free" },
	{ SMN_KMSG_WARN, "WARNING: CPU: 0 PID: 85 at fs/proc/generic.c:742 "
	  "remove_proc_entry+0x108/0x188" },
	{ SMN_KMSG_WARN, "WARNING: fs/proc/generic.c:742 at "
	  "remove_proc_entry+0x108/0x188, CPU#0: smmunest-ctl/85" },
	{ SMN_NKMSG, "------------[ cut here ]------------" },
	{ SMN_KMSG_OOPS, "Internal error: Oops: 0000000096000004 [#1] SMP" },
	{ SMN_NKMSG, D "allocated 262144 entries for cmdq" },
	{ SMN_NKMSG, "vfio-pci 0000:00:02.0: resetting" },
	{ SMN_NKMSG, "input event 0x10" },
	{ SMN_NKMSG, "" },
};

static void test_kinds(struct tap *tap)
{
	bool seen[SMN_NKMSG + 1] = { false };
	unsigned int missing = 0;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(lines); i++) {
		enum smn_kmsg_kind kind = smn_kmsg_kind(lines[i].line);

		seen[lines[i].kind] = true;
		tap_ok(tap, kind == lines[i].kind, "%s is %s", lines[i].line,
		       kind < SMN_NKMSG ? smn_kmsg_rows[kind].id : "nothing");
	}
	for (int i = 0; i < SMN_NKMSG; i++)
		missing += !seen[i];
	tap_ok(tap, !missing, "every kind has been tried");
}

/* The log is opened, read once, and closed. */
static int listen(const struct answer *answers, struct smn_kmsg_seen *seen)
{
	struct log log = { .next = answers };
	struct smn_sys sys = { .be = &log_backend, .priv = &log };
	struct smn_why why;
	struct smn_kmsg kmsg;
	int ret = smn_kmsg_open(&sys, &kmsg, false, &why);

	if (!ret)
		ret = smn_kmsg_read(&kmsg, seen);
	smn_kmsg_close(&kmsg);
	smn_kmsg_close(&kmsg);
	return log.nopen || log.seeks != 1 || !(log.flags & O_NONBLOCK) ? 1 :
		ret;
}

static void test_records(struct tap *tap)
{
	static const struct answer some[] = {
		{ "6,1,100,-;hello\n", 0 },
		{ "3,2,100,-;" D
		  "CMD_SYNC timeout at 0x1\n SUBSYSTEM=platform\n"
		  " DEVICE=CMDQ error\n",
		  0 },
		{ "3,3,100,-;\x1b[31mevent 0x10 received:\n", 0 },
		{ "no semicolon", 0 },
		{ NULL, -EAGAIN },
	};
	static const struct answer over[] = {
		{ NULL, -EPIPE },
		{ "4,9,100,-;WARNING: possible deadlock\n", 0 },
		{ NULL, -EAGAIN },
	};
	static const struct answer gone[] = {
		{ "4,9,100,-;CMDQ timeout\n", 0 },
		{ NULL, -EIO },
	};
	static const struct answer stale[] = {
		{ "3,1,1,-;unpriv data read s1 \"CD fetch\" stag: 0\n", 0 },
		{ "3,1,1,-;event 0x10 received:\n", 0 },
		{ "3,1,1,-;unpriv data read s2 \"CD fetch\" stag: 0\n", 0 },
		{ NULL, -EAGAIN },
	};
	struct smn_kmsg_seen seen;

	tap_ok(tap, !listen(stale, &seen) && seen.records == 3 && seen.n == 2 &&
	       seen.line[0].kind == SMN_KMSG_EVENT_RAW &&
	       strstr(seen.line[1].text, "s2"),
	       "what goes with a line from before is not heard");
	tap_ok(tap, !listen(stale + 1, &seen) && seen.n == 2,
	       "what goes with a line of now is");
	tap_ok(tap, !listen(some, &seen) && seen.records == 4 && !seen.lost &&
	       seen.kinds == (1u << SMN_KMSG_SYNC_TIMEOUT |
			      1u << SMN_KMSG_EVENT_RAW),
	       "the kinds of some records");
	tap_ok(tap, seen.n == 2 && seen.line[0].kind == SMN_KMSG_SYNC_TIMEOUT &&
	       !strcmp(seen.line[0].text, D "CMD_SYNC timeout at 0x1"),
	       "the text without its numbers and properties");
	tap_ok(tap, !strcmp(seen.line[1].text, "?[31mevent 0x10 received:"),
	       "nothing for the terminal");
	tap_ok(tap, !listen(over, &seen) && seen.lost && seen.records == 1 &&
	       seen.kinds == 1u << SMN_KMSG_WARN,
	       "lost records are told, and those after them read");
	tap_ok(tap, listen(gone, &seen) == -EIO && seen.n == 1,
	       "a failure is told, and what was read before it");
}

static void test_many(struct tap *tap)
{
	struct answer many[SMN_MAX_KMSG + 3];
	struct smn_kmsg_seen seen;
	char word[400];

	memset(word, 'x', sizeof(word));
	memcpy(word, "1;CMDQ timeout", 14);
	word[sizeof(word) - 1] = '\0';
	for (int i = 0; i < SMN_MAX_KMSG + 2; i++)
		many[i] = (struct answer){ word, 0 };
	many[SMN_MAX_KMSG + 2] = (struct answer){ NULL, -EAGAIN };
	tap_ok(tap, !listen(many, &seen) && seen.n == SMN_MAX_KMSG &&
	       seen.dropped == 2 &&
	       strlen(seen.line[0].text) == SMN_KMSG_LEN - 1,
	       "more lines than fit are counted, long ones cut");
}

static void test_open(struct tap *tap)
{
	struct log log = { .open_err = -EPERM };
	struct smn_sys sys = { .be = &log_backend, .priv = &log };
	struct smn_why why = { "" };
	struct smn_kmsg kmsg;

	tap_ok(tap, smn_kmsg_open(&sys, &kmsg, false, &why) == -EPERM &&
	       strstr(why.text, "dmesg_restrict"), "not allowed");
	smn_kmsg_close(&kmsg);
	log.open_err = -ENOENT;
	tap_ok(tap, smn_kmsg_open(&sys, &kmsg, false, &why) == -ENOENT &&
	       strstr(why.text, "ENOENT"), "not there");
	log = (struct log){ .seek_err = -ESPIPE };
	tap_ok(tap, smn_kmsg_open(&sys, &kmsg, false, &why) == -ESPIPE &&
	       !log.nopen, "its end cannot be found");
	tap_ok(tap, !smn_kmsg_open(&sys, &kmsg, true, &why) && log.seeks == 1,
	       "the whole log needs no end");
	smn_kmsg_close(&kmsg);
	tap_ok(tap, !log.nopen && !sys.failed.err, "nothing is left or noted");
}

int main(void)
{
	struct tap tap = { 0 };

	test_kinds(&tap);
	test_records(&tap);
	test_many(&tap);
	test_open(&tap);
	return tap_done(&tap);
}
