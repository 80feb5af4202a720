// SPDX-License-Identifier: GPL-2.0-or-later
/* See watch.h. Rows are kept in the order of time, whenever they come. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "watch.h"

#define MOST_ROWS 2000	/* a faulting device tells without end */
#define MOST_EVENTS 256	/* of the vEVENTQ, at a time */

/* --- rows --- */

static bool make_room(struct watch *w)
{
	size_t room = w->room ? 2 * w->room : 64;
	void *rows;

	if (w->n < w->room)
		return true;
	rows = w->n < MOST_ROWS ? realloc(w->rows, room * sizeof(*w->rows)) :
		NULL;
	w->left_out += !rows;
	if (!rows)
		return false;
	w->rows = rows;
	w->room = room;
	return true;
}

static void put(struct watch *w, uint64_t ns, struct json_object *o)
{
	size_t at = w->n;

	if (!make_room(w)) {
		json_object_put(o);
		return;
	}
	for (; at && w->rows[at - 1].ns > ns; at--)
		w->rows[at] = w->rows[at - 1];
	w->rows[at] = (struct watch_row){ ns, o };
	w->n++;
}

static struct json_object *row(struct watch *w, uint64_t ns,
			       const char *source, const char *what)
{
	struct json_object *o = json_object_new_object();

	doc_add_int(o, "ns", ns - w->start);
	doc_add_str(o, "source", source);
	doc_add_str(o, "what", what);
	return o;
}

