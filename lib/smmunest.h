/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smmunest: nested SMMUv3 translation through iommufd, one call at a time.
 *
 * Rules that hold everywhere
 *  - A call returns 0 or -errno; results go through out-parameters, which are
 *    left alone on failure. Nothing prints, nothing exits, nothing is global.
 *  - Every ioctl's errno may also be one of iommufd's common ones: ENOTTY (the
 *    kernel is older than the ioctl), EFAULT, EINVAL and E2BIG (size), ENOMEM
 *    (drivers/iommu/iommufd/main.c, iommufd_fops_ioctl()).
 *  - "wrong type" and "no such id" are both ENOENT to the kernel;
 *    smn_session_object() tells them apart.
 *  - Times are nanoseconds of CLOCK_MONOTONIC_RAW, addresses and lengths bytes.
 *
 * Tables are in arch/field.h (SMMU words), abi/op.h (ioctls), abi/rules.h
 * (what the kernel accepts) and abi/diag.h (why a call failed). What firmware
 * and kernel tell beside iommufd is in host/facts.h, statistics in stat.h.
 */
#ifndef SMMUNEST_H
#define SMMUNEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/diag.h"
#include "abi/op.h"
#include "abi/rules.h"
#include "arch/dump.h"
#include "arch/field.h"
#include "arch/image.h"
#include "arch/s1.h"
#include "arch/strtab.h"
#include "arch/text.h"
#include "arch/walk.h"
#include "dma/dma.h"
#include "host/driver.h"
#include "host/facts.h"
#include "host/logline.h"
#include "host/inject.h"
#include "host/netlink.h"
#include "host/removal.h"
#include "stat.h"
#include "sys/broken.h"
#include "sys/hook.h"
#include "sys/presets.h"
#include "sys/sys.h"
#include "sys/tape.h"

#define SMN_IOMMU_NODE "/dev/iommu"
#define SMN_VFIO_PCI "vfio-pci"

/* --- the host: PCI devices and their drivers --- */

/*
 * Parse "0000:01:00.0" or "01:00.0" into the full form. Only hexadecimal
 * digits, ':' and '.' in their places: the result is safe in a path.
 * -EINVAL otherwise.
 */
int smn_bdf_parse(const char *text, char bdf[SMN_BDF_LEN]);

/* A range that the IOMMU driver keeps for itself; @last is inclusive. */
struct smn_reserved {
	uint64_t start, last;
	char type[16];		/* "msi", "direct", "reserved", ... */
};

#define SMN_MAX_RESERVED 128

struct smn_pci {
	char bdf[SMN_BDF_LEN];
	char driver[32];	/* "" when there is none */
	char cdev[32];		/* "/dev/vfio/devices/vfio0", or "" */
	char smmu[48];		/* the IOMMU instance in sysfs, or "" */
	uint32_t vendor, device, class;
	uint32_t rid;		/* requester ID: bus, device, function */
	int group;		/* IOMMU group, -1 when there is none */
	unsigned int nreserved;
	struct smn_reserved reserved[SMN_MAX_RESERVED];
};

/* The SMMU instances carry this prefix in sysfs. */
bool smn_pci_has_smmu(const struct smn_pci *pci);

/*
 * What sysfs says of a device. -ENODEV: there is none at @bdf; another error:
 * sysfs cannot be read, or has more than fits, and @pci is not to be believed.
 */
int smn_pci_read(struct smn_sys *sys, const char *bdf, struct smn_pci *pci);

/*
 * Calls @each with every device behind an IOMMU that is not a bridge, in order
 * of address, until it returns non-zero; returns that.
 */
int smn_pci_list(struct smn_sys *sys,
		 int (*each)(void *ctx, const struct smn_pci *pci), void *ctx);

/*
 * Is the machine using the device: a mounted file system or swap on its disk,
 * the only default route through its network interface?
 * 0: no; -EBUSY: yes, @why says what; other: could not be found out.
 */
int smn_pci_in_use(struct smn_sys *sys, const char *bdf, struct smn_why *why);

/*
 * Which other process has the VFIO node open; taking the device from vfio-pci
 * waits for it without bound. 0 and its name and number in @who, or
 * -ENOENT: none that we may see.
 */
