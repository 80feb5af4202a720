# SPDX-License-Identifier: GPL-2.0-or-later
# script: requests of a file in one session.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# syntax LINE:COLUMN TEXT LINES...: the script is refused there, and for that
syntax() {
	local place=$1 text=$2
	shift 2
	printf '%s\n' "$@" >file
	run --separate-stderr smmunest-ctl script file
	[[ $status == 64 && -z $output && $stderr == *"file:$place: "*"$text"* ]] ||
		batslib_decorate "file:$place: ... $text" <<<"exit status $status"$'\n'"$output"$'\n'"$stderr" | fail
}

@test "script: a mistake is told with file, line and column, before anything is done" {
	syntax 1:1 "did you mean ioas-alloc?" ioas-aloc
	syntax 3:18 "nothing is called 'iaos'; did you mean ioas?" "let iommufd = open /dev/iommu" "let ioas = ioas-alloc" \
		"ioas-map ioas_id=iaos"
	syntax 1:1 "let iommufd = open /dev/iommu" ioas-alloc
	syntax 2:8 "did you mean EINVAL?" "# x" "expect EINVL" "open /dev/iommu"
	syntax 1:8 "which errno" expect
	syntax 1:11 "expect ERRNO [ROW]" "expect ok memory"
	syntax 1:21 "[within N]" "expect EIO ste.user within"
	syntax 1:12 "[within N]" "expect EIO within 0"
	syntax 1:16 "expect ERRNO [ROW]" "expect ok id=1 destroy.busy"
	syntax 2:11 "did you mean id?" "let iommufd = open /dev/iommu" "expect ok ip=1" "destroy id=1"
	syntax 2:15 "has no row 'destroy.buzy'; did you mean destroy.busy?" "let iommufd = open /dev/iommu" \
		"expect EBUSY  destroy.buzy" "destroy id=1"
	syntax 2:1 "expects already" "expect EIO" "expect EIO"
	syntax 1:1 "no request follows" "expect EIO"
	syntax 1:7 "sleep N" "sleep soon"
	syntax 1:7 "sleep N" "sleep 0"
	run -64 smmunest-ctl -q script /nonexistent
	run -64 smmunest-ctl -q script - x <<<"open dev0"
	usage_error script
	printf 'open /dev\0iommu\n' >file
	run -64 --separate-stderr smmunest-ctl script - <file
	[[ $stderr == *"-:1:1: "*"not a text file"* ]]
}

# bats test_tags=hw
@test "script: a chain by name, with what is expected and what is not" {
	need_nesting
	cat >chain <<-EOF
		let iommufd = open /dev/iommu
		let cdev = open dev0	# the device
		let dev = bind-iommufd cdev
		let ioas = ioas-alloc
		let s2 = hwpt-alloc dev_id=dev pt_id=ioas flags=NEST_PARENT
		let viommu = viommu-alloc dev_id=dev hwpt_id=s2 type=ARM_SMMUV3
		sleep 20ms
		let vdev = vdevice-alloc viommu_id=viommu dev_id=dev virt_id=7
		let s1 = hwpt-alloc dev_id=dev pt_id=viommu ste=Cfg=s1,S1ContextPtr=0x40001000
		attach-iommufd-pt cdev pt_id=s1
		expect EBUSY destroy.busy
		destroy id=s1
		let queue = veventq-alloc viommu_id=viommu type=ARM_SMMUV3 veventq_depth=4
		read-veventq queue length=64
		hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-asid:ASID=1*70,cfgi-cd-all:SID=7
		detach-iommufd-pt cdev
		expect ok
		destroy id=s1
	EOF
	ctl 0 script chain
	holds '.result.lines | length == 15 and all(.ok) and map(select(.errno != 0)) == [.[9]]' \
		'.result.lines[9] | .line == 12 and .errno == 16 and .row == "destroy.busy" and .text == "destroy id=s1"' \
		'.result.lines | [.[2, 3, 4, 5, 6].id] == [1, 2, 3, 4, 5]' '.result.lines | all(.ns > 0)' '.error == null'
	run -0 smmunest-ctl script - <chain
	assert_line --regexp '^ +12  EBUSY .* destroy id=s1  \[destroy.busy\]$'

	sed 's/^expect EBUSY.*/expect EIO/' chain >wrong
	ctl 1 script wrong
	holds '.result.lines | length == 10 and (last | .ok == false)' \
		'.error.causes[0].text == "wrong:12: expected EIO, and it was EBUSY destroy.busy"'
	ctl 1 script -k wrong
	holds '.result.lines | length == 15 and (map(select(.ok | not)) | length == 1)'
	sed '/^expect EBUSY/d' chain >wrong
	ctl 2 script wrong
	holds '.error | .op == "IOMMU_DESTROY" and .name == "EBUSY" and .causes[0].id == "destroy.busy"'
	sed 's/^expect ok/expect EBUSY/' chain >wrong
	ctl 1 script wrong
	holds '.error.causes[0].text == "wrong:18: expected EBUSY, and it was ok"'
}

# bats test_tags=hw
@test "script: members afterwards, too, can be expected" {
	need_device
	cat >chain <<-EOF
		let iommufd = open /dev/iommu
		let ioas = ioas-alloc
		ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem length=0x2000 iova=0x40000000
		expect ok length=0x2000 ioas_id=ioas
		ioas-unmap ioas_id=ioas iova=0x40000000 length=0x9000
		expect EMSGSIZE ranges.room num_iovas=1
		ioas-iova-ranges ioas_id=ioas
	EOF
	ctl 0 script chain
	sed 's/ok length=0x2000/ok length=0x1000/' chain >wrong
	ctl 1 script wrong
	holds '.error.causes[0].text == "wrong:5: length is 0x2000, and 0x1000 is expected"'
}

# bats test_tags=hw
@test "script: devices by name, and too few of them" {
	need_device
	echo "open dev0" >one
	ctl 0 script one "$SMMUNEST_DEVICE"
	echo "open dev7" >many
	ctl 4 script many
	holds '.error.causes[0].id == "device.few"'
	run -4 smmunest-ctl -q script one ffff:ff:1f.7
	# nothing but iommufd needs no device
	printf '%s\n' "let iommufd = open /dev/iommu" "let a = ioas-alloc" "destroy id=a" >none
	SMMUNEST_DEVICE='' ctl 0 script none
	holds '.device == null' '.result.lines | length == 3'
}

@test "script: the right errno for another reason is not what was expected" {
	printf '%s\n' "let iommufd = open /dev/iommu" "let ioas = ioas-alloc" "expect EINVAL map.access" \
		"ioas-map ioas_id=ioas flags=READABLE user_va=mem" >reason
	ctl 1 --backend=model:qemu script reason
	holds '.error.causes[0].text == "reason:4: expected EINVAL map.access, and it was EINVAL map.empty"' \
		'.result.lines[2] | .row == "map.empty" and (.ok | not)'
	sed -i 's/map.access/map.empty/' reason
	ctl 0 --backend=model:qemu script reason
}

@test "script: within N makes a request again until it is refused" {
	printf '%s\n' "let iommufd = open /dev/iommu" "let ioas = ioas-alloc" "expect EEXIST map.taken within 3" \
		"ioas-map ioas_id=ioas flags=READABLE|FIXED_IOVA user_va=mem length=0x1000" >again
	ctl 0 --backend=model:qemu script again
	sed -i 's/within 3/within 1/' again
	ctl 1 --backend=model:qemu script again
}
