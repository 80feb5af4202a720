// SPDX-License-Identifier: GPL-2.0-or-later
/* Made-up machines: their files, what writing to these does, and presets. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "smmunest.h"
#include "tap.h"

/* --- the tree --- */

static int gather(void *ctx, const char *name)
{
	char *all = ctx;

	strcat(all, name);
	strcat(all, " ");
	return 0;
}

static int err_of(const struct smn_tree *t, const char *path)
{
	int err;

	return smn_tree_get(t, path, &err) ? 0 : err;
}

static void test_tree(struct tap *t)
{
	struct smn_tree tree = { 0 };
	char all[256] = "", text[16];
	int err;

	smn_tree_put(&tree, SMN_TREE_TEXT, "/a/b/c", "c");
	smn_tree_put(&tree, SMN_TREE_TEXT, "/a/b-c", "-");
	smn_tree_put(&tree, SMN_TREE_TEXT, "/a/b/a/z", "z");
	smn_tree_put(&tree, SMN_TREE_LINK, "/l/down", "../a/./b");
	smn_tree_put(&tree, SMN_TREE_LINK, "/l/abs", "/l/down");
	smn_tree_put(&tree, SMN_TREE_LINK, "/l/self", "self");
	tap_ok(t, !strcmp(smn_tree_get(&tree, "/l/abs/c", &err)->text, "c"),
	       "a link to a link to a folder is gone through");
	tap_ok(t,
	       !strcmp(smn_tree_get(&tree, "/l/abs/../b-c", &err)->text, "-"),
	       "and '..' is the folder's, not the link's");
	tap_ok(t,
	       err_of(&tree, "/l/self") == -ELOOP &&
		       err_of(&tree, "/a/b/c/d") == -ENOTDIR &&
		       err_of(&tree, "/x/y") == -ENOENT &&
		       err_of(&tree, "/a/x") == -ENOENT &&
		       err_of(&tree, "/../..") == -EISDIR,
	       "what is not there says why");
	tap_ok(t,
	       smn_tree_readlink(&tree, "/l/abs", text, 4) == 4 &&
		       !memcmp(text, "/l/d", 4) &&
		       smn_tree_readlink(&tree, "/a/b", text, 4) == -EINVAL,
	       "a link's target is cut, not followed");
	tap_ok(t,
	       !smn_tree_list(&tree, "/l/down", gather, all) &&
		       !strcmp(all, "a c "),
	       "a folder has its own names alone: %s", all);
	tap_ok(t,
	       smn_tree_add(&tree, SMN_TREE_TEXT, "/n/o", "") == -ENOENT &&
		       smn_tree_add(&tree, SMN_TREE_TEXT, "/a/b", "") ==
			       -EEXIST &&
		       smn_tree_put(&tree, SMN_TREE_TEXT, "/a/b", "") ==
			       -ENOTDIR,
	       "nothing is made in no folder, or in a folder's place");
	smn_tree_remove(&tree, "/a/b");
	all[0] = '\0';
	smn_tree_list(&tree, "/a", gather, all);
	tap_ok(t, !strcmp(all, "b-c "), "a folder goes with what is in it: %s",
	       all);
	smn_tree_free(&tree);
}

/* --- drivers --- */

static struct smn_sys open_preset(const char *spec)
{
	struct smn_sys sys = { .be = &smn_backend_model };
	struct smn_model *m = NULL;
	struct smn_why why;

	if (!smn_model_preset(spec, &m, &why)) {
		sys.priv = m;
		sys.world = smn_model_world(m);
	}
	return sys;
}

#define OVERRIDE "/sys/bus/pci/devices/0000:00:02.0/driver_override"

static void test_giving_back(struct tap *t, struct smn_sys *sys)
{
	struct smn_why why = { "" };
	struct smn_pci pci;
	char driver[32];

	tap_ok(t,
	       !smn_driver_unbind(sys, "0000:00:03.0", driver, sizeof(driver),
				  &why) &&
		       !driver[0] &&
		       !smn_sys_exists(sys, "/run/smmunest/0000:00:03.0") &&
		       !smn_sys_exists(sys, "/dev/vfio/devices/vfio0"),
	       "it is given back to nobody, as the journal says: %s", why.text);
	tap_ok(t,
	       !smn_sys_write_text(sys, "/sys/bus/pci/drivers_probe", 0,
				   "0000:00:03.0") &&
		       !smn_pci_read(sys, "0000:00:03.0", &pci) &&
		       !strcmp(pci.driver, "nvme"),
	       "its own driver is found by a probe");
	tap_ok(t,
	       smn_sys_write_text(sys, "/sys/bus/pci/drivers/vfio-pci/bind", 0,
				  "0000:00:02.0") == -ENODEV &&
		       smn_sys_write_text(sys, "/sys/bus/pci/drivers/nvme/bind",
					  0, "0000:00:03.0") == -EBUSY &&
		       smn_sys_write_text(sys, "/sys/bus/pci/drivers_probe", 0,
					  "0000:00:09.0") == -ENODEV &&
		       smn_sys_write_text(
			       sys, "/sys/bus/pci/devices/0000:00:02.0/vendor",
			       0, "1") == -EIO &&
		       smn_sys_write_text(sys, "/etc/x", O_CREAT, "1") ==
			       -EACCES,
	       "what cannot be is refused");
	smn_sys_write_text(sys, OVERRIDE, 0, "vfio-pci");
	tap_ok(t,
	       !smn_sys_write_text(sys, "/sys/bus/pci/drivers/vfio-pci/bind", 0,
				   "0000:00:02.0") &&
		       !smn_pci_read(sys, "0000:00:02.0", &pci) &&
		       !strcmp(pci.driver, "vfio-pci"),
	       "a driver that a device is told to have may be bound");
	smn_sys_write_text(sys, OVERRIDE, 0, "\n");
	tap_ok(t,
	       smn_sys_read_text(sys, OVERRIDE, driver, sizeof(driver)) == 6 &&
		       !strcmp(driver, "(null)"),
	       "an empty line takes that back");
}

