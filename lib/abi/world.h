/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What exists, as far as the kernel's answers depend on it: SMMUs, devices,
 * open files, iommufd's objects and who refers to whom.
 *
 * One world serves two masters. The model answers from it: there it is all
 * there is. A session on the real kernel keeps one beside it, fed with each
 * call that succeeded, so that a refusal can be explained; there ids and fds
 * are the kernel's, and what nobody looked up is SMN_UNKNOWN.
 */
#ifndef SMN_ABI_WORLD_H
#define SMN_ABI_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "abi/areas.h"
#include "abi/fact.h"
#include "abi/ids.h"
#include "abi/op.h"
#include "abi/rules.h"
#include "arch/field.h"

#define SMN_ANY_FD (-1)

struct smn_row;

struct smn_smmu {
	struct smn_smmu *next;
	char name[48];			/* its instance in sysfs */
	enum smn_truth told;		/* are the registers known? */
	uint32_t regs[SMN_NREGS];
	smn_feats feats;
	uint64_t pages;			/* sizes of page it has: a bit each */
	struct smn_rules rules;		/* when told */
	uint32_t errata;		/* hw_info.flags */
	uint32_t nvmids;		/* taken by parents of this world */
	struct smn_facts facts;
};

/* Events or faults that wait to be read. */
struct smn_ring;

struct smn_obj {
	uint32_t id;
	uint32_t users;			/* who refers to it */
	uint8_t type;			/* enum smn_type */
	struct smn_ictx *x;
	union {
		struct smn_ioas {
			struct smn_space space;	/* mapped, reserved, allowed */
			struct smn_obj *hwpts;	/* by .next, .prev */
			bool small_pages;
		} ioas;
		struct smn_paging {
			struct smn_obj *ioas, *next, **prev, *faultq;
			struct smn_smmu *smmu;
			uint64_t last;	/* address it translates, 0: unknown */
			uint32_t flags;
			bool s2, automatic;
			bool coherent;	/* enforces what CANWBS promises */
		} paging;
		struct smn_nested {
			struct smn_obj *viommu, *faultq;
			uint64_t ste[2];
			uint32_t flags;
		} nested;
		struct smn_viommu {
			struct smn_obj *parent;
			struct smn_smmu *smmu;
			uint32_t type;
			struct smn_obj *vdevices, *veventqs;	/* by .next */
		} viommu;
		struct smn_vdevice {
			struct smn_obj *viommu, *next;
			struct smn_pdev *dev;
			uint64_t virt_id;
		} vdevice;
		struct smn_device_obj {
			struct smn_pdev *dev;
		} device;
		struct smn_veventq {
			struct smn_obj *viommu, *next;
			uint32_t type, depth;
			int fd;
			struct smn_ring *ring;
		} veventq;
		struct smn_faultq {
			int fd;
		} faultq;
	};
};

/* A PASID of a device, attached to something of its own. */
struct smn_pasid {
	struct smn_pasid *next;
	uint32_t pasid;
	struct smn_obj *hwpt;
};

#define SMN_PCI_REGIONS 9	/* six BARs, ROM, configuration, VGA */
#define SMN_PCI_IRQS 5		/* INTx, MSI, MSI-X, errors, requests */

/* An interrupt of a device and the eventfd it signals. */
struct smn_irq {
	struct smn_irq *next;
	uint32_t vector;
	int fd;
};

/* What VFIO tells of a device beside iommufd. */
struct smn_vfio {
	/* bytes of a region, and how many interrupts there are */
	struct { bool known; uint64_t n; } regions[SMN_PCI_REGIONS],
		irqs[SMN_PCI_IRQS];
	uint32_t used;		/* what kind of them is in use: 1 + index */
	uint32_t nvectors;	/* of it, that were allocated */
	uint32_t single;	/* 1 << index: errors, requests are signalled */
	struct smn_irq *armed;	/* of that kind, a list */
	enum smn_truth decodes;	/* memory decoding is on */
	uint16_t ports;		/* 1 << region: I/O ports, as far as known */
};

