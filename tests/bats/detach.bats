# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# detach: every promise of the kernel as a check.

load helper

setup() {
	need_device
}

@test "detach --via=ioctl: every check holds, and the time line tells every ioctl" {
	ctl 0 detach --via=ioctl --while=idle
	holds '.result.checks | length >= 5 and all(keys == ["name", "ok", "why"] and .ok and .why == "")' \
		'.result.timeline | all((.ns | type == "number") and (.source | type == "string") and (.what | type == "string"))' \
		'[.result.timeline[].ns] | . == sort and .[0] >= 0' \
		'[.result.timeline[].what] | index("VFIO_DEVICE_ATTACH_IOMMUFD_PT ok") < index("IOMMU_DESTROY EBUSY")
			and index("IOMMU_DESTROY EBUSY") < index("VFIO_DEVICE_DETACH_IOMMUFD_PT ok")' '.error == null'
}

@test "detach: from a translating STE, with both queues" {
	ctl 0 detach --veventq --faultq --vsid=0x42 Cfg=s1 S1ContextPtr=0x40001000
	holds '.result.checks | all(.ok)' '[.result.steps[].object] | contains(["veventq", "faultq"])'
}

@test "detach --repeat: the device can be taken and given back again and again" {
	ctl 0 detach --repeat=3
	holds '.result.repeated == 3' '.result.checks | all(.ok)'
}

@test "detach: a chain that cannot be built is the kernel's refusal, not a failed check" {
	ctl 2 detach --vsid=none Cfg=s1
	holds '.error.name == "ENOENT"' '.result.checks | all(.ok)'
}
