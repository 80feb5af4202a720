# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# What people new to nesting do wrong: each gets a cause that is certain or likely, and the next thing to type.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_device
	cd "$BATS_TEST_TMPDIR" || return
}

# explained ID REMEDY: the first cause of the document in $output
explained() {
	holds ".error.causes[0] | .verdict == \"certain\" or .verdict == \"likely\"" \
		".error.causes[0].id == \"$1\"" ".error.causes[0].remedy | test(\"$2\")"
}

# mistaken STATUS ID REMEDY ARGUMENT...
mistaken() {
	ctl "$1" "${@:4}"
	explained "$2" "$3"
}

# scripted ID REMEDY: the script on stdin ends in a refusal
scripted() {
	cat >script
	ctl 2 script script
	explained "$1" "$2"
}

chain='let iommufd = open /dev/iommu
let cdev = open dev0
let dev = bind-iommufd cdev
let ioas = ioas-alloc
let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT
let viommu = viommu-alloc type=ARM_SMMUV3 dev_id=dev hwpt_id=s2'

@test "mistake: a device that no driver has" {
	need_kernel "driver=none, see model.bats"
	[[ $EUID == 0 ]] || skip "only root can bind drivers"
	smmunest-ctl --quiet unbind "$SMMUNEST_DEVICE" >unbound
	ctl 4 alloc
	smmunest-ctl --quiet bind "$SMMUNEST_DEVICE" >bound
	explained device.driver "smmunest-ctl bind $SMMUNEST_DEVICE"
}

@test "mistake: a wrong address" {
	mistaken 4 device.absent 'smmunest-ctl info' alloc 0000:7f:1f.7
}

@test "mistake: an STE with a reserved bit" {
	need_nesting
	mistaken 2 s1.ste 'smmunest-ctl decode ste 0x' alloc --ste=0x0010000000000009,0
}

@test "mistake: EATS=2" {
	need_nesting
	mistaken 2 s1.ste 'smmunest-ctl decode ste 0x' alloc Cfg=s1 EATS=2
}

@test "mistake: the parent instead of the vIOMMU under a nested HWPT" {
	need_nesting
	scripted s1.parent vIOMMU <<<"$chain
hwpt-alloc dev_id=dev pt_id=s2 data_type=ARM_SMMUV3 ste=0x9,0"
}

@test "mistake: no vDEVICE" {
	need_nesting
	mistaken 2 attach.vdevice 'drop --vsid=none' alloc --attach --vsid=none Cfg=s1 S1ContextPtr=0x40001000
}

@test "mistake: a second vDEVICE of a device" {
	need_nesting
	scripted vdevice.taken "destroy that vDEVICE" <<<"$chain
vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8
vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8"
}

@test "mistake: a vSID for two devices" {
	need_nesting
	mapfile -t nodes < <(printf '%s\n' /sys/bus/pci/devices/*/vfio-dev)
	((${#nodes[@]} > 1)) || skip "needs a second device that vfio-pci has"
	second=${nodes[1]%/vfio-dev}
	[[ ${second##*/} != "$SMMUNEST_DEVICE" ]] || second=${nodes[0]%/vfio-dev}
	scripted vdevice.vsid 'another --vsid' <<<"$chain
let cdev2 = open /dev/vfio/devices/$(ls "$second/vfio-dev")
let dev2 = bind-iommufd cdev2 iommufd=iommufd
vdevice-alloc viommu_id=viommu dev_id=dev virt_id=8
vdevice-alloc viommu_id=viommu dev_id=dev2 virt_id=8"
}

@test "mistake: more memory than RLIMIT_MEMLOCK lets pin" {
	need_nesting
	need_kernel "its limit is told by memlock=, see model.bats"
	[[ $EUID == 0 ]] || skip "needs root, to let go of CAP_IPC_LOCK"
	run --separate-stderr bash -c 'ulimit -l 64; exec setpriv --bounding-set=-ipc_lock smmunest-ctl --json alloc'
	assert_equal "$status" 2
	explained s2.memlock 'ulimit -l'
}

@test "mistake: a vSID that nobody has" {
	need_nesting
	mistaken 2 inval.vsid -- inval --vsid=0x42 cfgi-cd:SID=0x43
}

@test "mistake: CMD_SYNC in a batch" {
	need_nesting
	mistaken 2 inval.cmd 'smmunest-ctl decode cmd 0x' inval --force tlbi-nh-all cmd-sync
	mistaken 64 cmd.opcode -- inval cmd-sync
}

@test "mistake: ATC_INV without ATS" {
	need_nesting
	ctl 0 info "$SMMUNEST_DEVICE" --raw
	[[ $(value IDR0) != *'"ATS":1'* ]] || skip "this SMMU has ATS"
	mistaken 2 inval.cmd decode inval --force --vsid=8 atc-inv:SID=8
}

@test "mistake: NUM without TG" {
	need_nesting
	mistaken 2 inval.cmd decode inval --force tlbi-nh-va:ASID=1,Address=0x1000,NUM=3
}

@test "mistake: a mapping over the MSI window" {
	need_nesting
	mistaken 2 attach.msi 'choose another --memory=SIZE@IPA' alloc --attach --memory=2M@0x8000000
	scripted map.reserved IPA <<<"$chain
attach-iommufd-pt cdev pt_id=s2
ioas-map ioas_id=ioas flags=READABLE|WRITEABLE|FIXED_IOVA user_va=mem length=0x1000 iova=0x8000000"
}

@test "mistake: a mapping of a BAR" {
	need_nesting
	scripted map.pin 'ordinary memory' <<<"$chain
let bar = mmap cdev length=0x1000
ioas-map ioas_id=ioas flags=READABLE|WRITEABLE|FIXED_IOVA user_va=bar length=0x1000 iova=0x40000000"
}

@test "mistake: objects destroyed in the wrong order" {
	need_nesting
	scripted destroy.busy detach <<<"$chain
destroy id=s2"
}

@test "mistake: a device opened twice" {
	need_nesting
	need_kernel "every command has one of its own"
	smmunest-ctl alloc --upto=ioas --hold=20 >held 2>&1 &
	for _ in {1..100}; do
		! grep -q holding held || break
		sleep 0.1
	done
	ctl 2 alloc --upto=ioas
	kill %1
	wait
	explained bind.open 'fuser|kill|end'
}

@test "mistake: not root" {
	need_kernel "everybody may use it"
	[[ $EUID == 0 ]] || skip "only root can become somebody else"
	run --separate-stderr setpriv --reuid=65534 --clear-groups smmunest-ctl --json alloc
	assert_equal "$status" 4
	explained open.rights root
}
