# SPDX-License-Identifier: GPL-2.0-or-later
# What refuses HWPTs, vIOMMUs, vDEVICEs, invalidations and dirty tracking: the same script, whose every refusal names
# its row, on the kernel and on a model.

load helper

chain() {
	cat <<-EOF
		let iommufd = open /dev/iommu
		let cdev = open dev0
		let dev = bind-iommufd cdev
		let ioas = ioas-alloc
		let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT
		let plain = hwpt-alloc dev_id=dev pt_id=ioas flags=PASID
		let viommu = viommu-alloc type=ARM_SMMUV3 dev_id=dev hwpt_id=s2
		let vdev = vdevice-alloc dev_id=dev viommu_id=viommu virt_id=0x42
		let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=0x0,0x0
		let q = fault-queue-alloc
	EOF
}

# ERRNO ROW REQUEST a line becomes what a script expects
expected() { sed -E 's/^([A-Z0-9]+ [a-z0-9.]+) (.*)$/expect \1\n\2/'; }

objects() {
	expected <<-EOF
		EOPNOTSUPP hwinfo.flags get-hw-info dev_id=dev flags=2
		EOPNOTSUPP hwinfo.type get-hw-info dev_id=dev flags=1 out_data_type=1
		ENOENT hwinfo.device get-hw-info dev_id=ioas
		EFAULT hwinfo.data get-hw-info dev_id=dev data_len=40 data_uptr=8
		EOPNOTSUPP hwpt.reserved hwpt-alloc dev_id=dev pt_id=ioas __reserved=1
		EINVAL hwpt.data hwpt-alloc dev_id=dev pt_id=ioas data_type=2
		ENOENT hwpt.device hwpt-alloc dev_id=ioas pt_id=ioas
		EINVAL hwpt.pt hwpt-alloc dev_id=dev pt_id=dev
		EOPNOTSUPP hwpt.flags hwpt-alloc dev_id=dev pt_id=ioas flags=16
		EOPNOTSUPP hwpt.dirty hwpt-alloc dev_id=dev pt_id=ioas flags=DIRTY_TRACKING
		EOPNOTSUPP hwpt.parent.fault hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT|FAULT_ID_VALID fault_id=q
		EOPNOTSUPP hwpt.ioas.data hwpt-alloc dev_id=dev pt_id=ioas ste=0x0,0x0
		EOPNOTSUPP hwpt.parent.mixed hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT|PASID
		ENOENT hwpt.fault hwpt-alloc dev_id=dev pt_id=ioas flags=FAULT_ID_VALID fault_id=vdev
		ENOENT hwpt.fault hwpt-alloc dev_id=dev pt_id=viommu ste=0x0,0x0 flags=FAULT_ID_VALID fault_id=vdev
		EOPNOTSUPP s1.parent hwpt-alloc dev_id=dev pt_id=s2 ste=0x0,0x0
		EOPNOTSUPP s1.flags hwpt-alloc dev_id=dev pt_id=viommu ste=0x0,0x0 flags=NEST_PARENT
		EOPNOTSUPP s1.empty hwpt-alloc dev_id=dev pt_id=viommu
		EOPNOTSUPP s1.pasid hwpt-alloc dev_id=dev pt_id=viommu ste=0x0,0x0 flags=PASID
		EINVAL s1.type hwpt-alloc dev_id=dev pt_id=viommu ste=0x0,0x0 data_type=1
		EINVAL s1.length hwpt-alloc dev_id=dev pt_id=viommu words=0x0,0x0,0x0 data_type=2
		EFAULT s1.data hwpt-alloc dev_id=dev pt_id=viommu data_type=2 data_len=16 data_uptr=8
		EIO s1.ste hwpt-alloc dev_id=dev pt_id=viommu ste=0x7,0x0
		EOPNOTSUPP viommu.flags viommu-alloc type=ARM_SMMUV3 dev_id=dev hwpt_id=s2 flags=1
		EOPNOTSUPP viommu.default viommu-alloc dev_id=dev hwpt_id=s2
		ENOENT viommu.device viommu-alloc type=ARM_SMMUV3 dev_id=s2 hwpt_id=s2
		EOPNOTSUPP viommu.type viommu-alloc type=3 dev_id=dev hwpt_id=s2
		ENOENT viommu.parent viommu-alloc type=ARM_SMMUV3 dev_id=dev hwpt_id=s1
		EINVAL viommu.nest viommu-alloc type=ARM_SMMUV3 dev_id=dev hwpt_id=plain
		ENOENT vdevice.viommu vdevice-alloc dev_id=dev viommu_id=s2
		ENOENT vdevice.device vdevice-alloc dev_id=s2 viommu_id=viommu
		EEXIST vdevice.taken vdevice-alloc dev_id=dev viommu_id=viommu virt_id=1
		EOPNOTSUPP hwqueue.flags hw-queue-alloc viommu_id=viommu type=1 length=1 flags=1
		EOPNOTSUPP hwqueue.default hw-queue-alloc viommu_id=viommu length=1
		EINVAL hwqueue.empty hw-queue-alloc viommu_id=viommu type=1
		EOVERFLOW hwqueue.range hw-queue-alloc viommu_id=viommu type=1 length=2 nesting_parent_iova=0xffffffffffffffff
		ENOENT hwqueue.viommu hw-queue-alloc viommu_id=s2 type=1 length=1
		EOPNOTSUPP hwqueue.none hw-queue-alloc viommu_id=viommu type=1 length=1
	EOF
}

