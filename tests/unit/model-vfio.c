// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Binding, attaching and letting go on the model: what a 7.3 kernel answers,
 * and for which reason. Second SMMUs and facts that the emulated machine does
 * not have are seen only here.
 */
#include "modelvm.h"

/* --- open, bind, close --- */

static void opens(struct tap *t)
{
	struct vm vm;
	int fd;

	vm_machine(&vm);
	fd = smn_sys_open(&vm.sys, "/dev/vfio/devices/vfio9", O_RDWR);
	vm_is(t, &vm, fd, ENOENT, "open.cdev", "there is no such node");
	vm.dev[ALONE]->facts.is[SMN_FACT_GOING] = SMN_YES;
	vm_is(t, &vm, vm_open(&vm, ALONE), ENODEV, "open.going",
	      "a device that goes cannot be opened");
	vm.dev[ALONE]->facts.is[SMN_FACT_GOING] = SMN_NO;
	vm.w->facts.is[SMN_FACT_UNPRIVILEGED] = SMN_YES;
	vm_is(t, &vm, vm_open(&vm, ALONE), EACCES, "open.rights",
	      "nor one of root's");
	tap_ok(t, vm.sys.failed.op == SMN_OPEN && vm.sys.failed.err == -EACCES,
	       "what failed is remembered");
	vm.w->facts.is[SMN_FACT_UNPRIVILEGED] = SMN_NO;
	vm.w->facts.is[SMN_FACT_NO_IOMMUFD] = SMN_YES;
	fd = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	vm_is(t, &vm, fd, ENOENT, "open.iommu", "a kernel without iommufd");
	tap_ok(t, vm_open(&vm, ALONE) == 3, "the lowest number is taken");
	tap_ok(t, !smn_sys_close(&vm.sys, 3) && vm_open(&vm, ALONE) == 3,
	       "and given back");
	smn_sys_close(&vm.sys, 3);
	vm_is(t, &vm, smn_sys_close(&vm.sys, 3), EBADF, "close.fd",
	      "a closed file is not closed again");
	vm_free(&vm);
}

static int bind_raw(struct vm *vm, int i, uint32_t argsz, uint32_t flags,
		    int iommufd, const void *token)
{
	struct {
		struct vfio_device_bind_iommufd bind;
		uint64_t tail;
	} a = { { argsz, flags, iommufd, 0, (uintptr_t)token }, 1 };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_BIND_IOMMUFD, vm->cdev[i], &a);
}

static void bind_arguments(struct tap *t)
{
	unsigned char token[16] = { 0 };
	struct vm vm;
	int io;

	vm_machine(&vm);
	vm.iommu = io = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	vm_open(&vm, ALONE);
	vm_is(t, &vm, bind_raw(&vm, ALONE, 15, 0, io, NULL), EINVAL,
	      "bind.size", "15 bytes are too few");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 32, 0, io, NULL), E2BIG,
	      "bind.new", "bytes from the future");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 0, -1, NULL), EINVAL,
	      "bind.iommufd", "a negative file");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 2, io, NULL), EINVAL,
	      "bind.flags", "an unknown flag");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 1, io, NULL), EFAULT,
	      "bind.token.memory", "a token nowhere");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 1, io, token), EINVAL,
	      "bind.token.unused", "a token nobody asked for");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 0, 77, NULL), EBADF,
	      "bind.fd", "a file that is not open");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 0, vm.cdev[ALONE], NULL),
	      EBADFD, "bind.file", "a file that is no iommufd");
	vm.dev[ALONE]->facts.is[SMN_FACT_NEEDS_TOKEN] = SMN_YES;
	vm_is(t, &vm, vm_bind(&vm, ALONE), EACCES, "bind.token",
	      "a token is missing");
	tap_ok(t, vm.w->log & SMN_LOG_TOKEN, "which the log tells");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 16, 0, io, NULL), EACCES,
	      "bind.token", "16 bytes are enough");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 1, io, token), 0, NULL,
	      "with a token");
	vm_is(t, &vm, vm_bind(&vm, ALONE), EINVAL, "bind.twice", "twice");
	vm_free(&vm);

	vm_machine(&vm);
	vm.w->kernel = 616;
	vm.iommu = io = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	vm_open(&vm, ALONE);
	vm_is(t, &vm, bind_raw(&vm, ALONE, 24, 1, io, token), EINVAL,
	      "bind.flags.old", "6.16 has no tokens");
	vm_is(t, &vm, bind_raw(&vm, ALONE, 32, 0, io, NULL), 0, NULL,
	      "and does not look at what it does not know");
	vm_free(&vm);
}

