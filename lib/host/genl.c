// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What generic netlink's families say when something changes, and which number
 * a family has. libnl takes the messages apart; nothing here sends or receives.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/netdev.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "host/host.h"

/* --- which number a family has --- */

static int find_group(struct nlattr *groups, const char *name, uint32_t *id)
{
	static const struct nla_policy policy[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
		[CTRL_ATTR_MCAST_GRP_NAME] = { .type = NLA_STRING },
		[CTRL_ATTR_MCAST_GRP_ID] = { .type = NLA_U32 },
	};
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1], *group;
	int left;

	nla_for_each_nested(group, groups, left) {
		if (nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, group,
				     policy) ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (strcmp(nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]), name))
			continue;
		*id = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
		return 0;
	}
	return -ENOENT;
}

/* The kernel's no has a negative errno, for a yes to something else 0. */
static int refusal(struct nlmsghdr *h)
{
	const struct nlmsgerr *e = nlmsg_data(h);

	if (nlmsg_datalen(h) < (int)sizeof(*e) || e->error >= 0 ||
	    e->error < -4095)
		return -EBADMSG;
	return e->error;
}

int smn_genl_family(void *buf, size_t len, const char *group, uint16_t *type,
		    uint32_t *id)
{
	static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
		[CTRL_ATTR_MCAST_GROUPS] = { .type = NLA_NESTED },
	};
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct nlmsghdr *h = buf;
	int ret;

	if (!nlmsg_ok(h, (int)len))
		return -EBADMSG;
	if (h->nlmsg_type == NLMSG_ERROR)
		return refusal(h);
	if (h->nlmsg_type != GENL_ID_CTRL ||
	    genlmsg_parse(h, 0, tb, CTRL_ATTR_MAX, policy) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return -EBADMSG;
	ret = tb[CTRL_ATTR_MCAST_GROUPS] ?
		find_group(tb[CTRL_ATTR_MCAST_GROUPS], group, id) : -ENOENT;
	if (!ret)
		*type = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return ret;
}

/* --- devlink --- */

/* What is told of all that devlink has: what a driver's going takes along. */
static const struct {
	uint8_t cmd;
	const char *action, *object;
} devlink_rows[] = {
	{ DEVLINK_CMD_NEW, "new", "instance" },
	{ DEVLINK_CMD_DEL, "del", "instance" },
	{ DEVLINK_CMD_PORT_NEW, "new", "port" },
	{ DEVLINK_CMD_PORT_DEL, "del", "port" },
	{ DEVLINK_CMD_HEALTH_REPORTER_RECOVER, "health", "reporter" },
};

static const struct nla_policy devlink_policy[DEVLINK_ATTR_MAX + 1] = {
	[DEVLINK_ATTR_BUS_NAME] = { .type = NLA_STRING },
	[DEVLINK_ATTR_DEV_NAME] = { .type = NLA_STRING },
	[DEVLINK_ATTR_PORT_INDEX] = { .type = NLA_U32 },
	[DEVLINK_ATTR_PORT_NETDEV_NAME] = { .type = NLA_STRING },
};

/* 1: an event; 0: of no interest; -EBADMSG */
static int devlink_event(struct genlmsghdr *g, struct nlattr **tb,
			 struct smn_event *event)
{
	const char *bus, *name, *netdev = "";
	char port[16] = "";
	size_t i = 0;

	while (i < SMN_ARRAY_SIZE(devlink_rows) &&
	       devlink_rows[i].cmd != g->cmd)
		i++;
	if (i == SMN_ARRAY_SIZE(devlink_rows))
		return 0;
	if (!tb[DEVLINK_ATTR_BUS_NAME] || !tb[DEVLINK_ATTR_DEV_NAME])
		return -EBADMSG;
	bus = nla_get_string(tb[DEVLINK_ATTR_BUS_NAME]);
	name = nla_get_string(tb[DEVLINK_ATTR_DEV_NAME]);
	if (tb[DEVLINK_ATTR_PORT_INDEX])
		snprintf(port, sizeof(port), "/%u",
			 nla_get_u32(tb[DEVLINK_ATTR_PORT_INDEX]));
	if (tb[DEVLINK_ATTR_PORT_NETDEV_NAME])
		netdev = nla_get_string(tb[DEVLINK_ATTR_PORT_NETDEV_NAME]);
	snprintf(event->action, sizeof(event->action), "%s",
		 devlink_rows[i].action);
	snprintf(event->device, sizeof(event->device), "%s", name);
	snprintf(event->what, sizeof(event->what), "%s %s/%s%s%s%s",
		 devlink_rows[i].object, bus, name, port,
		 netdev[0] ? " " : "", netdev);
	return 1;
}