commands() {
	expected <<-EOF
		EOPNOTSUPP inval.reserved hwpt-invalidate hwpt_id=viommu cmds=0x30:0 __reserved=1
		EINVAL inval.array hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=16 entry_num=1 data_uptr=0
		EINVAL inval.long hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=4097 entry_num=1 data_uptr=mem
		EINVAL inval.many hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=16 entry_num=524289 data_uptr=mem
		ENOENT inval.id hwpt-invalidate hwpt_id=none cmds=0x30:0
		EOPNOTSUPP inval.nested hwpt-invalidate hwpt_id=s1 cmds=0x30:0
		EINVAL inval.object hwpt-invalidate hwpt_id=s2 cmds=0x30:0
		ENOMEM inval.memory hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=16 entry_num=262145 data_uptr=mem
		EINVAL inval.type hwpt-invalidate hwpt_id=viommu cmds=0x30:0 data_type=2
		EINVAL inval.empty hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=16 data_uptr=mem
		EFAULT inval.data hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=16 entry_num=1 data_uptr=8
		E2BIG inval.tail hwpt-invalidate hwpt_id=viommu data_type=1 entry_len=24 entry_num=2 words=0x30,0,0,0x30,0,1
		EIO inval.cmd hwpt-invalidate hwpt_id=viommu cmds=0x30:0*70,0x4200000005:0,0x46:0
		EIO inval.vsid hwpt-invalidate hwpt_id=viommu cmds=0x30:0*70,0x4300000005:0,0x46:0
		EOPNOTSUPP dirty.flags hwpt-set-dirty-tracking hwpt_id=plain flags=2
		ENOENT dirty.hwpt hwpt-set-dirty-tracking hwpt_id=s1
		EOPNOTSUPP dirty.untracked hwpt-set-dirty-tracking hwpt_id=plain
		EOPNOTSUPP bitmap.flags hwpt-get-dirty-bitmap hwpt_id=plain length=4096 page_size=4096 flags=2
		EOPNOTSUPP bitmap.reserved hwpt-get-dirty-bitmap hwpt_id=plain length=4096 page_size=4096 __reserved=1
		ENOENT bitmap.hwpt hwpt-get-dirty-bitmap hwpt_id=s1 length=4096 page_size=4096
		EINVAL bitmap.empty hwpt-get-dirty-bitmap hwpt_id=plain page_size=4096
		EOVERFLOW bitmap.range hwpt-get-dirty-bitmap hwpt_id=plain length=4096 page_size=4096 iova=0xfffffffffffff001
		EINVAL bitmap.align hwpt-get-dirty-bitmap hwpt_id=plain length=4095 page_size=4096
		EINVAL bitmap.page hwpt-get-dirty-bitmap hwpt_id=plain length=4096
		EINVAL bitmap.cut hwpt-get-dirty-bitmap hwpt_id=plain length=4096 page_size=8192
		EOPNOTSUPP bitmap.untracked hwpt-get-dirty-bitmap hwpt_id=plain length=4096 page_size=4096
	EOF
}

# Mappings that the first HWPT of their IOAS meets.
mappings() {
	cat <<-EOF
		let far = ioas-alloc
		ioas-map ioas_id=far flags=FIXED_IOVA|WRITEABLE|READABLE user_va=mem length=0x1000 iova=0x1000000000000
		expect EADDRINUSE s2.aperture
		hwpt-alloc dev_id=dev pt_id=far flags=NEST_PARENT
		let odd = ioas-alloc
		ioas-map ioas_id=odd flags=FIXED_IOVA|WRITEABLE|READABLE user_va=mem length=0x800 iova=0x1000
		expect EADDRINUSE hwpt.align
		hwpt-alloc dev_id=dev pt_id=odd flags=NEST_PARENT
		let bad = ioas-alloc
		ioas-map ioas_id=bad flags=FIXED_IOVA|WRITEABLE|READABLE user_va=0x1000 length=0x1000 iova=0x1000
		expect EFAULT s2.pin
		hwpt-alloc dev_id=dev pt_id=bad flags=NEST_PARENT
	EOF
}

all() {
	chain
	objects
	commands
	mappings
}

@test "rows of HWPTs: a model of QEMU's SMMU refuses each for its reason" {
	run -0 smmunest-ctl -q --backend=model:qemu script -k - <<<"$(all)"
}

# bats test_tags=hw
@test "rows of HWPTs: the kernel refuses each, and the reason is told" {
	need_nesting
	run -0 smmunest-ctl -q script -k - <<<"$(all)"
}
