// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Listening to the kernel: one socket a witness, all through the funnel. A
 * family that is not there is a fact about the machine, no failure.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "host/host.h"

/* Of the two groups of uevents, 2 is udev's to its own listeners. */
#define KERNEL_UEVENTS 1

/* uevents have 2 KB of variables, families' messages a page or two */
#define MESSAGE 32768

/* Somebody who sends faster than we read must not keep us. */
#define MAX_MESSAGES 4096

const struct smn_witness_row smn_witness_rows[SMN_NWITNESSES] = {
#define X(witness, name, family, group, tells) { name, family, group, tells },
	SMN_WITNESSES(X)
#undef X
};

/* --- finding a family --- */

static int ask(struct smn_sys *sys, int fd, const char *family)
{
	struct nl_msg *msg = nlmsg_alloc();
	int ret = -ENOMEM;

	if (msg && genlmsg_put(msg, 0, 1, GENL_ID_CTRL, 0, NLM_F_REQUEST,
			       CTRL_CMD_GETFAMILY, 1) &&
	    !nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, family))
		ret = smn_sys_send(sys, fd, nlmsg_hdr(msg),
				   nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
	return ret;
}

/*
 * The kernel answers within the call that asks, so there is nothing to wait
 * for. Whatever comes from somebody else is thrown away.
 */
static int answer(struct smn_sys *sys, int fd, const char *group,
		  uint16_t *type, uint32_t *id)
{
	_Alignas(8) char buf[MESSAGE];
	uint32_t from = 0;
	ssize_t n;

	for (unsigned int i = 0; i < MAX_MESSAGES; i++) {
		n = smn_sys_receive(sys, fd, buf, sizeof(buf), &from);
		if (n < 0)
			return n == -EAGAIN ? -EPROTO : n;
		if (!from)
			return smn_genl_family(buf, n, group, type, id);
	}
	return -EPROTO;
}

static int join(struct smn_sys *sys, int fd, const struct smn_witness_row *row,
		uint16_t *type)
{
	uint32_t id = KERNEL_UEVENTS;
	int ret = row->family ? ask(sys, fd, row->family) : 0;

	if (!ret && row->family)
		ret = answer(sys, fd, row->group, type, &id);
	return ret ? ret : smn_sys_join(sys, fd, id);
}

static int listen_to(struct smn_sys *sys, const struct smn_witness_row *row,
		     uint16_t *type)
{
	int fd = smn_sys_netlink(sys, row->family ? NETLINK_GENERIC :
				 NETLINK_KOBJECT_UEVENT);
	int ret;

	if (fd < 0)
		return fd;
	ret = join(sys, fd, row, type);
	if (!ret)
		return fd;
	smn_sys_close(sys, fd);
	return ret;
}

void smn_netlink_open(struct smn_sys *sys, struct smn_netlink *nl)
{
	*nl = (struct smn_netlink){ .sys = sys };
	for (int i = 0; i < SMN_NWITNESSES; i++)
		nl->at[i].fd = listen_to(sys, &smn_witness_rows[i],
					 &nl->at[i].type);
}

void smn_netlink_close(struct smn_netlink *nl)
{
	for (int i = 0; i < SMN_NWITNESSES; i++) {
		if (nl->at[i].fd >= 0)
			smn_sys_close(nl->sys, nl->at[i].fd);
		nl->at[i].fd = -EBADF;
	}
}

/* --- what they say --- */

static void tell_trouble(struct smn_event *event, const char *action,
			 const char *what, smn_event_fn each, void *ctx)
{
	snprintf(event->action, sizeof(event->action), "%s", action);
	event->device[0] = '\0';
	snprintf(event->what, sizeof(event->what), "%s", what);
	each(ctx, event);
}

static void tell(struct smn_netlink *nl, enum smn_witness who, char *buf,
		 size_t len, smn_event_fn each, void *ctx)
{
	struct smn_event event = { .source = smn_witness_rows[who].name,
				   .ns = smn_sys_now(nl->sys) };

	if (who != SMN_WITNESS_UEVENT)
		smn_genl_events(who, nl->at[who].type, buf, len, &event, each,
				ctx);
	else if (!smn_uevent_parse(buf, len, &event))
		each(ctx, &event);
	else
		tell_trouble(&event, SMN_EVENT_UNREADABLE,
			     "a message that makes no sense", each, ctx);
}

/* Messages were lost; those that come now are not. */
static void tell_loss(struct smn_netlink *nl, enum smn_witness who,
		      smn_event_fn each, void *ctx)
{
	struct smn_event event = { .source = smn_witness_rows[who].name,
				   .ns = smn_sys_now(nl->sys) };

	tell_trouble(&event, SMN_EVENT_LOST,
		     "more came than could be kept: some events are missing",
		     each, ctx);
}

static int read_one(struct smn_netlink *nl, enum smn_witness who,
		    smn_event_fn each, void *ctx)
{
	_Alignas(8) char buf[MESSAGE];
	uint32_t from = 0;

	for (unsigned int i = 0; i < MAX_MESSAGES; i++) {
		ssize_t n = smn_sys_receive(nl->sys, nl->at[who].fd, buf,
					    sizeof(buf), &from);

		if (n == -ENOBUFS || (n == -EMSGSIZE && !from))
			tell_loss(nl, who, each, ctx);
		else if (n < 0 && n != -EMSGSIZE)
			return n == -EAGAIN ? 0 : n;
		else if (n >= 0 && !from)
			tell(nl, who, buf, n, each, ctx);
	}
	return 0;
}

int smn_netlink_read(struct smn_netlink *nl, smn_event_fn each, void *ctx)
{
	int ret = 0;

	for (int i = 0; i < SMN_NWITNESSES; i++) {
		int err = nl->at[i].fd < 0 ? 0 : read_one(nl, i, each, ctx);

		if (!err)
			continue;
		smn_sys_close(nl->sys, nl->at[i].fd);
		nl->at[i].fd = ret = err;
	}
	return ret;
}