static void bind_machine(struct tap *t)
{
	static const struct {
		enum smn_fact fact;
		int err;
		const char *id;
	} rows[] = {
		{ SMN_FACT_LEGACY_OPEN, EBUSY, "bind.legacy" },
		{ SMN_FACT_OPEN_ELSEWHERE, EINVAL, "bind.open" },
		{ SMN_FACT_GOING, ENODEV, "bind.going" },
		{ SMN_FACT_INCOHERENT, EINVAL, "bind.incoherent" },
		{ SMN_FACT_NO_GROUP, ENODEV, "bind.group.none" },
		{ SMN_FACT_MSI_SHARED, EPERM, "bind.msi" },
		{ SMN_FACT_GROUP_BUSY, EPERM, "bind.group" },
		{ SMN_FACT_OTHER_OWNER, EPERM, "bind.owner" },
		{ SMN_FACT_PASIDS_USED, EBUSY, "bind.domain" },
		{ SMN_FACT_RESETTING, EBUSY, "bind.reset" },
		{ SMN_FACT_DIRECT, EINVAL, "bind.direct" },
		{ SMN_FACT_DEVICE_BROKEN, EIO, "bind.enable" },
	};
	struct vm vm;

	vm_machine(&vm);
	vm.iommu = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	vm_open(&vm, ALONE);
	/* each comes before those that hold already */
	for (size_t i = SMN_ARRAY_SIZE(rows); i--;) {
		vm.dev[ALONE]->facts.is[rows[i].fact] = SMN_YES;
		vm_is(t, &vm, vm_bind(&vm, ALONE), rows[i].err, rows[i].id,
		      smn_fact_doc(rows[i].fact));
	}
	smn_facts_fill(&vm.dev[ALONE]->facts, SMN_NO);
	vm.dev[ALONE]->facts.is[SMN_FACT_MSI_SHARED] = SMN_YES;
	vm.w->facts.is[SMN_FACT_UNSAFE_INTERRUPTS] = SMN_YES;
	vm_is(t, &vm, vm_bind(&vm, ALONE), 0, NULL, "unsafe is allowed");
	vm_free(&vm);
}

static void owners(struct tap *t)
{
	struct iommu_destroy destroy = { sizeof(destroy), 1 };
	struct vm vm;
	int second;

	vm_machine(&vm);
	vm.iommu = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	second = smn_sys_open(&vm.sys, "/dev/iommu", O_RDWR);
	vm_open(&vm, PAIR1);
	vm_open(&vm, PAIR2);
	tap_ok(t, !vm_bind(&vm, PAIR1) && vm.id[PAIR1] == 1, "bound as 1");
	tap_ok(t, vm_destroy(&vm, 1) == -EBUSY, "VFIO holds it");
	vm.dev[PAIR2]->facts.is[SMN_FACT_GROUP_BUSY] = SMN_YES;
	vm.iommu = second;
	vm_is(t, &vm, vm_bind(&vm, PAIR2), EPERM, "bind.owner",
	      "the group belongs to the first iommufd");
	vm.iommu = vm.cdev[PAIR1] - 2;
	vm_is(t, &vm, vm_bind(&vm, PAIR2), 0, NULL,
	      "its second device needs nothing more of the group");
	vm.cdev[ALONE] = smn_sys_open(&vm.sys, cdevs[PAIR1], O_RDWR);
	vm_is(t, &vm, vm_bind(&vm, ALONE), EINVAL, "bind.open",
	      "a second file of a bound device");
	smn_sys_close(&vm.sys, vm.cdev[PAIR1]);
	tap_ok(t, !vm_bind(&vm, ALONE) && vm.id[ALONE] == 1,
	       "closing unbinds, and the number is free again");
	smn_sys_close(&vm.sys, vm.iommu);
	tap_ok(t, vm.dev[PAIR2]->object && vm.dev[PAIR2]->object->id == 2,
	       "an iommufd lives while a device is bound to it");
	tap_ok(t, vm_ioctl(&vm, SMN_IOMMU_DESTROY, vm.cdev[ALONE],
			   &destroy) == -ENOTTY, "iommufd's ioctl to VFIO");
	vm_free(&vm);
}

