// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel tells over netlink: every kind of message is understood,
 * only the kernel is believed, and what was lost or is missing is told.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/netdev.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "smmunest.h"
#include "tap.h"

enum { DEVLINK_TYPE = 0x15, DEVLINK_GROUP = 7, ROOM = 2048 };

/* --- a kernel with netlink: one thing waits at each socket --- */

struct waiting {
	_Alignas(8) char data[ROOM];
	ssize_t n;		/* or -errno, 0: nothing */
	uint32_t from;
};

struct kernel {
	int nopen, no_netlink, foreign_first;
	unsigned int joined[8];
	int protocol[8];
	struct waiting at[8];
};

static int k_netlink(void *be, int protocol)
{
	struct kernel *k = be;
	int fd = 0;

	if (k->no_netlink)
		return k->no_netlink;
	while (k->protocol[fd])
		fd++;
	k->protocol[fd] = protocol;
	k->nopen++;
	return fd;
}

static int k_close(void *be, int fd)
{
	struct kernel *k = be;

	k->protocol[fd] = 0;
	k->joined[fd] = 0;
	k->at[fd].n = 0;
	k->nopen--;
	return 0;
}

static int k_join(void *be, int fd, unsigned int group)
{
	struct kernel *k = be;

	k->joined[fd] = group;
	return 0;
}

/* The message under construction becomes what waits at the socket. */
static void put(struct waiting *w, struct nl_msg *msg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);

	memcpy(w->data, h, h->nlmsg_len);
	w->n = h->nlmsg_len;
	w->from = 0;
	nlmsg_free(msg);
}

static void answer_no(struct waiting *w, int err)
{
	struct nlmsgerr e = { .error = err };
	struct nl_msg *msg = nlmsg_alloc();

	nlmsg_append(nlmsg_put(msg, 0, 1, NLMSG_ERROR, 0, 0) ? msg : NULL, &e,
		     sizeof(e), NLMSG_ALIGNTO);
	put(w, msg);
}

static void answer_family(struct waiting *w, const char *group)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *groups, *one;

	genlmsg_put(msg, 0, 1, GENL_ID_CTRL, 0, 0, CTRL_CMD_NEWFAMILY, 1);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, DEVLINK_TYPE);
	groups = nla_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
	one = nla_nest_start(msg, 1);
	nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, "another");
	nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, DEVLINK_GROUP - 1);
	nla_nest_end(msg, one);
	one = nla_nest_start(msg, 2);
	nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, group);
	nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, DEVLINK_GROUP);
	nla_nest_end(msg, one);
	nla_nest_end(msg, groups);
	put(w, msg);
}

/* Only devlink is there; netdev is, but without the group. */
static ssize_t k_write(void *be, int fd, const void *buf, size_t len)
{
	struct waiting *w = &((struct kernel *)be)->at[fd];
	const char *name = nla_get_string(
		genlmsg_attrdata(nlmsg_data((struct nlmsghdr *)buf), 0));

	if (!strcmp(name, "devlink"))
		answer_family(w, "config");
	else if (!strcmp(name, "netdev"))
		answer_family(w, "page-pool");
	else
		answer_no(w, -ENOENT);
	return len;
}

static ssize_t k_receive(void *be, int fd, void *buf, size_t len,
			 uint32_t *from)
{
	struct kernel *k = be;
	struct waiting *w = &k->at[fd];
	ssize_t n = w->n;

	*from = w->from;
	if (k->foreign_first) {
		*from = k->foreign_first;
		k->foreign_first = 0;
		return snprintf(buf, len, "not the kernel");
	}
	if (!n)
		return -EAGAIN;
	if (n > 0)
		memcpy(buf, w->data, n);
	w->n = 0;
	return n;
}

static uint64_t k_now(void *be)
{
	(void)be;
	return 42;
}

static const struct smn_backend kernel_backend = {
	.name = "netlink", .close = k_close, .write = k_write, .now = k_now,
	.netlink = k_netlink, .join = k_join, .receive = k_receive,
};

/* --- uevents --- */

#define PCI "/devices/pci0000:00/0000:00:02.0/0000:01:00.0"

