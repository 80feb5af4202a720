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
	syntax 1:8 "repeat N {" "repeat many {"
	syntax 1:1 "no } follows" "repeat 2 {" "sleep 1ms"
	syntax 2:1 "no repeat to end" "sleep 1ms" "}"
	syntax 3:3 "nothing follows }" "repeat 2 {" "sleep 1ms" "} sleep"
	run -64 smmunest-ctl -q script /nonexistent
	run -64 smmunest-ctl -q script - x <<<"open dev0"
	usage_error script
	printf 'open /dev\0iommu\n' >file
	run -64 --separate-stderr smmunest-ctl script - <file
	[[ $stderr == *"-:1:1: "*"not a text file"* ]]
}

@test "script: a mistake in a verb has its word's column" {
	syntax 1:12 "one of: abort, bypass, s1" "alloc dev0 Cfg=s2_only"
	syntax 1:12 "did you mean viommu?" "alloc dev0 upto=vimmu"
	syntax 1:9 "only stage 1 has a name" "let x = alloc upto=s2"
	syntax 2:13 "nothing is called 's2x'; did you mean s2?" "alloc dev0" "attach dev0 s2x"
	syntax 1:8 "attach devN NAME" "attach dev0 s1"
	syntax 2:19 "did you mean ASID?" "alloc dev0" "inval tlbi-nh-all tlbi-nh-asid:ASD=5"
	syntax 1:1 "no viommu yet" "inval tlbi-nh-all"
	syntax 2:5 "not SIZE@ADDRESS" "alloc dev0" "map 0x40000000"
	syntax 2:15 "not mem or mem+N" "alloc dev0" "map 4K@0x1000 memory"
	syntax 2:10 "did you mean s1?" "alloc dev0" "destroy  s1x"
	syntax 2:8 "more than 4M" "alloc dev0" "stage1 1G@0 none"
	syntax 2:35 "did you mean F_TRANSLATION?" "alloc dev0" "dma dev0 iova=0x1000 expect event F_TRANSLATE"
	syntax 3:1 "what it is to end with stands behind it" "alloc dev0" "expect EIO" "dma dev0 iova=0x1000"
	syntax 2:5 "nothing that could have a name" "alloc dev0" "let x = detach dev0"
}

@test "script: repeat does lines again, within each other, and keeps one row of each" {
	cat >again <<-EOF
		alloc dev0 upto=vdevice
		repeat 3 {
			let s1 = alloc dev0 Cfg=s1	# what is there already stays
			repeat 2 {
				inval tlbi-nh-all
			}
			destroy s1
		}
	EOF
	ctl 0 --backend=model:qemu script again
	holds '.result.lines | map(.times) | .[-3:] == [3, 6, 3] and .[0] == null' '.result.lines | map(.line) | .[-3:] == [3, 5, 7]'
	run -0 smmunest-ctl --backend=model:qemu script again
	assert_line --regexp '^ +5  ok .* hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all  6 times$'
	# the first that goes otherwise is the one that is told
	sed -i 's/destroy s1/destroy id=s1\ndestroy id=s1/' again
	ctl 2 --backend=model:qemu script again
	holds '.error.name == "ENOENT"'
}

@test "script: a repeat of nothing ends when it is told to" {
	printf 'repeat 4000000000 {\n%.0s' {1..4} >long
	printf '}\n%.0s' {1..4} >>long
	run -124 smmunest-ctl --timeout=1 --backend=model:qemu script long
}

# The manual has a list of the verbs, as they are in the source.
@test "script: the manual has every verb" {
	header=$BATS_TEST_DIRNAME/../../lib/nest/verb.h
	[[ -r $header ]] || skip "the source is not here"
	sed -n '/^#define SMN_VERBS(X)/,/^$/p' "$header" | grep -o 'X([a-z0-9]*)' | tr -d 'X()' | sort >wanted
	[[ $(wc -l <wanted) -ge 9 ]]
	sed -n '/^\.Ss script$/,/^\.Ss /s/^\.It Cm \([a-z0-9]*\).*/\1/p' "$BATS_TEST_DIRNAME"/../../man/smmunest-ctl.8 | sort -u >told
	run -0 comm -23 wanted told
	assert_output ""
}

@test "script: a terminal is prompted, and a mistake is not the end" {
	type -P script >/dev/null || skip "no script(1) to make a terminal"
	run -0 --separate-stderr script -qec "smmunest-ctl --backend=model:qemu script - 2>err; echo status \$?" /dev/null <<-EOF
		alloc dev0 Cfg=s1
		attach dev0 s3
		repeat 2 {
		inval tlbi-nh-all
		}
		inval cfgi-cd-all:SID=9
		detach dev0
	EOF
	assert_line --regexp 'hwpt-invalidate hwpt_id=viommu cmds=tlbi-nh-all  2 times'
	assert_line --regexp 'EIO .*cfgi-cd-all:SID=9  .inval.vsid.'
	assert_line --regexp 'ok .* detach-iommufd-pt cdev0'
	assert_line --regexp 'status 64'
	stderr=$(<err)
	says "a software kernel answers" "> " "| " "-:2:13: nothing is called 's3'" "certain: command 0: vSID 0x9 has no vDEVICE"
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
@test "script: destroy of a name, and the ioctl of that name" {
	need_nesting
	run -0 smmunest-ctl script - <<-EOF
		alloc dev0 upto=ioas
		let other = open /dev/iommu
		expect ENOENT destroy.id
		destroy other id=ioas
		let one = ioas-alloc other
		destroy other id=one
		destroy ioas
	EOF
	assert_line --regexp "ENOENT .* destroy other id=ioas"
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