int smn_cdev_holder(struct smn_sys *sys, const char *cdev, struct smn_why *who);

/* The running kernel's release, "7.3.4". -EFBIG: longer than @len. */
int smn_host_release(struct smn_sys *sys, char *release, size_t len);

/* /dev/iommu is not there: which of the facts about that is it? */
void smn_iommu_learn(struct smn_sys *sys, struct smn_facts *facts);

/* --- a session: what was made, in order --- */

/* What an id or an undo record stands for. */
enum smn_object {
	SMN_OBJ_NONE,
	SMN_OBJ_FD,
	SMN_OBJ_MEMORY,
	SMN_OBJ_MAPPING,
	SMN_OBJ_ATTACHMENT,
	SMN_OBJ_REGISTER,
	SMN_OBJ_OTHER,
	SMN_OBJ_DEVICE,
	SMN_OBJ_IOAS,
	SMN_OBJ_S2,
	SMN_OBJ_VIOMMU,
	SMN_OBJ_VDEVICE,
	SMN_OBJ_S1,
	SMN_OBJ_VEVENTQ,
	SMN_OBJ_FAULTQ,
	SMN_NOBJECTS
};

const char *smn_object_name(enum smn_object object);

struct smn_made;

struct smn_session {
	struct smn_sys *sys;
	int iommufd;
	struct smn_made *made;
	size_t nmade, room;
};

/*
 * Open /dev/iommu. The session must be closed whatever is returned.
 * -ENOENT, -EACCES: the rows of "open" explain; -EMFILE, -ENOMEM.
 */
int smn_session_open(struct smn_session *s, struct smn_sys *sys);

/* How much is on the stack; smn_session_unwind() goes back to there. */
size_t smn_session_mark(const struct smn_session *s);

/*
 * Undo, newest first, all that was made since @mark. Goes on after a failure
 * and returns the first: it means that something is left behind.
 */
int smn_session_unwind(struct smn_session *s, size_t mark);

/* Undo everything and close. Returns as smn_session_unwind(). */
int smn_session_close(struct smn_session *s);

/* Zeroed pages of this process, kept until the session's stack gets here. */
int smn_session_memory(struct smn_session *s, size_t bytes, void **mem);

/* What @id is in this session; SMN_OBJ_NONE when it made no such object. */
enum smn_object smn_session_object(const struct smn_session *s, uint32_t id);

/* --- the device, VFIO cdev --- */

struct smn_device {
	int fd;
	uint32_t id;		/* iommufd's dev_id */
};

/*
 * Open the cdev and VFIO_DEVICE_BIND_IOMMUFD (vfio_df_ioctl_bind_iommufd()).
 * open: -ENOENT, -EACCES, -ENODEV. bind: -EINVAL the SMMU is not coherent, the
 * firmware wants a 1:1 mapping, or the cdev is open elsewhere; -EPERM the MSI
 * is not isolated, or the group has another owner; -EBUSY the group is in use;
 * -EACCES a VF's token; -ENODEV no IOMMU group.
 */
int smn_device_open(struct smn_session *s, const char *cdev,
		    struct smn_device *dev);

/*
 * VFIO_DEVICE_ATTACH_IOMMUFD_PT: attach, or replace what is attached.
 * -ENOENT: no such id, or Cfg=s1 and the device has no vDEVICE on that vIOMMU
 * (arm_smmu_attach_prepare_vmaster()); -EINVAL: not an IOAS or HWPT, or one of
 * another SMMU; -EBUSY: PASIDs in use; -EADDRINUSE: a mapping collides with the
 * MSI window.
 */
int smn_device_attach(struct smn_session *s, const struct smn_device *dev,
		      uint32_t pt_id);

/* VFIO_DEVICE_DETACH_IOMMUFD_PT: DMA is blocked after it. 0 also when nothing
 * was attached. */
int smn_device_detach(struct smn_session *s, const struct smn_device *dev);

/*
 * Give the device back before the session ends: interrupts, registers and
 * attachment as on the session's stack, then the file is closed. What else
 * hangs on the device, such as a smn_dma, was undone before. @vdevice: the
 * vDEVICE that is left alive, 0: none. The kernel destroys it, and gives its
 * number to nobody until the iommufd closes (iommufd_device_remove_vdev()).
 * The first failure; the file is closed nevertheless.
 */