void watch_add(struct watch *w, uint64_t ns, const char *source,
	       const char *fmt, ...)
{
	char what[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	put(w, ns, row(w, ns, source, what));
}

void watch_call(struct watch *w, const struct smn_call *call)
{
	struct json_object *o;
	char what[96];

	/* reading the queue is how we look at it */
	if (call->op == SMN_READ_VEVENTQ)
		return;
	snprintf(what, sizeof(what), "%s %s", smn_op(call->op)->name,
		 call->err < 0 ? smn_errno_name(call->err) : "ok");
	o = row(w, call->span.start, "ioctl", what);
	doc_add_int(o, "took_ns", call->span.ns);
	put(w, call->span.start, o);
}

/* --- what comes by itself --- */

static void heard(void *ctx, const struct smn_event *e)
{
	bool uevent = !strcmp(e->source, "uevent");
	struct watch *w = ctx;

	watch_add(w, e->ns, e->source, "%s %s%s%s", e->action, e->what,
		  e->device[0] && !strstr(e->what, e->device) ? " of " : "",
		  strstr(e->what, e->device) ? "" : e->device);
	if (!uevent)
		return;
	if (!e->device[0] || w->nuevents == WATCH_UEVENTS)
		w->hears = false;
	else
		w->uevents[w->nuevents++] = *e;
}

static void read_channel(struct watch *w, int fd, const char *name,
			 const char *what, uint64_t *total)
{
	uint64_t count;

	if (fd < 0 || smn_sys_read(&w->ctl->sys, fd, &count, sizeof(count)) !=
	    sizeof(count))
		return;
	*total += count;
	watch_add(w, smn_sys_now(&w->ctl->sys), name, "%s, %" PRIu64 " time%s",
		  what, count, count == 1 ? "" : "s");
}

/* A device that faults does so at every word: the same ones are one row. */
struct bunch {
	uint64_t ns, n, word;
};

static void tell_bunch(struct watch *w, const struct bunch *b)
{
	const struct smn_layout *l = smn_evt_by_type(b->word & SMN_EVT_TYPE);

	if (b->n)
		watch_add(w, b->ns, "vevent", "%s SID=0x%" PRIx64
			  ", %" PRIu64 " time%s",
			  l ? l->name : "of a type unknown", b->word >> 32,
			  b->n, b->n == 1 ? "" : "s");
}

static void read_events(struct watch *w)
{
	struct bunch b = { 0 };
	struct smn_vevent e;

	for (int i = 0; w->events && i < MOST_EVENTS &&
	     !smn_vevents_next(w->events, 0, &e); i++) {
		if (e.lost) {
			watch_add(w, e.ns, "vevent", "%" PRIu32 " were lost",
				  e.missing);
			continue;
		}
		w->got++;
		if (b.n && b.word != e.words[0]) {
			tell_bunch(w, &b);
			b.n = 0;
		}
		b = (struct bunch){ b.n ? b.ns : e.ns, b.n + 1, e.words[0] };
	}
	tell_bunch(w, &b);
}

/* Of what is told in several lines, the one that says most. */
static bool is_detail(enum smn_kmsg_kind kind)
{
	return kind == SMN_KMSG_EVENT_RAW || kind == SMN_KMSG_EVENT_HOW ||
		kind == SMN_KMSG_WORDS;
}

static void read_log(struct watch *w)
{
	struct smn_kmsg_seen seen;
	uint64_t now;

	if (!w->log.sys || smn_kmsg_read(&w->log, &seen))
		return;
	now = smn_sys_now(&w->ctl->sys);
	for (unsigned int i = 0; i < seen.n; i++) {
		enum smn_kmsg_kind kind = seen.line[i].kind;

		if (!(w->kinds & 1u << kind))
			smn_why_set(&w->line[kind], "%s", seen.line[i].text);
		w->kinds |= 1u << kind;
		if (!is_detail(kind))
			watch_add(w, now, "log", "%s", seen.line[i].text);
	}
	w->kinds |= seen.kinds;
}

static unsigned int listen_to(struct watch *w, struct pollfd *fds, int fd)
{
	const int all[] = { fd, w->req, w->err,
			    w->log.sys ? w->log.fd : -1,
			    w->events ? w->events->fd : -1 };
	unsigned int n = 0;

	for (size_t i = 0; i < SMN_ARRAY_SIZE(all); i++)
		if (all[i] >= 0)
			fds[n++] = (struct pollfd){ all[i], POLLIN, 0 };
	for (int i = 0; i < SMN_NWITNESSES; i++)
		if (w->nl.at[i].fd >= 0)
			fds[n++] = (struct pollfd){ w->nl.at[i].fd, POLLIN, 0 };
	return n;
}

void watch_look(struct watch *w, int fd, uint32_t ms)
{
	struct pollfd fds[5 + SMN_NWITNESSES];
	unsigned int n = listen_to(w, fds, fd);

	if (ms)
		smn_sys_poll(&w->ctl->sys, fds, n, ms);
	read_channel(w, w->req, "req", "the kernel asks for the device",
		     &w->asked);
	read_channel(w, w->err, "err", "the device has an error", &w->broke);
	if (smn_netlink_read(&w->nl, heard, w))
		w->hears = false;
	read_events(w);
	read_log(w);
}

/* --- around it --- */

void watch_open(struct ctl *ctl, struct watch *w)
{
	*w = (struct watch){ .ctl = ctl, .req = -1, .err = -1,
			     .start = smn_sys_now(&ctl->sys) };
	if (smn_kmsg_open(&ctl->sys, &w->log, false, &w->log_why))
		w->log.sys = NULL;
	smn_netlink_open(&ctl->sys, &w->nl);
	w->hears = w->nl.at[SMN_WITNESS_UEVENT].fd >= 0;
}

static void add_witnesses(struct watch *w)
{
	struct json_object *o = json_object_new_object();

	for (int i = 0; i < SMN_NWITNESSES; i++)
		doc_add_str(o, smn_witness_rows[i].name, w->nl.at[i].fd < 0 ?
			    smn_errno_name(w->nl.at[i].fd) : "heard");
	doc_add_str(o, "req", w->req < 0 ? "none" : "heard");
	doc_add_str(o, "err", w->err < 0 ? "none" : "heard");
	doc_add_str(o, "log", w->log.sys ? "heard" : w->log_why.text);
	doc_add(w->ctl->result, "witnesses", o);
}

void watch_close(struct watch *w)
{
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < w->n; i++)
		json_object_array_add(rows, w->rows[i].o);
	doc_add(w->ctl->result, "timeline", rows);
	if (w->left_out)
		doc_add_int(w->ctl->result, "timeline_left_out", w->left_out);
	add_witnesses(w);
	free(w->rows);
	smn_netlink_close(&w->nl);
	if (w->log.sys)
		smn_kmsg_close(&w->log);
}