static void before_bind(struct tap *t)
{
	struct iommu_destroy destroy = { sizeof(destroy), 1 };
	struct vm vm;

	vm_machine(&vm);
	vm_open(&vm, ALONE);
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, 1), EINVAL, "attach.unbound",
	      "attach before bind");
	vm_is(t, &vm, vm_detach(&vm, ALONE), EINVAL, "detach.unbound",
	      "detach before bind");
	tap_ok(t, vm_ioctl(&vm, SMN_IOMMU_DESTROY, vm.cdev[ALONE],
			   &destroy) == -EINVAL, "anything before bind");
	vm_free(&vm);
}

/* --- attach, replace, detach --- */

static int attach_raw(struct vm *vm, uint32_t argsz, uint32_t flags,
		      uint32_t pt, uint32_t pasid)
{
	struct vfio_device_attach_iommufd_pt a = { argsz, flags, pt, pasid };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
			vm->cdev[ALONE], &a);
}

static int detach_raw(struct vm *vm, uint32_t argsz, uint32_t flags)
{
	struct vfio_device_detach_iommufd_pt a = { argsz, flags, 0 };

	return vm_ioctl(vm, SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT,
			vm->cdev[ALONE], &a);
}

static void attach_arguments(struct tap *t)
{
	struct vm vm;

	vm_nest(&vm);
	vm_is(t, &vm, attach_raw(&vm, 11, 0, vm.s2, 0), EINVAL,
	      "attach.size", "11 bytes are too few");
	vm_is(t, &vm, attach_raw(&vm, 16, 2, vm.s2, 0), EINVAL,
	      "attach.flags", "an unknown flag");
	vm_is(t, &vm, attach_raw(&vm, 15, 1, vm.s2, 0), EINVAL,
	      "attach.size.pasid", "a PASID that is cut off");
	vm_is(t, &vm, attach_raw(&vm, 16, 1, vm.s2, 1u << 31), ENOSPC,
	      "attach.pasid.range", "too large a PASID");
	vm_is(t, &vm, attach_raw(&vm, 16, 0, 99, 0), ENOENT, "attach.id",
	      "to nothing");
	vm_is(t, &vm, attach_raw(&vm, 16, 0, vm.viommu, 0), EINVAL,
	      "attach.type", "to a vIOMMU");
	vm_is(t, &vm, attach_raw(&vm, 16, 0, vm.id[ALONE], 0), EINVAL,
	      "attach.type", "to the device itself");
	vm_is(t, &vm, attach_raw(&vm, 12, 0, vm.s2, 0), 0, NULL,
	      "12 bytes are enough");
	vm_is(t, &vm, detach_raw(&vm, 7, 0), EINVAL, "detach.size",
	      "7 bytes are too few");
	vm_is(t, &vm, detach_raw(&vm, 12, 2), EINVAL, "detach.flags",
	      "an unknown flag");
	vm_is(t, &vm, detach_raw(&vm, 11, 1), EINVAL, "detach.size.pasid",
	      "a PASID that is cut off");
	vm_is(t, &vm, detach_raw(&vm, 8, 0), 0, NULL, "8 bytes are enough");
	vm_is(t, &vm, detach_raw(&vm, 8, 0), 0, NULL, "and once more");
	vm_free(&vm);
}

