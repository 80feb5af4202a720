// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same calls to the kernel and to the model: bind, attach, detach, queues,
 * with arguments right and wrong. TAP, a line a call whose answers must agree;
 * the model's reason is told.
 *
 *   vfio-same CDEV
 */
#include "../unit/modelvm.h"

struct same {
	struct vm real, model;
	struct tap t;
};

/* Both are asked; the second one is the model. */
#define SAME(s, what, call) \
	do { \
		struct vm *vm = &(s)->real; \
		long a = (call), b; \
		vm = &(s)->model; \
		b = (call); \
		if (!tap_ok(&(s)->t, a == b, "%s: %ld %s", what, b, \
			    vm_reason(vm))) \
			printf("# the kernel says %ld\n", a); \
	} while (0)

#define BOTH(s, call) \
	do { \
		struct vm *vm = &(s)->real; \
		call; \
		vm = &(s)->model; \
		call; \
	} while (0)

static int bind(struct vm *vm, uint32_t argsz, uint32_t flags, int fd,
		const void *token)
{
	struct {
		struct vfio_device_bind_iommufd bind;
		uint64_t tail;
	} a = { { argsz, flags, fd, 0, (uintptr_t)token }, 1 };
	int ret = vm_ioctl(vm, SMN_VFIO_DEVICE_BIND_IOMMUFD, vm->cdev[ALONE],
			   &a);

	if (!ret)
		vm->id[ALONE] = a.bind.out_devid;
	return ret;
}

static int attach(struct vm *vm, uint32_t argsz, uint32_t flags, uint32_t pt,
		  uint32_t pasid)
{
	struct vfio_device_attach_iommufd_pt a = { argsz, flags, pt, pasid };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
			vm->cdev[ALONE], &a);
}

static int detach(struct vm *vm, uint32_t argsz, uint32_t flags,
		  uint32_t pasid)
{
	struct vfio_device_detach_iommufd_pt a = { argsz, flags, pasid };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT,
			vm->cdev[ALONE], &a);
}

static void binds(struct same *s)
{
	static const unsigned char token[16];

	SAME(s, "attach before bind", attach(vm, 16, 0, 1, 0));
	SAME(s, "detach before bind", detach(vm, 8, 0, 0));
	SAME(s, "destroy before bind",
	     vm_ioctl(vm, SMN_IOMMU_DESTROY, vm->cdev[ALONE],
		      &(struct iommu_destroy){ 8, 1 }));
	SAME(s, "bind 15 bytes", bind(vm, 15, 0, vm->iommu, NULL));
	SAME(s, "bind 32 bytes", bind(vm, 32, 0, vm->iommu, NULL));
	SAME(s, "bind to -1", bind(vm, 24, 0, -1, NULL));
	SAME(s, "bind with flag 2", bind(vm, 24, 2, vm->iommu, NULL));
	SAME(s, "bind, token nowhere", bind(vm, 24, 1, vm->iommu, NULL));
	SAME(s, "bind, token unasked", bind(vm, 24, 1, vm->iommu, token));
	SAME(s, "bind to no file", bind(vm, 24, 0, 999, NULL));
	SAME(s, "bind to a cdev", bind(vm, 24, 0, vm->cdev[ALONE], NULL));
	SAME(s, "bind, 16 bytes", bind(vm, 16, 0, vm->iommu, NULL));
	SAME(s, "the device's id", vm->id[ALONE]);
	SAME(s, "bind twice", bind(vm, 24, 0, vm->iommu, NULL));
	SAME(s, "iommufd's ioctl", vm_ioctl(vm, SMN_IOMMU_DESTROY,
					    vm->cdev[ALONE],
					    &(struct iommu_destroy){ 8, 1 }));
	SAME(s, "VFIO's ioctl", vm_ioctl(vm, SMN_VFIO_DEVICE_BIND_IOMMUFD,
					 vm->iommu,
					 &(struct vfio_device_bind_iommufd)
					 { .argsz = 24 }));
}

