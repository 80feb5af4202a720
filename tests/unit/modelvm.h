/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small machine for tests of the model: an SMMU with three devices, two of
 * them in one group, a second SMMU with one, and the raw ioctls.
 */
#ifndef MODELVM_H
#define MODELVM_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "sys/model.h"
#include "tap.h"

enum { ALONE, PAIR1, PAIR2, OTHER, NDEVS };

struct vm {
	struct smn_model *m;
	struct smn_world *w;
	struct smn_sys sys;
	struct smn_pdev *dev[NDEVS];
	int iommu, cdev[NDEVS];
	uint32_t id[NDEVS];		/* of the bound devices */
	uint32_t ioas, s2, viommu;
};

static const struct smn_region msi_window[] = {
	{ 0x08000000, 0x080fffff, true },
};

static const char *const bdfs[NDEVS] = {
	"0000:00:02.0", "0000:00:03.0", "0000:00:04.0", "0001:00:05.0",
};
static const char *const cdevs[NDEVS] = {
	"/dev/vfio/devices/vfio0", "/dev/vfio/devices/vfio1",
	"/dev/vfio/devices/vfio2", "/dev/vfio/devices/vfio3",
};

static inline void vm_machine(struct vm *vm)
{
	/* QEMU's SMMU with both stages */
	static const uint32_t regs[SMN_NREGS] = {
		0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1
	};
	static const int groups[NDEVS] = { 1, 2, 2, 3 };
	struct smn_smmu *smmu[2];

	*vm = (struct vm){ .m = smn_model_new(), .iommu = -1 };
	vm->w = smn_model_world(vm->m);
	vm->sys = (struct smn_sys){ .be = &smn_backend_model, .priv = vm->m,
				    .world = vm->w };
	smmu[0] = smn_world_add_smmu(vm->w, "smmu3.0");
	smmu[1] = smn_world_add_smmu(vm->w, "smmu3.1");
	smn_smmu_tell(smmu[0], regs);
	smn_smmu_tell(smmu[1], regs);
	for (int i = 0; i < NDEVS; i++) {
		struct smn_pdev *d = smn_world_add_device(
			vm->w, bdfs[i], cdevs[i], smmu[i == OTHER]);

		d->group = groups[i];
		d->sid = 0x10 + 8 * i;
		d->reserved = msi_window;
		d->nreserved = 1;
		vm->dev[i] = d;
		vm->cdev[i] = -1;
	}
}

static inline void vm_free(struct vm *vm)
{
	smn_model_free(vm->m);
}

static inline int vm_ioctl(struct vm *vm, enum smn_op_id op, int fd, void *arg)
{
	return smn_sys_ioctl(&vm->sys, op, fd, arg);
}

/* The model's reason, "" when there was none. */
static inline const char *vm_reason(const struct vm *vm)
{
	const struct smn_row *row = smn_model_refusal(vm->m);

	return row ? row->id : "";
}

/* Was the answer @err, for that reason? @id NULL: it went well. */
static inline bool vm_is(struct tap *t, const struct vm *vm, int ret, int err,
			 const char *id, const char *what)
{
	bool ok = ret == -err && !strcmp(vm_reason(vm), id ? id : "");

	if (!tap_ok(t, ok, "%s", what))
		printf("# answered %d (%s), not %d (%s)\n", ret,
		       vm_reason(vm), -err, id ? id : "");
	return ok;
}

static inline int vm_open(struct vm *vm, int i)
{
	vm->cdev[i] = smn_sys_open(&vm->sys, cdevs[i], O_RDWR);
	return vm->cdev[i];
}

static inline int vm_bind(struct vm *vm, int i)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind), .iommufd = vm->iommu,
	};
	int ret = vm_ioctl(vm, SMN_VFIO_DEVICE_BIND_IOMMUFD, vm->cdev[i],
			   &bind);

	if (!ret)
		vm->id[i] = bind.out_devid;
	return ret;
}

static inline uint32_t vm_ioas(struct vm *vm)
{
	struct iommu_ioas_alloc a = { .size = sizeof(a) };

	return vm_ioctl(vm, SMN_IOMMU_IOAS_ALLOC, vm->iommu, &a) ? 0 :
		a.out_ioas_id;
}

static inline int vm_map(struct vm *vm, uint32_t ioas, void *p, uint64_t len,
			 uint64_t iova, uint32_t flags)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map), .ioas_id = ioas, .length = len,
		.user_va = (uintptr_t)p, .iova = iova,
		.flags = flags | IOMMU_IOAS_MAP_FIXED_IOVA,
	};

	return vm_ioctl(vm, SMN_IOMMU_IOAS_MAP, vm->iommu, &map);
}

static inline uint32_t vm_hwpt(struct vm *vm, int dev, uint32_t pt,
			       uint32_t flags)
{
	struct iommu_hwpt_alloc a = {
		.size = sizeof(a), .flags = flags, .dev_id = vm->id[dev],
		.pt_id = pt,
	};

	return vm_ioctl(vm, SMN_IOMMU_HWPT_ALLOC, vm->iommu, &a) ? 0 :
		a.out_hwpt_id;
}