static void nested(struct tap *t)
{
	uint32_t s1, bypass, abort, invalid, vdevice;
	struct vm vm;

	vm_nest(&vm);
	s1 = vm_nested(&vm, ALONE, STE_S1, 0, 0);
	bypass = vm_nested(&vm, ALONE, STE_BYPASS, 0, 0);
	abort = vm_nested(&vm, ALONE, STE_ABORT, 0, 0);
	invalid = vm_nested(&vm, ALONE, STE_S1 - 1, 0, 0);
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, s1), ENOENT, "attach.vdevice",
	      "stage 1 needs a vDEVICE");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, bypass), 0, NULL,
	      "bypass needs none");
	tap_ok(t, !vm.dev[ALONE]->vmaster, "and gets no events then");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, abort), 0, NULL, "nor abort");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, invalid), 0, NULL, "nor V=0");
	tap_ok(t, vm_destroy(&vm, invalid) == -EBUSY &&
	       !vm_destroy(&vm, abort), "one is attached, the other not");
	vm.w->kernel = 616;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, bypass), ENOENT,
	      "attach.vdevice", "6.16 wants a vDEVICE for bypass, too");
	vm.w->kernel = 614;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, s1), 0, NULL,
	      "6.14 for nothing");
	vm.w->kernel = 703;
	vdevice = vm_vdevice(&vm, ALONE, 0x77);
	tap_ok(t, !vm_attach_to(&vm, ALONE, s1) && !vm.dev[ALONE]->vmaster,
	       "the same again does nothing");
	tap_ok(t, !vm_attach_to(&vm, ALONE, bypass) &&
	       vm.dev[ALONE]->vmaster && vm.dev[ALONE]->vsid == 0x77,
	       "another one: events go to the vIOMMU");
	tap_ok(t, !vm_destroy(&vm, vdevice) && vm.dev[ALONE]->vsid == 0x77 &&
	       vm.dev[ALONE]->vmaster, "also when the vDEVICE is gone");
	tap_ok(t, !vm_detach(&vm, ALONE) && !vm.dev[ALONE]->vmaster &&
	       !vm_destroy(&vm, bypass), "until it is detached");
	vm_free(&vm);
}

static void other_smmu(struct tap *t)
{
	uint32_t s1, bypass;
	struct vm vm;

	vm_nest(&vm);
	bypass = vm_nested(&vm, ALONE, STE_BYPASS, 0, 0);
	s1 = vm_hwpt(&vm, ALONE, vm.ioas, 0);
	vm_is(t, &vm, vm_attach_to(&vm, OTHER, bypass), EINVAL, "attach.smmu",
	      "a vIOMMU of another SMMU");
	vm_is(t, &vm, vm_attach_to(&vm, OTHER, s1), EINVAL, "attach.smmu",
	      "a HWPT of another SMMU");
	vm_free(&vm);
}

static void machine(struct tap *t)
{
	struct iommu_fault_alloc f = { .size = sizeof(f) };
	uint8_t *fact, *smmu;
	uint32_t faulting;
	struct vm vm;

	vm_nest(&vm);
	fact = vm.dev[ALONE]->facts.is;
	smmu = vm.dev[ALONE]->smmu->facts.is;
	vm_ioctl(&vm, SMN_IOMMU_FAULT_QUEUE_ALLOC, vm.iommu, &f);
	faulting = vm_nested(&vm, ALONE, STE_BYPASS, 0, f.out_fault_id);
	fact[SMN_FACT_NO_CANWBS] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EINVAL,
	      "attach.canwbs", "coherent, and the device is not");
	fact[SMN_FACT_ALIASED] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EINVAL,
	      "attach.canwbs", "two StreamIDs alone do no harm");
	fact[SMN_FACT_STALLS] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EOPNOTSUPP,
	      "attach.streams", "but with stalls");
	vm.w->facts.is[SMN_FACT_NO_SVA] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EOPNOTSUPP,
	      "attach.sva", "no SVA in the kernel");
	smmu[SMN_FACT_PASIDS_USED] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EBUSY,
	      "attach.pasid", "PASIDs of others");
	fact[SMN_FACT_RESETTING] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EBUSY,
	      "attach.reset", "a reset");
	fact[SMN_FACT_PRI_VF] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EINVAL,
	      "attach.pri", "a virtual function with PRI");
	fact[SMN_FACT_DEVICE_BROKEN] = SMN_YES;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, faulting), EIO, "attach.power",
	      "a device that sleeps");
	vm_is(t, &vm, vm_detach(&vm, ALONE), EIO, "detach.power",
	      "and cannot be detached either");
	vm_free(&vm);
}