static void attaches(struct same *s)
{
	BOTH(s, vm->ioas = vm_ioas(vm));
	BOTH(s, vm->s2 = vm_hwpt(vm, ALONE, vm->ioas,
				 IOMMU_HWPT_ALLOC_NEST_PARENT));
	BOTH(s, vm->viommu = vm_viommu(vm, ALONE, vm->s2));
	SAME(s, "the vIOMMU's id", vm->viommu);
	SAME(s, "attach 11 bytes", attach(vm, 11, 0, vm->s2, 0));
	SAME(s, "attach with flag 2", attach(vm, 16, 2, vm->s2, 0));
	SAME(s, "attach, PASID cut", attach(vm, 15, 1, vm->s2, 0));
	SAME(s, "attach, PASID 2^31", attach(vm, 16, 1, vm->s2, 1u << 31));
	SAME(s, "attach to 99", attach(vm, 16, 0, 99, 0));
	SAME(s, "attach to a vIOMMU", attach(vm, 16, 0, vm->viommu, 0));
	SAME(s, "attach to a device", attach(vm, 16, 0, vm->id[ALONE], 0));
	SAME(s, "attach, 12 bytes", attach(vm, 12, 0, vm->s2, 0));
	SAME(s, "detach, 7 bytes", detach(vm, 7, 0, 0));
	SAME(s, "detach with flag 2", detach(vm, 12, 2, 0));
	SAME(s, "detach, PASID cut", detach(vm, 11, 1, 0));
	SAME(s, "detach", detach(vm, 8, 0, 0));
	SAME(s, "detach again", detach(vm, 8, 0, 0));
	SAME(s, "detach PASID 3", detach(vm, 12, 1, 3));
}

static int unmap(struct vm *vm, uint64_t iova)
{
	struct iommu_ioas_unmap a = { .size = sizeof(a), .iova = iova,
				      .ioas_id = vm->ioas, .length = 4096 };

	return vm_ioctl(vm, SMN_IOMMU_IOAS_UNMAP, vm->iommu, &a);
}

/* What a refused replacement costs; an IOAS and what is made for it. */
static void replaces(struct same *s, void *page)
{
	uint32_t flags = IOMMU_IOAS_MAP_READABLE;

	SAME(s, "attach to the parent", attach(vm, 16, 0, vm->s2, 0));
	SAME(s, "map in the window", vm_map(vm, vm->ioas, page, 4096,
					    0x08000000, flags));
	SAME(s, "a stage 1", vm_nested(vm, ALONE, STE_S1, 0, 0));
	SAME(s, "replace without vDEVICE",
	     attach(vm, 16, 0, vm->viommu + 1, 0));
	SAME(s, "map in the window again", vm_map(vm, vm->ioas, page, 4096,
						  0x08000000, flags));
	SAME(s, "detach", detach(vm, 8, 0, 0));
	SAME(s, "attach beside a mapping", attach(vm, 16, 0, vm->s2, 0));
	SAME(s, "another IOAS", vm_ioas(vm));
	SAME(s, "a mapping in it", vm_map(vm, vm->viommu + 2, page, 4096,
					  0x09000000, flags));
	SAME(s, "attach to it", attach(vm, 16, 0, vm->viommu + 2, 0));
	SAME(s, "its HWPT is there", vm_destroy(vm, vm->viommu + 3));
	SAME(s, "replace by a collision", attach(vm, 16, 0, vm->s2, 0));
	SAME(s, "detach", detach(vm, 8, 0, 0));
	SAME(s, "its HWPT is gone", vm_destroy(vm, vm->viommu + 3));
	SAME(s, "the IOAS is free", vm_destroy(vm, vm->viommu + 2));
	SAME(s, "unmap the window", unmap(vm, 0x08000000));
}

static void pasids(struct same *s)
{
	uint32_t id;

	BOTH(s, vm->ioas = vm_ioas(vm));
	SAME(s, "a bad address", vm_map(vm, vm->ioas, (void *)4096, 4096,
					1 << 20, IOMMU_IOAS_MAP_READABLE));
	SAME(s, "makes no HWPT", attach(vm, 16, 0, vm->ioas, 0));
	SAME(s, "without it", unmap(vm, 1 << 20));
	BOTH(s, id = vm_hwpt(vm, ALONE, vm->ioas, IOMMU_HWPT_ALLOC_PASID));
	SAME(s, "PASID 5 to the parent", attach(vm, 16, 1, vm->s2, 5));
	SAME(s, "PASID 5 to an IOAS", attach(vm, 16, 1, vm->ioas, 5));
	SAME(s, "PASID 5", attach(vm, 16, 1, id, 5));
	SAME(s, "PASID 5 again", attach(vm, 16, 1, id, 5));
	SAME(s, "now the parent", attach(vm, 16, 0, vm->s2, 0));
	SAME(s, "now an IOAS", attach(vm, 16, 0, vm->ioas, 0));
	SAME(s, "now the same", attach(vm, 16, 0, id, 0));
	SAME(s, "PASID 0 beside it", attach(vm, 16, 1, id, 0));
	SAME(s, "detach PASID 0", detach(vm, 12, 1, 0));
	SAME(s, "detach", detach(vm, 8, 0, 0));
	SAME(s, "PASID 0 alone", attach(vm, 16, 1, id, 0));
	SAME(s, "without one beside it", attach(vm, 16, 0, id, 0));
	SAME(s, "detach", detach(vm, 8, 0, 0));
	SAME(s, "still attached", attach(vm, 16, 0, id, 0));
	SAME(s, "detach PASID 0", detach(vm, 12, 1, 0));
	SAME(s, "destroy it", vm_destroy(vm, id));
	SAME(s, "detach PASID 5", detach(vm, 12, 1, 5));
	SAME(s, "destroy it", vm_destroy(vm, id));
}

