// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile kernel log: records, each ended by a form feed; "!N" is an errno.
 * What is kept can be shown on a terminal, and is of the kind it is said to be.
 */
#include "fuzz.h"

#include <errno.h>

struct log {
	struct input in;
	bool lost, open;
	unsigned int records;
};

static int l_open(void *be, const char *path, int flags)
{
	struct log *log = be;

	(void)path;
	(void)flags;
	CHECK(!log->open);
	log->open = true;
	return 3;
}

static int l_close(void *be, int fd)
{
	struct log *log = be;

	CHECK(log->open && fd == 3);
	log->open = false;
	return 0;
}

static int l_seek_end(void *be, int fd)
{
	(void)be;
	return fd == 3 ? 0 : -EBADF;
}

static ssize_t l_read(void *be, int fd, void *buf, size_t len)
{
	struct log *log = be;
	const uint8_t *at = log->in.data;
	const uint8_t *stop = log->in.size ? memchr(at, '\f', log->in.size) :
		NULL;
	size_t n = stop ? (size_t)(stop - at) : log->in.size;
	int err = n == 2 && at[0] == '!' ? 1 + at[1] % EPIPE : 0;

	CHECK(fd == 3);
	if (!log->in.size)
		return -EAGAIN;
	log->in.data += n + (stop != NULL);
	log->in.size -= n + (stop != NULL);
	log->lost |= err == EPIPE;
	log->records += !err;
	if (err)
		return -err;
	n = n < len ? n : len;
	memcpy(buf, at, n);
	return n;
}

static const struct smn_backend log_backend = {
	.name = "log", .open = l_open, .close = l_close, .read = l_read,
	.seek_end = l_seek_end,
};

static void check_seen(const struct log *log, const struct smn_kmsg_seen *seen)
{
	uint32_t kinds = 0;

	CHECK(seen->lost == log->lost && seen->records <= log->records);
	CHECK(seen->n <= SMN_MAX_KMSG && seen->n + seen->dropped <=
	      seen->records);
	CHECK(!seen->dropped || seen->n == SMN_MAX_KMSG);
	for (unsigned int i = 0; i < seen->n; i++) {
		const char *text = seen->line[i].text;

		CHECK(IS_STRING(seen->line[i].text));
		for (const char *c = text; *c; c++)
			CHECK(*c >= ' ' && *c <= '~');
		/* a cut line may have lost what it was known by */
		CHECK(strlen(text) == SMN_KMSG_LEN - 1 ||
		      smn_kmsg_kind(text) == seen->line[i].kind);
		kinds |= 1u << seen->line[i].kind;
	}
	CHECK(seen->dropped ? !(kinds & ~seen->kinds) : kinds == seen->kinds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log log = { .in = { data, size } };
	struct smn_sys sys = { .be = &log_backend, .priv = &log };
	struct smn_kmsg_seen seen;
	struct smn_kmsg kmsg;
	struct smn_why why;

	CHECK(!smn_kmsg_open(&sys, &kmsg, false, &why));
	do {
		log.lost = false;
		log.records = 0;
		memset(&seen, 0xa5, sizeof(seen));
		smn_kmsg_read(&kmsg, &seen);
		check_seen(&log, &seen);
	} while (log.in.size);
	smn_kmsg_close(&kmsg);
	CHECK(!log.open);
	return 0;
}