int smn_device_close(struct smn_session *s, const struct smn_device *dev,
		     uint32_t vdevice);

/* --- the device's registers, configuration space and interrupts --- */

/* VFIO_DEVICE_GET_INFO (vfio_pci_ioctl_get_info()). */
struct smn_device_info {
	bool resets;		/* VFIO_DEVICE_RESET can work */
	uint32_t nregions, nirqs;
};

int smn_device_info_get(struct smn_session *s, const struct smn_device *dev,
			struct smn_device_info *info);

/* VFIO_DEVICE_RESET. -EINVAL: the device has no reset; -EAGAIN: it is locked;
 * -ENOTTY: none of its resets worked. */
int smn_device_reset(struct smn_session *s, const struct smn_device *dev);

/*
 * VFIO_DEVICE_GET_REGION_INFO of BAR @index, 0 to 5, or of
 * VFIO_PCI_CONFIG_REGION_INDEX. Registers are read and written through the
 * device's file, never mapped: a mapping would keep the device open.
 * -ENODEV: there is no such BAR; -EINVAL: no such region.
 */
int smn_bar_open(struct smn_session *s, const struct smn_device *dev,
		 uint32_t index, struct smn_bar *bar);

/*
 * One access of 1, 2, 4 or 8 bytes at a multiple of that. -EINVAL: not so, or
 * beyond the end; -EIO: memory decoding is off, or the device is gone
 * (vfio_pci_core_do_io_rw()).
 */
int smn_bar_read(struct smn_session *s, const struct smn_bar *bar,
		 uint64_t offset, unsigned int bytes, uint64_t *value);
int smn_bar_write(struct smn_session *s, const struct smn_bar *bar,
		  uint64_t offset, unsigned int bytes, uint64_t value);

/*
 * VFIO_DEVICE_FEATURE_DMA_BUF: a file of @length bytes at @offset of BAR
 * @index, both whole pages. IOMMU_IOAS_MAP_FILE maps it, so that other devices
 * reach these registers; no other way leads there. A reset, or memory decoding
 * off, kills what is mapped for good: unmap it, and map it again
 * (vfio_pci_core_feature_dma_buf(), iopt_revoke_notify()). The session closes
 * the file. -ENODEV: there is no such BAR; -EINVAL: a range that is not of
 * whole pages, or not within the BAR; -ENOTTY: Linux before 6.19, or without
 * CONFIG_VFIO_PCI_DMABUF; -EOPNOTSUPP: the device's driver of VFIO cannot;
 * -ENOMEM, -EMFILE.
 */
int smn_bar_file(struct smn_session *s, const struct smn_device *dev,
		 uint32_t index, uint64_t offset, uint64_t length, int *fd);

/* As smn_bar_read() and smn_bar_write(), of configuration space: 1, 2 or 4
 * bytes. */
int smn_config_read(struct smn_session *s, const struct smn_device *dev,
		    uint64_t offset, unsigned int bytes, uint32_t *value);
int smn_config_write(struct smn_session *s, const struct smn_device *dev,
		     uint64_t offset, unsigned int bytes, uint32_t value);

/*
 * Bus mastering on or off, memory decoding on; the first call of a session
 * remembers what was there, and the session's stack puts it back. Errors as
 * smn_config_write().
 */
int smn_device_master(struct smn_session *s, const struct smn_device *dev,
		      bool on);

/* How many interrupts of that kind, VFIO_PCI_*_IRQ_INDEX, the device has. */
int smn_irq_count(struct smn_session *s, const struct smn_device *dev,
		  uint32_t index, uint32_t *count);

/*
 * VFIO_DEVICE_SET_IRQS: interrupt @vector of VFIO_PCI_MSI_IRQ_INDEX or
 * VFIO_PCI_MSIX_IRQ_INDEX signals a new eventfd. All of that index are
 * disabled, and their eventfds closed, by the session's stack: where the
 * newest of them stands on it, after smn_irq_settle().
 * -ENOTCONN: the session has not attached the device, and the kernel is not
 * asked: Linux 7.3 would refuse it and never take back what it had allocated;
 * -EINVAL: no such vector, or another index is in use, or an MSI vector above
 * those that the first call allocated; -ENOSPC: the machine has no vector
 * left; -EOVERFLOW: more than 64 doorbell pages; -EMFILE.
 */