/* --- netdev: numbers only; the names are in the uevents --- */

static const struct {
	uint8_t cmd;
	const char *action;
} netdev_rows[] = {
	{ NETDEV_CMD_DEV_ADD_NTF, "add" },
	{ NETDEV_CMD_DEV_DEL_NTF, "del" },
	{ NETDEV_CMD_DEV_CHANGE_NTF, "change" },
};

static const struct nla_policy netdev_policy[NETDEV_A_DEV_MAX + 1] = {
	[NETDEV_A_DEV_IFINDEX] = { .type = NLA_U32 },
};

static int netdev_event(struct genlmsghdr *g, struct nlattr **tb,
			struct smn_event *event)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(netdev_rows); i++) {
		if (netdev_rows[i].cmd != g->cmd)
			continue;
		if (!tb[NETDEV_A_DEV_IFINDEX])
			return -EBADMSG;
		snprintf(event->action, sizeof(event->action), "%s",
			 netdev_rows[i].action);
		snprintf(event->device, sizeof(event->device), "ifindex %u",
			 nla_get_u32(tb[NETDEV_A_DEV_IFINDEX]));
		snprintf(event->what, sizeof(event->what), "network device, %s",
			 event->device);
		return 1;
	}
	return 0;
}

/* --- acpi_event, which no header of the kernel describes --- */

enum { ACPI_CMD_EVENT = 1, ACPI_ATTR_EVENT = 1 };

struct acpi_event {
	char class[20];
	char bus_id[15];
	uint32_t type, data;
};

static const struct nla_policy acpi_policy[ACPI_ATTR_EVENT + 1] = {
	[ACPI_ATTR_EVENT] = { .minlen = sizeof(struct acpi_event) },
};

static int acpi_event(struct genlmsghdr *g, struct nlattr **tb,
		      struct smn_event *event)
{
	struct acpi_event a;

	if (g->cmd != ACPI_CMD_EVENT)
		return 0;
	if (!tb[ACPI_ATTR_EVENT])
		return -EBADMSG;
	memcpy(&a, nla_data(tb[ACPI_ATTR_EVENT]), sizeof(a));
	snprintf(event->action, sizeof(event->action), "event");
	snprintf(event->device, sizeof(event->device), "%.*s",
		 (int)sizeof(a.bus_id), a.bus_id);
	snprintf(event->what, sizeof(event->what), "%.*s type=%u data=%u",
		 (int)sizeof(a.class), a.class, a.type, a.data);
	return 1;
}

/* --- all families --- */

/* The most attributes that one of them has. */
#define MAX_ATTRS DEVLINK_ATTR_MAX

static const struct {
	int max;
	const struct nla_policy *policy;
	int (*event)(struct genlmsghdr *g, struct nlattr **tb,
		     struct smn_event *event);
} families[SMN_NWITNESSES] = {
	[SMN_WITNESS_DEVLINK] = { DEVLINK_ATTR_MAX, devlink_policy,
				  devlink_event },
	[SMN_WITNESS_NETDEV] = { NETDEV_A_DEV_MAX, netdev_policy,
				 netdev_event },
	[SMN_WITNESS_ACPI] = { ACPI_ATTR_EVENT, acpi_policy, acpi_event },
};

_Static_assert(MAX_ATTRS >= (int)NETDEV_A_DEV_MAX &&
	       MAX_ATTRS >= (int)ACPI_ATTR_EVENT, "room for all attributes");

static int look_at(enum smn_witness who, struct nlmsghdr *h,
		   struct smn_event *event)
{
	struct nlattr *tb[MAX_ATTRS + 1];

	if (genlmsg_parse(h, 0, tb, families[who].max, families[who].policy))
		return -EBADMSG;
	return families[who].event(nlmsg_data(h), tb, event);
}

void smn_genl_events(enum smn_witness who, uint16_t type, void *buf,
		     size_t len, struct smn_event *event, smn_event_fn each,
		     void *ctx)
{
	struct nlmsghdr *h = buf;
	int left = (int)len;

	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		int ret = h->nlmsg_type == type ? look_at(who, h, event) : 0;

		if (!ret)
			continue;
		if (ret < 0)
			*event = (struct smn_event){
				.source = event->source, .ns = event->ns,
				.action = SMN_EVENT_UNREADABLE,
				.what = "a message that makes no sense",
			};
		smn_printable(event->action);
		smn_printable(event->device);
		smn_printable(event->what);
		each(ctx, event);
	}
}
