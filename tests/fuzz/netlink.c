// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Netlink messages of any bytes. The input is a row of messages: a byte that
 * says how it arrives, one for its length in units of 4, then its bytes. The
 * first is also read as a uevent by itself.
 */
#include <errno.h>

#include "fuzz.h"

struct wire {
	struct input in;
	int nopen, nread;
};

static int w_netlink(void *be, int protocol)
{
	struct wire *w = be;

	(void)protocol;
	return w->nopen++;
}

static int w_close(void *be, int fd)
{
	struct wire *w = be;

	CHECK(fd >= 0 && fd < SMN_NWITNESSES);
	w->nopen--;
	return 0;
}

static ssize_t w_write(void *be, int fd, const void *buf, size_t len)
{
	(void)be;
	(void)fd;
	(void)buf;
	return len;
}

static int w_join(void *be, int fd, unsigned int group)
{
	(void)be;
	(void)fd;
	(void)group;
	return 0;
}

/* A buffer of exactly the message's size, so that ASan sees its end. */
static ssize_t w_receive(void *be, int fd, void *buf, size_t len,
			 uint32_t *from)
{
	struct wire *w = be;
	uint8_t how, units;
	size_t n;

	(void)fd;
	take(&w->in, &how, 1);
	take(&w->in, &units, 1);
	if (!w->in.size)
		return -EAGAIN;
	*from = how & 1;
	n = units * 4u + (how >> 6);
	CHECK(n <= len);
	switch (how >> 1 & 15) {
	case 1:
		return -ENOBUFS;
	case 2:
		return -EMSGSIZE;
	case 3:
		return -EAGAIN;
	}
	memset(buf, 0xa5, len);
	take(&w->in, buf, n);
	w->nread += !*from;
	return n;
}

static uint64_t w_now(void *be)
{
	(void)be;
	return 1;
}

static const struct smn_backend wire_backend = {
	.name = "wire", .close = w_close, .write = w_write, .now = w_now,
	.netlink = w_netlink, .join = w_join, .receive = w_receive,
};

static void check_text(const char *text, size_t room)
{
	CHECK(memchr(text, '\0', room));
	for (; *text; text++)
		CHECK(*text >= ' ' && *text <= '~');
}

static void check_event(void *ctx, const struct smn_event *event)
{
	const struct wire *w = ctx;
	bool known = false;

	for (int i = 0; i < SMN_NWITNESSES; i++)
		known |= event->source == smn_witness_rows[i].name;
	CHECK(known && event->ns == 1 && event->action[0]);
	CHECK(w->nread || !strcmp(event->action, SMN_EVENT_LOST));
	check_text(event->action, sizeof(event->action));
	check_text(event->device, sizeof(event->device));
	check_text(event->what, sizeof(event->what));
}

static void check_uevent(const uint8_t *data, size_t size)
{
	struct smn_event event;
	char *exact = malloc(size ? size : 1);

	CHECK(exact);
	memset(&event, 0xa5, sizeof(event));
	if (size)
		memcpy(exact, data, size);
	if (!smn_uevent_parse(exact, size, &event)) {
		check_text(event.action, sizeof(event.action));
		check_text(event.device, sizeof(event.device));
		check_text(event.what, sizeof(event.what));
	}
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire w = { .in = { data, size } };
	struct smn_sys sys = { .be = &wire_backend, .priv = &w };
	struct smn_netlink nl;

	check_uevent(data, size);
	smn_netlink_open(&sys, &nl);
	smn_netlink_read(&nl, check_event, &w);
	/* and whatever answered at first, all are there now */
	for (int i = 0; i < SMN_NWITNESSES; i++)
		if (nl.at[i].fd < 0)
			nl.at[i].fd = w.nopen++;
	while (w.in.size)
		smn_netlink_read(&nl, check_event, &w);
	smn_netlink_close(&nl);
	CHECK(!w.nopen);
	return 0;
}