/* A PCI device and its VFIO node. */
struct smn_pdev {
	struct smn_pdev *next;
	char bdf[16];
	char cdev[40];			/* "/dev/vfio/devices/vfio0" */
	struct smn_smmu *smmu;		/* NULL: not known */
	struct smn_facts facts;
	struct smn_why holder;		/* who else has it open, or "" */
	int group;			/* IOMMU group, -1: none or unknown */
	uint32_t sid;
	struct smn_obj *object;	/* iommufd's, while it is bound */
	struct smn_obj *vdevice;
	struct smn_obj *hwpt;	/* what it is attached to */
	bool by_pasid;		/* by an attachment of "PASID 0" */
	struct smn_pasid *pasids;	/* other PASIDs that are attached */
	struct smn_obj *vmaster;	/* the vIOMMU that gets its events */
	uint64_t vsid;			/* and under which name */
	const struct smn_region *reserved;
	unsigned int nreserved;
	struct smn_vfio vfio;
	struct smn_gadget *gadget;	/* the model's: what answers */
};

/* A range a device's driver keeps from being mapped. */
struct smn_region {
	uint64_t start, last;
	bool msi;		/* the software MSI window */
};

/* One open /dev/iommu. It lives while its fd, a device bound to it, or the file
 * of one of its queues does. */
struct smn_ictx {
	struct smn_ids ids;
	uint32_t refs;
	struct smn_obj *compat;		/* the IOAS of IOMMU_VFIO_IOAS */
	bool process_rlimit;
};

enum smn_file_kind {
	SMN_FILE_NONE,
	SMN_FILE_IOMMU,
	SMN_FILE_CDEV,
	SMN_FILE_VEVENTQ,
	SMN_FILE_FAULTQ,
	SMN_FILE_EVENTFD,
	SMN_FILE_DMABUF,
	SMN_FILE_OTHER,		/* open, and none of ours */
};

struct smn_file {
	enum smn_file_kind kind;
	bool bound;			/* SMN_FILE_CDEV */
	struct smn_ictx *x;		/* IOMMU; CDEV when bound */
	struct smn_pdev *dev;		/* CDEV; DMABUF until that is gone */
	struct smn_obj *queue;	/* the queues */
	uint64_t count;			/* SMN_FILE_EVENTFD */
	uint64_t bytes;			/* OTHER: can be pinned; DMABUF */
	/* SMN_FILE_DMABUF: where in the device's file its range begins */
	uint64_t offset;
	uint32_t ranges;
	enum smn_truth revoked;
};

/* Kinds of lines in the kernel's log. */
enum smn_log {
	SMN_LOG_EVENT = 1,	/* an event that no vEVENTQ got */
	SMN_LOG_TOKEN = 2,	/* BIND wants a token, or wants none */
	SMN_LOG_DIRECT = 4,	/* BIND meets a 1:1 mapping */
};

struct smn_world {
	bool answers;			/* the model's: all is known */
	bool incomplete;		/* memory ran out: ids are not known */
	uint16_t kernel;		/* 703 is 7.3, 0: not known */
	struct smn_facts facts;
	uint64_t page;			/* bytes of a page of this machine */
	uint64_t memlock;		/* bytes, ~0: no limit, 0: unknown */
	uint64_t pinned;		/* bytes pinned by what is here */
	bool memlock_counts;		/* CAP_IPC_LOCK is missing */
	uint32_t nasids;		/* taken by stage 1 HWPTs */
	struct smn_smmu *smmus;
	struct smn_pdev *devs;
	struct smn_file *files;		/* by fd */
	size_t nfiles;
	struct smn_areas memory;	/* of ours that can be pinned */
	/* how to touch other memory, 0 or -EFAULT; NULL: as one's own */
	int (*touch)(void *here, uint64_t there, size_t n, bool write);
	uint32_t log;			/* enum smn_log: what was logged */
	/*
	 * What befalls a model that has it not in itself, as a race or a lack:
	 * one of the rows whose test is smn_test_elsewhere(). NULL: nothing.
	 */
	const struct smn_row *befalls;
};

void smn_world_init(struct smn_world *w);
void smn_world_free(struct smn_world *w);

/*
 * Make them known, before they are used; NULL: no memory. Facts start as
 * unknown, as no where the world answers.
 */
struct smn_smmu *smn_world_add_smmu(struct smn_world *w, const char *name);
struct smn_pdev *smn_world_add_device(struct smn_world *w, const char *bdf,
				      const char *cdev, struct smn_smmu *smmu);

/* Registers of an SMMU, as GET_HW_INFO tells them. */
void smn_smmu_tell(struct smn_smmu *smmu, const uint32_t regs[SMN_NREGS]);

/*
 * Does the driver nest on it? Both stages are needed, and no erratum against
 * it. By the registers alone: the fact NESTING_ERRATUM is the caller's.
 */
enum smn_truth smn_smmu_nests(const struct smn_smmu *smmu);