int smn_irq_arm(struct smn_session *s, const struct smn_device *dev,
		uint32_t index, uint32_t vector, int *eventfd);

/*
 * Wait for at most @ms until the eventfd was signalled, and how often since
 * it was last asked. -ETIMEDOUT: not once; -EINTR.
 */
int smn_irq_wait(struct smn_session *s, int eventfd, uint32_t ms,
		 uint64_t *count);

/*
 * Wait until none of the device's interrupts of @index has come for 50 ms: a
 * busy machine may hand on what a device sent long after the device has ended
 * what it did. What came is not told by smn_irq_wait() any more. -EBUSY: they
 * still come after 64 times 50 ms; -EINTR.
 */
int smn_irq_settle(struct smn_session *s, const struct smn_device *dev,
		   uint32_t index);

/*
 * Have @undo called, with @ctx, when the session's stack gets back here; it
 * returns 0 or -errno.
 */
int smn_session_later(struct smn_session *s,
		      int (*undo)(struct smn_session *s, void *ctx), void *ctx);

/*
 * Call it now, and not again: what it returns. -ENOENT: smn_session_later() was
 * not told of it.
 */
int smn_session_undo(struct smn_session *s,
		     int (*undo)(struct smn_session *s, void *ctx), void *ctx);

/* --- iommufd, one function an ioctl; what they make is the session's --- */

/* IOMMU_IOAS_ALLOC (iommufd_ioas_alloc_ioctl()). */
int smn_ioas_alloc(struct smn_session *s, uint32_t *ioas);

/*
 * IOMMU_IOAS_MAP, readable and writable at a fixed IOVA. Pages are pinned when
 * the IOAS has a HWPT, else when it gets one (iopt_area_fill_domains()).
 * -EINVAL: not page-aligned, length 0, or in a reserved range; -EEXIST: already
 * mapped; -ENOMEM: RLIMIT_MEMLOCK; -EFAULT: the memory cannot be pinned.
 */
int smn_ioas_map(struct smn_session *s, uint32_t ioas, void *va,
		 uint64_t length, uint64_t iova);

/* IOMMU_IOAS_UNMAP. -ENOENT: nothing there, or part of a mapping. */
int smn_ioas_unmap(struct smn_session *s, uint32_t ioas, uint64_t iova,
		   uint64_t length);

/*
 * IOMMU_HWPT_ALLOC with NEST_PARENT: stage 2
 * (arm_smmu_domain_alloc_paging_flags()). -EOPNOTSUPP: the SMMU lacks a stage,
 * or an erratum forbids nesting; -ENOSPC: no VMID left; -EFAULT, -ENOMEM: a
 * mapping of the IOAS cannot be pinned; -EADDRINUSE: one lies beyond the output
 * address size.
 */
int smn_s2_alloc(struct smn_session *s, uint32_t dev, uint32_t ioas,
		 uint32_t *s2);

/*
 * IOMMU_VIOMMU_ALLOC, ARM_SMMUV3 (arm_smmu_get_viommu_size()).
 * -EOPNOTSUPP: neither CANWBS nor S2FWB, no nesting, or the kernel lacks
 * CONFIG_ARM_SMMU_V3_IOMMUFD; -EINVAL: @s2 is no nesting parent or another
 * SMMU's.
 */
int smn_viommu_alloc(struct smn_session *s, uint32_t dev, uint32_t s2,
		     uint32_t *viommu);

/*
 * IOMMU_VDEVICE_ALLOC: this device is @vsid to the VM.
 * -EEXIST: the device has a vDEVICE, or the vSID is taken; -EOPNOTSUPP: the
 * device has several StreamIDs (arm_vsmmu_vdevice_init()); -EINVAL: another
 * SMMU's device.
 */