/* --- an IOAS --- */

static void ioas(struct tap *t)
{
	uint32_t first, pt, again, other;
	struct vm vm;

	vm_nest(&vm);
	first = pt = vm.ioas;
	tap_ok(t, !vm_attach(&vm, ALONE, &pt) && pt == vm.viommu + 1,
	       "an IOAS: a HWPT is made, with the next number");
	again = vm.ioas;
	tap_ok(t, !vm_attach(&vm, PAIR1, &again) && again == pt,
	       "which the next device shares");
	other = vm.ioas;
	tap_ok(t, !vm_attach(&vm, OTHER, &other) && other != pt,
	       "but not one of another SMMU");
	tap_ok(t, vm_destroy(&vm, pt) == -EBUSY && !vm_detach(&vm, ALONE) &&
	       vm_destroy(&vm, pt) == -EBUSY, "it stays for the second one");
	tap_ok(t, !vm_detach(&vm, PAIR1) && vm_destroy(&vm, pt) == -ENOENT,
	       "and goes with the last");
	again = first;
	tap_ok(t, !vm_attach(&vm, ALONE, &again) && again == pt &&
	       !vm_attach_to(&vm, ALONE, vm.s2) &&
	       vm_destroy(&vm, pt) == -ENOENT, "as when it is replaced");
	vm_free(&vm);
}

static void lazily(struct tap *t)
{
	void *page;
	struct vm vm;

	vm_nest(&vm);
	vm.ioas = vm_ioas(&vm);
	page = smn_sys_map(&vm.sys, 4096);
	tap_ok(t, !vm_map(&vm, vm.ioas, (void *)0x1000, 4096, 1 << 20,
			  IOMMU_IOAS_MAP_READABLE), "a bad address is mapped");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, vm.ioas), EFAULT, "attach.pin",
	      "and found out when a HWPT is made");
	vm.ioas = vm_ioas(&vm);
	vm_map(&vm, vm.ioas, page, 4096, 1ULL << 50, IOMMU_IOAS_MAP_READABLE);
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, vm.ioas), EADDRINUSE,
	      "attach.outside", "so are 51 bits of address");
	vm.ioas = vm_ioas(&vm);
	vm_map(&vm, vm.ioas, page, 4096, 1 << 20, IOMMU_IOAS_MAP_READABLE);
	vm.w->memlock = 2048;
	vm.w->memlock_counts = true;
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, vm.ioas), ENOMEM,
	      "attach.memlock", "and RLIMIT_MEMLOCK");
	smn_sys_unmap(&vm.sys, page, 4096);
	vm_free(&vm);
}

static void window(struct tap *t)
{
	uint32_t second, s1;
	struct vm vm;
	void *page;

	vm_nest(&vm);
	page = smn_sys_map(&vm.sys, 4096);
	second = vm_ioas(&vm);
	vm_map(&vm, second, page, 4096, 0x080ff000, IOMMU_IOAS_MAP_READABLE);
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, second), EADDRINUSE,
	      "attach.msi", "memory where MSIs go");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, vm.s2), 0, NULL, "or not");
	tap_ok(t, vm_windows(&vm, vm.ioas) == 1, "the window is kept free");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, second), EADDRINUSE,
	      "attach.msi", "also when it is a replacement");
	tap_ok(t, vm_windows(&vm, vm.ioas) == 1 && !vm_windows(&vm, second),
	       "which changes nothing then");
	s1 = vm_nested(&vm, ALONE, STE_S1, 0, 0);
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, s1), ENOENT, "attach.vdevice",
	      "what the driver refuses on the same IOAS");
	tap_ok(t, !vm_windows(&vm, vm.ioas), "costs the window");
	smn_sys_unmap(&vm.sys, page, 4096);
	vm_free(&vm);
}

int main(void)
{
	struct tap t = { 0 };

	opens(&t);
	bind_arguments(&t);
	bind_machine(&t);
	owners(&t);
	before_bind(&t);
	attach_arguments(&t);
	nested(&t);
	other_smmu(&t);
	machine(&t);
	ioas(&t);
	lazily(&t);
	window(&t);
	return tap_done(&t);
}
