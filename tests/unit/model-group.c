// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attachments of IOMMU groups of two devices, and of PASIDs, on the model. The
 * emulated machine has neither.
 */
#include "modelvm.h"

static int detach_pasid(struct vm *vm)
{
	struct vfio_device_detach_iommufd_pt a = {
		.argsz = sizeof(a), .flags = VFIO_DEVICE_DETACH_PASID,
	};

	return vm_ioctl(vm, SMN_VFIO_DEVICE_DETACH_IOMMUFD_PT,
			vm->cdev[ALONE], &a);
}

static void groups(struct tap *t)
{
	uint32_t s1, bypass, hwpt;
	struct vm vm;

	vm_nest(&vm);
	s1 = vm_nested(&vm, PAIR1, STE_S1, 0, 0);
	bypass = vm_nested(&vm, PAIR1, STE_BYPASS, 0, 0);
	hwpt = vm_hwpt(&vm, PAIR1, vm.ioas, 0);
	vm_vdevice(&vm, PAIR1, 1);
	vm_is(t, &vm, vm_attach_to(&vm, PAIR1, s1), ENOENT, "attach.vdevice",
	      "both devices of a group need a vDEVICE");
	tap_ok(t, !vm_attach_to(&vm, PAIR1, bypass) &&
	       vm.dev[PAIR1]->vmaster && !vm.dev[PAIR2]->vmaster,
	       "the first one sets what both go through");
	vm_is(t, &vm, vm_attach_to(&vm, PAIR2, hwpt), EINVAL, "attach.group",
	      "the second one cannot differ");
	vm_is(t, &vm, vm_attach_to(&vm, PAIR2, vm.ioas), EINVAL,
	      "attach.group", "nor have a HWPT made");
	vm_vdevice(&vm, PAIR2, 2);
	tap_ok(t, !vm_attach_to(&vm, PAIR2, bypass) &&
	       !vm.dev[PAIR2]->vmaster && vm_windows(&vm, vm.ioas) == 2,
	       "it follows, without effect but for its ranges");
	tap_ok(t, !vm_attach_to(&vm, PAIR2, s1) &&
	       vm.dev[PAIR1]->hwpt == vm.dev[PAIR2]->hwpt &&
	       vm.dev[PAIR1]->hwpt->id == s1 && vm.dev[PAIR2]->vsid == 2 &&
	       vm.dev[PAIR1]->vmaster && vm.dev[PAIR2]->vmaster,
	       "a replacement moves both");
	tap_ok(t, !vm_destroy(&vm, bypass), "off what they were on");
	tap_ok(t, !vm_detach(&vm, PAIR1) && vm.dev[PAIR1]->vmaster &&
	       vm_windows(&vm, vm.ioas) == 1 &&
	       vm_destroy(&vm, s1) == -EBUSY,
	       "one is detached: hardware does not know");
	tap_ok(t, !vm_detach(&vm, PAIR2) && !vm.dev[PAIR1]->vmaster &&
	       !vm.dev[PAIR2]->vmaster && !vm_destroy(&vm, s1),
	       "both are detached");
	vm_free(&vm);
}

static void pasids(struct tap *t)
{
	uint32_t hwpt, second;
	struct vm vm;

	vm_nest(&vm);
	hwpt = vm_hwpt(&vm, ALONE, vm.ioas, IOMMU_HWPT_ALLOC_PASID);
	second = vm_hwpt(&vm, ALONE, vm.ioas, IOMMU_HWPT_ALLOC_PASID);
	vm_is(t, &vm, vm_attach_pasid(&vm, ALONE, 5, vm.s2), EINVAL,
	      "attach.pasid.compat", "a PASID needs a HWPT for PASIDs");
	vm_is(t, &vm, vm_attach_pasid(&vm, ALONE, 5, hwpt), 0, NULL,
	      "a device without PASIDs is passed over");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, vm.s2), EINVAL,
	      "attach.pasid.compat", "and then cannot nest");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, second), 0, NULL,
	      "without a PASID it wants such a HWPT, too");
	tap_ok(t, vm_destroy(&vm, hwpt) == -EBUSY &&
	       !vm_attach_pasid(&vm, ALONE, 5, second) &&
	       !vm_destroy(&vm, hwpt), "a PASID is moved");
	vm_is(t, &vm, vm_attach_pasid(&vm, ALONE, 0, second), EBUSY,
	      "attach.otherwise", "PASID 0 is none, and is taken");
	tap_ok(t, !vm_detach(&vm, ALONE) &&
	       !vm_attach_pasid(&vm, ALONE, 0, second) &&
	       vm.dev[ALONE]->hwpt, "or not, and then it is the device");
	vm_is(t, &vm, vm_attach_to(&vm, ALONE, second), EBUSY,
	      "attach.otherwise", "attached as PASID 0 already");
	tap_ok(t, !vm_detach(&vm, ALONE) && vm.dev[ALONE]->hwpt &&
	       !detach_pasid(&vm) && !vm.dev[ALONE]->hwpt,
	       "which only PASID 0 detaches");
	smn_sys_close(&vm.sys, vm.cdev[ALONE]);
	tap_ok(t, !vm_destroy(&vm, second), "closing detaches all");
	vm_free(&vm);
}

int main(void)
{
	struct tap t = { 0 };

	groups(&t);
	pasids(&t);
	return tap_done(&t);
}