static void test_drivers(struct tap *t)
{
	struct smn_sys sys = open_preset("qemu:driver=none");
	struct smn_why why = { "" };
	struct smn_pci pci;
	int fd;

	tap_ok(t,
	       !smn_pci_read(&sys, "0000:00:03.0", &pci) && !pci.driver[0] &&
		       !pci.cdev[0] && pci.group == 2 && pci.rid == 0x18 &&
		       pci.nreserved == 1 &&
		       pci.reserved[0].last == 0x80fffff &&
		       smn_pci_has_smmu(&pci) && pci.class == 0x010802,
	       "sysfs tells of a device without a driver");
	tap_ok(t,
	       smn_sys_open(&sys, "/dev/vfio/devices/vfio0", O_RDWR) == -ENOENT,
	       "and there is no node of it");
	tap_ok(t,
	       !smn_driver_bind(&sys, "0000:00:03.0", &why) &&
		       smn_driver_bind(&sys, "0000:00:03.0", &why) ==
			       -EALREADY &&
		       !smn_pci_read(&sys, "0000:00:03.0", &pci) &&
		       !strcmp(pci.driver, "vfio-pci") &&
		       !strcmp(pci.cdev, "/dev/vfio/devices/vfio0"),
	       "vfio-pci takes it, with the first node: %s", why.text);
	fd = smn_sys_open(&sys, pci.cdev, O_RDWR);
	tap_ok(t,
	       fd >= 0 &&
		       smn_sys_write_text(&sys,
					  "/sys/bus/pci/drivers/vfio-pci/"
					  "unbind",
					  0, "0000:00:03.0") == -EBUSY,
	       "an open device is not taken away");
	smn_sys_close(&sys, fd);
	test_giving_back(t, &sys);
	smn_model_free(sys.priv);
}

/* --- presets --- */

static int ret_of(const char *spec, struct smn_why *why)
{
	struct smn_model *m = NULL;
	int ret = smn_model_preset(spec, &m, why);

	smn_model_free(m);
	return ret;
}

static void test_presets(struct tap *t)
{
	struct smn_sys sys;
	struct smn_why why = { "" };
	const char *name;
	bool all = true;

	for (unsigned int i = 0; (name = smn_preset_name(i)); i++) {
		struct smn_world *w;

		sys = open_preset(name);
		w = sys.world;
		all = all && w && w->devs && w->devs->next && w->devs->smmu &&
			w->devs->smmu->told == SMN_YES && w->kernel == 703 &&
			smn_preset_doc(i)[0];
		smn_model_free(sys.priv);
	}
	tap_ok(t, all, "each preset is a machine with two devices");
	tap_ok(t,
	       ret_of("qemuu", &why) == -ENOENT && strstr(why.text, "qemu?") &&
		       ret_of("", &why) == -ENOENT &&
		       ret_of("mmu7", &why) == -ENOENT,
	       "a wrong name is told, with the nearest one");
	tap_ok(t,
	       ret_of("qemu:no-canwb", &why) == -EINVAL &&
		       strstr(why.text, "no-canwbs?") &&
		       ret_of("qemu:driver=a/b", &why) == -EINVAL &&
		       ret_of("qemu:kernel=six", &why) == -EINVAL &&
		       ret_of("qemu:kernel=6.13/x", &why) == -EINVAL &&
		       ret_of("qemu:memlock=x", &why) == -EINVAL,
	       "and so is a wrong difference");
	sys = open_preset("mmu700:kernel=6.13,no-canwbs,memlock=65536");
	tap_ok(t,
	       sys.world && sys.world->kernel == 613 &&
		       sys.world->memlock == 65536 &&
		       sys.world->memlock_counts &&
		       sys.world->facts.is[SMN_FACT_NO_CANWBS] == SMN_YES &&
		       smn_idr_get(sys.world->smmus->regs, "IIDR.Variant") == 1,
	       "differences are heeded, and the newest of a kind is taken");
	smn_model_free(sys.priv);
}

int main(void)
{
	struct tap t = { 0 };

	test_tree(&t);
	test_drivers(&t);
	test_presets(&t);
	return tap_done(&t);
}