static const struct {
	const char *text;
	size_t len;
	const char *action, *device, *what;	/* NULL: it is none */
} uevents[] = {
#define UEVENT(text) text, sizeof(text)
	{ UEVENT("unbind@" PCI "\0ACTION=unbind\0DEVPATH=" PCI "\0"
		 "SUBSYSTEM=pci\0DRIVER=nvme\0PCI_SLOT_NAME=0000:01:00.0"),
	  "unbind", "0000:01:00.0", "pci 0000:01:00.0 DRIVER=nvme" },
	{ UEVENT("remove@" PCI "/vfio-dev/vfio0\0SUBSYSTEM=vfio-dev\0"
		 "DEVNAME=vfio/devices/vfio0"), "remove", "0000:01:00.0",
	  "vfio-dev vfio0 DEVNAME=vfio/devices/vfio0" },
	{ UEVENT("change@" PCI "\0SUBSYSTEM=pci\0DEVICE_ONLINE=0\0"
		 "ERROR_EVENT=BEGIN_RECOVERY"), "change", "0000:01:00.0",
	  "pci 0000:01:00.0 ERROR_EVENT=BEGIN_RECOVERY DEVICE_ONLINE=0" },
	{ UEVENT("add@/devices/virtual/net/dummy0\0SUBSYSTEM=net\0"
		 "INTERFACE=dummy0"), "add", "dummy0",
	  "net dummy0 INTERFACE=dummy0" },
	{ UEVENT("add@/module/edu"), "add", "edu", "- edu" },
	{ UEVENT("a\033b@/x\ny"), "a?b", "x?y", "- x?y" },
	/* SUBSYSTEM has to be a whole key */
	{ UEVENT("add@/x\0XSUBSYSTEM=a\0SUBSYSTEMS=b"), "add", "x", "- x" },
	{ UEVENT("libudev\0@/x"), NULL, NULL, NULL },
	{ UEVENT("@/x"), NULL, NULL, NULL },
	{ UEVENT("add@x"), NULL, NULL, NULL },
	{ UEVENT("add"), NULL, NULL, NULL },
	{ "add@/x", 6, NULL, NULL, NULL },
	{ "", 0, NULL, NULL, NULL },
};

static void test_uevents(struct tap *t)
{
	for (size_t i = 0; i < SMN_ARRAY_SIZE(uevents); i++) {
		struct smn_event e = { 0 };
		int ret = smn_uevent_parse(uevents[i].text, uevents[i].len,
					   &e);
		bool ok = uevents[i].action ?
			!ret && !strcmp(e.action, uevents[i].action) &&
			!strcmp(e.device, uevents[i].device) &&
			!strcmp(e.what, uevents[i].what) : ret == -EBADMSG;

		tap_ok(t, ok, "uevent %zu: '%s' '%s' '%s'", i, e.action,
		       e.device, e.what);
	}
}

/* --- listening --- */

struct heard {
	unsigned int n;
	struct smn_event last;
};

static void hear(void *ctx, const struct smn_event *event)
{
	struct heard *h = ctx;

	h->n++;
	h->last = *event;
}

static bool is(const struct heard *h, const char *source, const char *action,
	       const char *device, const char *what)
{
	return h->n == 1 && !strcmp(h->last.source, source) &&
		!strcmp(h->last.action, action) &&
		!strcmp(h->last.device, device) &&
		!strcmp(h->last.what, what) && h->last.ns == 42;
}

static void test_open(struct tap *t)
{
	struct kernel k = { .foreign_first = 99 };
	struct smn_sys sys = { .be = &kernel_backend, .priv = &k };
	struct smn_netlink nl;

	smn_netlink_open(&sys, &nl);
	tap_ok(t, nl.at[SMN_WITNESS_UEVENT].fd == 0 &&
	       k.protocol[0] == NETLINK_KOBJECT_UEVENT && k.joined[0] == 1,
	       "the kernel's uevents, not udev's");
	tap_ok(t, nl.at[SMN_WITNESS_DEVLINK].fd == 1 &&
	       nl.at[SMN_WITNESS_DEVLINK].type == DEVLINK_TYPE &&
	       k.protocol[1] == NETLINK_GENERIC &&
	       k.joined[1] == DEVLINK_GROUP, "a family and group by name, "
	       "though somebody else speaks first");
	tap_ok(t, nl.at[SMN_WITNESS_NETDEV].fd == -ENOENT,
	       "a family without the group");
	tap_ok(t, nl.at[SMN_WITNESS_ACPI].fd == -ENOENT && k.nopen == 2,
	       "a family that is not there, and its socket is closed");
	smn_netlink_close(&nl);
	tap_ok(t, !k.nopen, "all are closed");

	k = (struct kernel){ .no_netlink = -EPROTONOSUPPORT };
	smn_netlink_open(&sys, &nl);
	tap_ok(t, nl.at[0].fd == -EPROTONOSUPPORT &&
	       nl.at[SMN_WITNESS_ACPI].fd == -EPROTONOSUPPORT, "no netlink");
	smn_netlink_close(&nl);
	tap_ok(t, !k.nopen, "nothing is closed that was not open");
}