static long event_queue(struct vm *vm, uint32_t type, uint32_t depth, int *fd)
{
	uint32_t id = 0;
	int ret = vm_veventq(vm, type, depth, &id);

	*fd = ret;
	return ret < 0 ? ret : (long)id;
}

static void queues(struct same *s)
{
	struct iommu_hwpt_page_response answer = { 1, 2 };
	struct iommu_fault_alloc f = { .size = sizeof(f) };
	char in[80];
	int q[2], *fd = q;

	SAME(s, "type 0", event_queue(vm, 0, 1, fd));
	SAME(s, "depth 0", event_queue(vm, 1, 0, fd));
	SAME(s, "depth 2^19 + 1", event_queue(vm, 1, (1 << 19) + 1, fd));
	SAME(s, "a queue", event_queue(vm, 1, 4,
				       &q[vm == &s->model]));
#define FD q[vm == &s->model]
#define READ(n) smn_sys_read_queue(&vm->sys, SMN_READ_VEVENTQ, FD, in, n)
	SAME(s, "read 7", READ(7));
	SAME(s, "read 8", READ(8));
	SAME(s, "read 80", READ(80));
	SAME(s, "write to it", smn_sys_write_queue(&vm->sys, FD, in, 8));
	SAME(s, "close it", smn_sys_close(&vm->sys, FD));
	BOTH(s, (vm_ioctl(vm, SMN_IOMMU_FAULT_QUEUE_ALLOC, vm->iommu, &f),
		 FD = f.out_fault_fd));
#undef READ
#define READ(n) smn_sys_read_queue(&vm->sys, SMN_READ_FAULTQ, FD, in, n)
	SAME(s, "read 0 of a fault queue", READ(0));
	SAME(s, "read 41", READ(41));
	SAME(s, "read 80", READ(80));
#define WRITE(n) smn_sys_write_queue(&vm->sys, FD, &answer, n)
	SAME(s, "write 0", WRITE(0));
	SAME(s, "write 7", WRITE(7));
	SAME(s, "write a wrong code", WRITE(8));
	answer.code = 0;
	SAME(s, "write a wrong cookie", WRITE(8));
	SAME(s, "write from nowhere",
	     smn_sys_write_queue(&vm->sys, FD, (void *)8, 8));
	SAME(s, "close the iommufd", smn_sys_close(&vm->sys, vm->iommu));
	SAME(s, "its device is still bound", attach(vm, 16, 0, vm->s2, 0));
	SAME(s, "close all",
	     smn_sys_close(&vm->sys, vm->cdev[ALONE]) +
	     smn_sys_close(&vm->sys, FD));
	SAME(s, "close it twice", smn_sys_close(&vm->sys, FD));
}

int main(int argc, char **argv)
{
	struct same s = { .real.sys.be = &smn_backend_kernel };
	void *page;

	vm_machine(&s.model);
	s.real.iommu = smn_sys_open(&s.real.sys, "/dev/iommu", O_RDWR);
	s.model.iommu = smn_sys_open(&s.model.sys, "/dev/iommu", O_RDWR);
	s.real.cdev[ALONE] = argc == 2 ?
		smn_sys_open(&s.real.sys, argv[1], O_RDWR) : -1;
	vm_open(&s.model, ALONE);
	if (s.real.iommu < 0 || s.real.cdev[ALONE] < 0) {
		fprintf(stderr, "usage: vfio-same CDEV\n");
		return 1;
	}
	page = smn_sys_map(&s.model.sys, 4096);
	binds(&s);
	attaches(&s);
	replaces(&s, page);
	pasids(&s);
	queues(&s);
	return tap_done(&s.t);
}