static inline uint32_t vm_nested(struct vm *vm, int dev, uint64_t ste0,
				 uint64_t ste1, uint32_t faultq)
{
	const uint64_t ste[2] = { ste0, ste1 };
	struct iommu_hwpt_alloc a = {
		.size = sizeof(a), .dev_id = vm->id[dev], .pt_id = vm->viommu,
		.data_type = IOMMU_HWPT_DATA_ARM_SMMUV3,
		.data_len = sizeof(ste), .data_uptr = (uintptr_t)ste,
		.flags = faultq ? IOMMU_HWPT_FAULT_ID_VALID : 0,
		.fault_id = faultq,
	};

	return vm_ioctl(vm, SMN_IOMMU_HWPT_ALLOC, vm->iommu, &a) ? 0 :
		a.out_hwpt_id;
}

static inline uint32_t vm_viommu(struct vm *vm, int dev, uint32_t s2)
{
	struct iommu_viommu_alloc a = {
		.size = sizeof(a), .type = IOMMU_VIOMMU_TYPE_ARM_SMMUV3,
		.dev_id = vm->id[dev], .hwpt_id = s2,
	};

	return vm_ioctl(vm, SMN_IOMMU_VIOMMU_ALLOC, vm->iommu, &a) ? 0 :
		a.out_viommu_id;
}

static inline uint32_t vm_vdevice(struct vm *vm, int dev, uint64_t vsid)
{
	struct iommu_vdevice_alloc a = {
		.size = sizeof(a), .viommu_id = vm->viommu,
		.dev_id = vm->id[dev], .virt_id = vsid,
	};

	return vm_ioctl(vm, SMN_IOMMU_VDEVICE_ALLOC, vm->iommu, &a) ? 0 :
		a.out_vdevice_id;
}

static inline int vm_veventq(struct vm *vm, uint32_t type, uint32_t depth,
			     uint32_t *id)
{
	struct iommu_veventq_alloc a = {
		.size = sizeof(a), .viommu_id = vm->viommu, .type = type,
		.veventq_depth = depth,
	};
	int ret = vm_ioctl(vm, SMN_IOMMU_VEVENTQ_ALLOC, vm->iommu, &a);

	if (ret)
		return ret;
	*id = a.out_veventq_id;
	return a.out_veventq_fd;
}

static inline int vm_destroy(struct vm *vm, uint32_t id)
{
	struct iommu_destroy a = { sizeof(a), id };

	return vm_ioctl(vm, SMN_IOMMU_DESTROY, vm->iommu, &a);
}

/* *@pt becomes what the device is attached to. */
static inline int vm_attach(struct vm *vm, int dev, uint32_t *pt)
{
	struct vfio_device_attach_iommufd_pt a = { .argsz = sizeof(a),
						   .pt_id = *pt };
	int ret = vm_ioctl(vm, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
			   vm->cdev[dev], &a);

	*pt = a.pt_id;
	return ret;
}

static inline int vm_attach_to(struct vm *vm, int dev, uint32_t pt)
{
	return vm_attach(vm, dev, &pt);
}

static inline int vm_attach_pasid(struct vm *vm, int dev, uint32_t pasid,
				  uint32_t pt)
{
	struct vfio_device_attach_iommufd_pt a = {
		.argsz = sizeof(a), .flags = VFIO_DEVICE_ATTACH_PASID,
		.pt_id = pt, .pasid = pasid,
	};

	return vm_ioctl(vm, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT, vm->cdev[dev],
			&a);
}

static inline int vm_detach(struct vm *vm, int dev)
{
	struct vfio_device_detach_iommufd_pt a = { .argsz = sizeof(a) };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT, vm->cdev[dev],
			&a);
}

/* /dev/iommu is open, all devices are bound; IOAS, parent, vIOMMU exist. */
static inline void vm_nest(struct vm *vm)
{
	vm_machine(vm);
	vm->iommu = smn_sys_open(&vm->sys, "/dev/iommu", O_RDWR);
	for (int i = 0; i < NDEVS; i++) {
		vm_open(vm, i);
		vm_bind(vm, i);
	}
	vm->ioas = vm_ioas(vm);
	vm->s2 = vm_hwpt(vm, ALONE, vm->ioas, IOMMU_HWPT_ALLOC_NEST_PARENT);
	vm->viommu = vm_viommu(vm, ALONE, vm->s2);
}

/* How many devices keep their MSI window free in the IOAS @id. */
static inline size_t vm_windows(struct vm *vm, uint32_t id)
{
	struct smn_obj *o = smn_obj_get(vm->dev[ALONE]->object->x, id);
	size_t n = 0;

	for (size_t i = 0; i < o->ioas.space.reserved.n; i++)
		n += o->ioas.space.reserved.at[i].start == 0x08000000;
	return n;
}

/* STEs: V, and Cfg of abort, bypass, s1 */
#define STE_ABORT 0x1ULL
#define STE_BYPASS 0x9ULL
#define STE_S1 0xbULL

#endif