static void test_model(struct tap *t)
{
	struct smn_sys sys = { .be = &smn_backend_model };
	struct smn_netlink nl;
	struct heard h = { 0 };

	smn_netlink_open(&sys, &nl);
	tap_ok(t, nl.at[0].fd == -EPROTONOSUPPORT &&
	       !smn_netlink_read(&nl, hear, &h) && !h.n, "a model is silent");
	smn_netlink_close(&nl);
}

static void say(struct kernel *k, int fd, ssize_t n, uint32_t from)
{
	k->at[fd].n = n;
	k->at[fd].from = from;
}

static void test_read(struct tap *t)
{
	struct kernel k = { 0 };
	struct smn_sys sys = { .be = &kernel_backend, .priv = &k };
	struct smn_netlink nl;
	struct heard h = { 0 };

	smn_netlink_open(&sys, &nl);
	tap_ok(t, !smn_netlink_read(&nl, hear, &h) && !h.n, "nothing waits");
	memcpy(k.at[0].data, uevents[0].text, uevents[0].len);
	say(&k, 0, uevents[0].len, 1234);
	tap_ok(t, !smn_netlink_read(&nl, hear, &h) && !h.n && !k.at[0].n,
	       "a uevent that a process sent is not believed");
	say(&k, 0, uevents[0].len, 0);
	tap_ok(t, !smn_netlink_read(&nl, hear, &h) &&
	       is(&h, "uevent", "unbind", "0000:01:00.0",
		  "pci 0000:01:00.0 DRIVER=nvme"), "the kernel's is");
	h.n = 0;
	say(&k, 0, -ENOBUFS, 0);
	tap_ok(t, !smn_netlink_read(&nl, hear, &h) && h.n == 1 &&
	       !strcmp(h.last.action, SMN_EVENT_LOST) &&
	       !h.last.device[0], "lost events are told");
	h.n = 0;
	say(&k, 0, -EMSGSIZE, 0);
	smn_netlink_read(&nl, hear, &h);
	tap_ok(t, h.n == 1 && !strcmp(h.last.action, SMN_EVENT_LOST),
	       "one that is too long is lost");
	h.n = 0;
	say(&k, 0, -EMSGSIZE, 7);
	tap_ok(t, !smn_netlink_read(&nl, hear, &h) && !h.n,
	       "unless it was somebody else's");
	memcpy(k.at[0].data, "nonsense", 9);
	say(&k, 0, 9, 0);
	smn_netlink_read(&nl, hear, &h);
	tap_ok(t, h.n == 1 && !strcmp(h.last.action, SMN_EVENT_UNREADABLE),
	       "nonsense is told");
	say(&k, 0, -EIO, 0);
	tap_ok(t, smn_netlink_read(&nl, hear, &h) == -EIO &&
	       nl.at[0].fd == -EIO && k.nopen == 1,
	       "a socket that fails is closed");
	smn_netlink_close(&nl);
}

/* --- messages of families --- */

static struct nl_msg *message(int type, int cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, type, 0, 0, cmd, 1);
	return msg;
}

static struct nl_msg *devlink(int type, int cmd, const char *bus,
			      const char *name)
{
	struct nl_msg *msg = message(type, cmd);

	nla_put_string(msg, DEVLINK_ATTR_BUS_NAME, bus);
	if (name)
		nla_put_string(msg, DEVLINK_ATTR_DEV_NAME, name);
	return msg;
}

static struct heard told(enum smn_witness who, struct nl_msg *msg)
{
	struct smn_event event = { .source = smn_witness_rows[who].name,
				   .ns = 42 };
	struct heard h = { 0 };
	struct waiting w;

	put(&w, msg);
	smn_genl_events(who, DEVLINK_TYPE, w.data, w.n, &event, hear, &h);
	return h;
}