int smn_vdevice_alloc(struct smn_session *s, uint32_t viommu, uint32_t dev,
		      uint64_t vsid, uint32_t *vdevice);

/*
 * IOMMU_VEVENTQ_ALLOC: an id, and an fd to read events from.
 * -EINVAL: depth 0 or over 2^19; -EEXIST: the vIOMMU has one.
 */
int smn_veventq_alloc(struct smn_session *s, uint32_t viommu, uint32_t depth,
		      uint32_t *veventq, int *fd);

/* IOMMU_FAULT_QUEUE_ALLOC: an id, and an fd to read faults from. */
int smn_faultq_alloc(struct smn_session *s, uint32_t *faultq, int *fd);

/*
 * IOMMU_HWPT_ALLOC with a vSTE: stage 1 as the VM wants it. @faultq is 0 for
 * none. -EIO: the STE is not acceptable, smn_rules_vste() says which part
 * (arm_smmu_validate_vste()); -EINVAL: a device of another SMMU.
 */
int smn_s1_alloc(struct smn_session *s, uint32_t dev, uint32_t viommu,
		 const uint64_t ste[2], uint32_t faultq, uint32_t *s1);

/*
 * IOMMU_HWPT_INVALIDATE of @n commands through a vIOMMU. *handled is the
 * kernel's entry_num, also on failure: an index, not a count of what was
 * issued; see smn_accounting.
 * -EIO: a command is not acceptable (arm_vsmmu_convert_user_cmd());
 * -ETIMEDOUT: no CMD_SYNC within a second; -EINVAL: @n is 0 or over 2^19.
 */
int smn_hwpt_invalidate(struct smn_session *s, uint32_t viommu,
			const uint64_t (*cmds)[2], uint32_t n,
			uint32_t *handled);

/* IOMMU_DESTROY. -EBUSY: still referenced; -ENOENT: no such id, a tombstone. */
int smn_destroy(struct smn_session *s, uint32_t id);

struct smn_hw_info {
	uint32_t type;			/* of IOMMU_HW_INFO_TYPE_* */
	bool smmuv3;			/* that type: regs and feats are told */
	uint32_t flags;
	uint32_t regs[SMN_NREGS];	/* one per row of smn_idrs */
	uint64_t caps;
	smn_feats feats;
};

/* IOMMU_GET_HW_INFO (arm_smmu_hw_info()). -EOPNOTSUPP: no IOMMU. */
int smn_hw_info_get(struct smn_session *s, uint32_t dev,
		    struct smn_hw_info *info);

/*
 * How this kernel counts a batch that fails, and how strictly it looks at
 * commands; found by trying, with batches of which nothing is ever issued.
 */
struct smn_accounting {
	bool counts_issued;	/* entry_num counts what was issued; else what
				 * was validated, sent or not */
	bool strict;		/* it checks fields, not only opcodes */
};

/* Both probes fail in the kernel by design; any other answer is -EPROTO. */
int smn_accounting_probe(struct smn_session *s, uint32_t viommu,
			 struct smn_accounting *acc);

/*
 * How many commands of a failed batch were certainly issued, given the
 * kernel's entry_num. The kernel issues blocks of 63 and one CMD_SYNC
 * (arm_vsmmu_cache_invalidate()).
 */
uint32_t smn_accounting_issued(const struct smn_accounting *acc,
			       uint32_t entry_num);

/*
 * The kernel by what it can do, not by what it calls itself: the newest of the
 * releases that brought an ioctl it knows, 613 for 6.13. Each is called with an
 * argument too short to do anything. -EPROTO: one was taken nevertheless.
 */
int smn_kernel_probe(struct smn_session *s, uint16_t *kernel);

/* --- a model of the machine --- */

/*
 * What @sys shows of its devices, and what iommufd tells of their SMMUs: of
 * those with a device that is vfio-pci's and free, which is bound for it and
 * let go; registers of the others stay unknown. Files that do not change are
 * read from @sys as long as the model is there. -ENOENT, -EACCES: /dev/iommu,
 * see smn_iommu_learn(); -ENOMEM; what smn_pci_list() can return.
 */
int smn_model_of(struct smn_sys *sys, struct smn_model **model);

#include "nest/nest.h"

#endif