/* Are they the same one? Unknown where one is, or has no name. */
enum smn_truth smn_smmu_same(const struct smn_world *w,
			     const struct smn_smmu *a,
			     const struct smn_smmu *b);

struct smn_smmu *smn_world_smmu(const struct smn_world *w, const char *name);
struct smn_pdev *smn_world_cdev(const struct smn_world *w, const char *path);

enum smn_node smn_node_of(const char *path);

/* What a file descriptor is; NULL when this world knows nothing of it. */
struct smn_file *smn_world_file(const struct smn_world *w, int fd);

/* @path was opened as @fd. 0 or -ENOMEM. */
int smn_world_opened(struct smn_world *w, const char *path, int fd);

/* @fd was closed, and all that lives and dies with it. */
void smn_world_closed(struct smn_world *w, int fd);

/* The lowest number that is no open file's, for a world that answers. */
int smn_world_free_fd(const struct smn_world *w);

/* A new file of that kind; NULL: no memory. */
struct smn_file *smn_world_add_file(struct smn_world *w, int fd,
				    enum smn_file_kind kind);

/* Memory of this process that can be pinned, mapped at @p. 0 or -ENOMEM. */
int smn_world_memory(struct smn_world *w, const void *p, size_t len);
void smn_world_forget_memory(struct smn_world *w, const void *p);

/*
 * What the kernel does at a user's pointer. 0, or -EFAULT: there is no such
 * memory. Where the world does not answer the memory must be there.
 */
int smn_user_read(const struct smn_world *w, void *to, uint64_t from,
		  size_t n);
int smn_user_write(const struct smn_world *w, uint64_t to, const void *from,
		   size_t n);

/* No interrupt of the device is in use any more. */
void smn_pdev_disarm(struct smn_pdev *dev);

/* --- objects --- */

/*
 * A new object in @x. Where the world answers, *id becomes the lowest free
 * number; else *id is the number the kernel gave. NULL: no memory.
 */
struct smn_obj *smn_obj_new(struct smn_world *w, struct smn_ictx *x,
				  enum smn_type type, uint32_t *id);

/* The object of that id, or NULL: none, or only its tombstone. */
struct smn_obj *smn_obj_get(const struct smn_ictx *x, uint32_t id);

/* Was it a vDEVICE whose device went away, so that the number stays taken? */
bool smn_obj_is_tombstone(const struct smn_ictx *x, uint32_t id);

/* Undo what it held, give the number back, free it. Nobody may refer to it. */
void smn_obj_free(struct smn_world *w, struct smn_obj *o);

/* The same for a vDEVICE whose device goes: the number stays taken. */
void smn_obj_bury(struct smn_world *w, struct smn_obj *o);

/* The SMMU a HWPT, vIOMMU or device is on; NULL: of no one known. */
struct smn_smmu *smn_obj_smmu(const struct smn_obj *o);

/* The vDEVICE of that vSID on a vIOMMU, or NULL. */
struct smn_obj *smn_viommu_vdevice(const struct smn_obj *viommu,
				      uint64_t virt_id);

/* --- attachments: attach.c --- */

/* The stage 2 under a nested HWPT, a paging HWPT itself, or NULL. */
struct smn_obj *smn_hwpt_paging(struct smn_obj *hwpt);

/* The address space under it, or NULL. */
struct smn_space *smn_hwpt_space(struct smn_obj *hwpt);

/* Devices of one IOMMU group; one whose group is not known is alone. */
bool smn_pdev_related(const struct smn_pdev *a, const struct smn_pdev *b);

/*
 * What the PASID of the device itself is attached to, and what is in effect
 * because a device of its group is; 0 stands for no PASID.
 */
struct smn_obj *smn_pdev_hwpt(const struct smn_pdev *dev, uint32_t pasid);
struct smn_obj *smn_pdev_group_hwpt(const struct smn_world *w,
				    const struct smn_pdev *dev,
				    uint32_t pasid);

/*
 * The device is now attached to @hwpt, or to nothing (NULL), with every
 * consequence for references, reserved ranges, events, and the devices of its
 * group: replacing moves all that are attached. 0 or -ENOMEM.
 */
int smn_pdev_attach(struct smn_world *w, struct smn_pdev *dev,
		    struct smn_obj *hwpt);

/* The same for one PASID, not 0. */
int smn_pdev_attach_pasid(struct smn_world *w, struct smn_pdev *dev,
			  uint32_t pasid, struct smn_obj *hwpt);

/* No attachment is left. */
void smn_pdev_detach(struct smn_world *w, struct smn_pdev *dev);

#endif