static void test_devlink(struct tap *t)
{
	struct nl_msg *msg;
	struct heard h;

	h = told(SMN_WITNESS_DEVLINK, devlink(DEVLINK_TYPE, DEVLINK_CMD_DEL,
					      "pci", "0000:01:00.0"));
	tap_ok(t, is(&h, "devlink", "del", "0000:01:00.0",
		     "instance pci/0000:01:00.0"), "an instance goes");
	h = told(SMN_WITNESS_DEVLINK, devlink(DEVLINK_TYPE, DEVLINK_CMD_NEW,
					      "netdevsim", "netdevsim1\033"));
	tap_ok(t, is(&h, "devlink", "new", "netdevsim1?",
		     "instance netdevsim/netdevsim1?"), "one comes");
	msg = devlink(DEVLINK_TYPE, DEVLINK_CMD_PORT_NEW, "pci",
		      "0000:01:00.0");
	nla_put_u32(msg, DEVLINK_ATTR_PORT_INDEX, 3);
	nla_put_string(msg, DEVLINK_ATTR_PORT_NETDEV_NAME, "eth0");
	h = told(SMN_WITNESS_DEVLINK, msg);
	tap_ok(t, is(&h, "devlink", "new", "0000:01:00.0",
		     "port pci/0000:01:00.0/3 eth0"), "a port");
	h = told(SMN_WITNESS_DEVLINK, devlink(DEVLINK_TYPE,
					      DEVLINK_CMD_TRAP_NEW, "a", "b"));
	tap_ok(t, !h.n, "not what is of no interest");
	h = told(SMN_WITNESS_DEVLINK, devlink(DEVLINK_TYPE + 1,
					      DEVLINK_CMD_DEL, "a", "b"));
	tap_ok(t, !h.n, "nor of another family");
	h = told(SMN_WITNESS_DEVLINK, devlink(DEVLINK_TYPE, DEVLINK_CMD_DEL,
					      "a", NULL));
	tap_ok(t, h.n == 1 && !strcmp(h.last.action, SMN_EVENT_UNREADABLE) &&
	       !h.last.device[0] && h.last.ns == 42, "a name is missing");
}

static void test_others(struct tap *t)
{
	struct {
		char class[20], bus[15];
		uint32_t type, data;
	} acpi = { "button/power", "LNXPWRBN:00", 128, 5 };
	struct nl_msg *msg = message(DEVLINK_TYPE, NETDEV_CMD_DEV_DEL_NTF);
	struct heard h;

	nla_put_u32(msg, NETDEV_A_DEV_IFINDEX, 5);
	h = told(SMN_WITNESS_NETDEV, msg);
	tap_ok(t, is(&h, "netdev", "del", "ifindex 5",
		     "network device, ifindex 5"), "a network device goes");
	msg = message(DEVLINK_TYPE, NETDEV_CMD_DEV_ADD_NTF);
	h = told(SMN_WITNESS_NETDEV, msg);
	tap_ok(t, h.n == 1 && !strcmp(h.last.action, SMN_EVENT_UNREADABLE),
	       "one without a number");
	msg = message(DEVLINK_TYPE, 1);
	nla_put(msg, 1, sizeof(acpi), &acpi);
	h = told(SMN_WITNESS_ACPI, msg);
	tap_ok(t, is(&h, "acpi", "event", "LNXPWRBN:00",
		     "button/power type=128 data=5"), "an event of ACPI");
	memset(acpi.class, 'x', sizeof(acpi.class));
	memset(acpi.bus, 'y', sizeof(acpi.bus));
	msg = message(DEVLINK_TYPE, 1);
	nla_put(msg, 1, sizeof(acpi), &acpi);
	h = told(SMN_WITNESS_ACPI, msg);
	tap_ok(t, is(&h, "acpi", "event", "yyyyyyyyyyyyyyy",
		     "xxxxxxxxxxxxxxxxxxxx type=128 data=5"),
	       "whose names do not end");
	msg = message(DEVLINK_TYPE, 1);
	nla_put(msg, 1, sizeof(acpi) - 1, &acpi);
	h = told(SMN_WITNESS_ACPI, msg);
	tap_ok(t, h.n == 1 && !strcmp(h.last.action, SMN_EVENT_UNREADABLE),
	       "one that is cut");
}

int main(void)
{
	struct tap t = { 0 };

	test_uevents(&t);
	test_open(&t);
	test_model(&t);
	test_read(&t);
	test_devlink(&t);
	test_others(&t);
	return tap_done(&t);
}
