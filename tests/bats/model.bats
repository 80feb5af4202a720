# SPDX-License-Identifier: GPL-2.0-or-later
# The model: a software kernel on which every command works, without root and without an SMMU.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	[[ $BATS_TEST_DESCRIPTION == --dry-run* ]] || unset SMMUNEST_DEVICE SMMUNEST_BACKEND
	cd "$BATS_TEST_TMPDIR" || return
	# what depends on how fast it is, or on where it is in memory
	echo '[.exit, (.result.steps | map([.op, .id, .errno])?), .error.name, [.error.causes[]? | .id][0]]' >stable
}

# on SPEC STATUS ARGUMENT...: as ctl, on that model
on() {
	local spec=$1 want=$2
	shift 2
	ctl "$want" --backend="model${spec:+:$spec}" "$@"
}

@test "model: what is not a real kernel's answer says so first" {
	for command in info 'alloc --upto=ioas' bind; do
		# shellcheck disable=SC2086  # words
		run --separate-stderr smmunest-ctl --backend=model $command
		assert_success
		[[ ${lines[0]} == 'model '*qemu*software* ]] || fail "$command begins with ${lines[0]}"
		[[ $output != *software*software* ]] || fail "$command says it twice"
	done
	# where only JSON goes to stdout, stderr has its own line before its first word
	run --separate-stderr smmunest-ctl -j -v --backend=model:mmu700 alloc --upto=ioas
	[[ ${stderr%%$'\n'*} == 'model '*mmu700*software* ]] || fail "stderr begins with ${stderr%%$'\n'*}"
	holds '.backend == "model"' '.model == "mmu700"'
	on "" 0 info
	assert_equal "$stderr" ""
}

@test "model: what a word means is no kernel's answer" {
	run --separate-stderr smmunest-ctl --backend=model decode ste 0x9 0
	assert_success
	refute_output --partial software
	run smmunest-ctl --backend=model encode --for=00:02.0 cmd tlbi-nh-all
	assert_success
	assert_output --partial software
}

@test "model: the environment chooses, an option has the last word" {
	SMMUNEST_BACKEND=model:full ctl 0 info
	holds '.backend == "model" and .model == "full"' '.result.devices | length == 2'
	SMMUNEST_BACKEND=model:full on asid8 0 info
	holds '.model == "asid8"'
	SMMUNEST_BACKEND=abacus ctl 64 info
	holds '.error.causes[0].text | test("abacus")'
	# nothing is asked of a backend here
	SMMUNEST_BACKEND=kernel ctl 0 fields ste.V
	holds '.backend == "kernel"'
}

@test "model: a wrong preset, difference or file is 64 with the nearest one" {
	on qem 64 info
	holds '.error.causes[0] | (.text | test("qemu\\?")) and (.remedy | test("mmu600-r2p2, .*no-s2"))'
	on qemu:no-canwb 64 info
	holds '.error.causes[0].text | test("no-canwbs\\?")'
	for spec in qemu:kernel=new qemu:memlock= qemu:driver=../x ./none.json; do
		usage_error --backend="model:$spec" info
	done
	usage_error --backend=kernel:7 info
	usage_error --backend=modell info
	usage_error --dry-run --backend=model info
}

@test "model: the manual lists the presets, and no other" {
	man=$BATS_TEST_DIRNAME/../../man/smmunest-ctl.8
	[[ -r $man ]] || skip "the manual is not beside the tests"
	run --separate-stderr smmunest-ctl --backend=model:? info
	presets=${stderr##*one of}
	listed=$(sed -n '/^.Sh THE MODEL/,/^.It Cm model.*DIFFERENCE/s/^\.It Cm \([a-z0-9-]*\)$/\1/p' "$man")
	assert_equal "$listed" "$(tr -d ' ' <<<"${presets//,/$'\n'}")"
}

@test "model: without a name its first device, as the option and the environment say otherwise" {
	on "" 0 alloc --upto=ioas
	holds '.device.bdf == "0000:00:02.0"'
	on "" 0 alloc --upto=ioas 00:03.0
	holds '.device.bdf == "0000:00:03.0"'
	SMMUNEST_DEVICE=00:03.0 on "" 0 alloc --upto=ioas
	holds '.device.bdf == "0000:00:03.0"'
	on "" 4 alloc 00:1f.0
	on qemu:driver=none 4 alloc
	holds '.error.causes[0].remedy == "smmunest-ctl bind 0000:00:02.0"'
}

@test "model: bind and unbind change drivers, and leave nothing on the disk" {
	on qemu:driver=nvme 0 bind 00:03.0
	holds '.result.was == "nvme" and .result.driver == "vfio-pci"' '.result.cdev == "/dev/vfio/devices/vfio0"'
	on "" 0 unbind 00:03.0
	holds '.result.was == "vfio-pci" and .result.driver == "nvme"'
	assert [ ! -e /run/smmunest/0000:00:03.0 ]
}

@test "model: an older kernel does not know what came later" {
	on qemu:kernel=6.12 0 info 00:02.0
	holds '.kernel.release == "6.12"' '.result.ioctls | .IOMMU_HWPT_ALLOC and (.IOMMU_VIOMMU_ALLOC or .IOMMU_VEVENTQ_ALLOC | not)' \
		'.result.devices[0].nesting | .verdict == "no" and (.reasons[0].id | IN("s2.kernel", "kernel.old"))'
	on qemu:kernel=6.13 0 info 00:02.0
	holds '.result.ioctls | .IOMMU_VIOMMU_ALLOC and (.IOMMU_VEVENTQ_ALLOC | not)'
	on qemu:no-iommufd 4 info
	holds '.error.op == "open" and .error.name == "ENOENT" and (.error.causes[0].text | test("CONFIG_IOMMUFD"))' '.result.devices | all(.nesting.verdict == "cannot tell")'
}

@test "model: the machine that info --json described, as it is described again" {
	on mmu600 0 info --raw
	printf '%s\n' "$output" >board.json
	on ./board.json 0 info --raw
	printf '%s\n' "$output" >again.json
	diff <(jq .result board.json) <(jq .result again.json)
	# firmware has its own word for what the verdict does not tell
	on mmu600-r1p0 0 info --raw
	printf '%s\n' "$output" >old.json
	on ./old.json 0 info --raw
	diff <(jq .result old.json) <(jq .result <<<"$output")
	# the same without the registers' holder: another device tells of the same SMMU
	jq '.result.devices[1] |= (del(.idr, .iidr, .aidr) | .driver = "" | .cdev = "")' board.json >one.json
	on one.json 0 info
	holds '.result.devices[1].driver == "" and .result.devices[1].nesting.verdict == "cannot tell"'
	jq '.kernel.release = "6.12.1-arm64"' board.json >old.json
	on old.json 0 info 00:02.0
	holds '.kernel.release == "6.12.1-arm64"' '.result.devices[0].nesting.verdict == "no"'
}

@test "model: a file that is something else is 64, whatever is in it" {
	on "" 0 info
	printf '%s\n' "$output" >good.json
	for wrong in '.command = "alloc"' '.result.devices = {}' 'del(.result)' '[.]' '.result.devices[1].bdf = "0000:00:02.0"' \
		'.result.devices[0].bdf = "../../etc"' '.result.devices[0] = 7' '.kernel.release = "new"'; do
		jq "$wrong" good.json >bad.json
		usage_error --backend=model:bad.json info
	done
	head -c 700 good.json >bad.json
	usage_error --backend=model:bad.json info
	: >bad.json
	usage_error --backend=model:bad.json info
	usage_error --backend=model:/ info
	# names that would be paths are not taken over, registers of another kind are none
	jq '.result.devices[0] |= (.driver = "../../x" | .idr = [1, {}])' good.json >odd.json
	on odd.json 0 info
	holds '.result.devices[0].driver == ""'
}

@test "model: info --raw shows the nodes of the IORT" {
	on two:no-canwbs 0 info --raw
	holds '.result.iort.checksum' '.result.iort.nodes | map(.type) == ["SMMUv3", "SMMUv3", "root complex"]' \
		'.result.iort.nodes[2].fields | .CANWBS == 0 and .ATS == 0'
}

# verdict SPEC VERDICT [ID]: what info says of that machine's first device
verdict() {
	on "$1" 0 info 00:02.0
	holds ".result.devices[0].nesting | .verdict == \"$2\" and (.reasons | map(.id) == [${3+\"$3\"}])"
}

@test "model: each preset nests, or has the one reason why not" {
	for spec in qemu mmu600 mmu600-r2p2 mmu700 mmu700-r1p1 mmu-s3 full asid8 two; do verdict "$spec" yes; done
	verdict mmu600-r1p0 no s2.erratum
	verdict mmu700-r0p0 no s2.erratum
	verdict no-s2 no s2.stage
	verdict qemu:no-canwbs no viommu.canwbs
	# FWB does without
	verdict mmu700:no-canwbs yes
	verdict qemu:no-arm-iommufd no viommu.kconfig
}

@test "model: walks that are not coherent keep a device from being bound" {
	on incoherent 0 info 00:02.0
	holds '.result.devices[0].nesting | .verdict == "no" and .reasons[0].id == "bind.incoherent"'
}

@test "model: firmware and kernel tell what iommufd goes by" {
	on qemu 0 info 00:02.0
	holds '.result.devices[0] | .iort.canwbs and .iort.cohacc and (.iort.ats | not) and .stream_ids == ["0x0010"] and (.pci.ats | not)' \
		'.result.config | .CONFIG_IOMMUFD == "y" and .CONFIG_ARM_SMMU_V3_SVA == "y"' '.result.unsafe_interrupts == false'
	on full:no-canwbs,no-sva,unsafe-interrupts 0 info 00:02.0
	holds '.result.devices[0] | (.iort.canwbs | not) and .iort.ats and .pci.ats and (.capabilities | index("PCI_ATS_NOT_SUPPORTED") | not)' \
		'.result.config.CONFIG_ARM_SMMU_V3_SVA == "n"' '.result.unsafe_interrupts == true'
	on two 0 info
	holds '[.result.devices[].iort.smmu_index] == [0, 1]' '.result.smmus | length == 2'
}

@test "model: the chain as on the kernel, and what is refused with the row that refused it" {
	on "" 0 alloc --attach --veventq --faultq Cfg=s1 S1ContextPtr=0x40001000
	holds '[.result.steps[].object] == ["device", "ioas", "mapping", "s2", "viommu", "veventq", "vdevice", "faultq", "s1", "attach"]' \
		'.result.steps | all(.errno == 0 and .id > 0)'
	# cause SPEC ID ARGUMENT...
	cause() {
		on "$1" 2 "${@:3}"
		holds ".error.causes[0] | .id == \"$2\" and .verdict == \"certain\" and (.remedy | length > 0)"
	}
	cause "" s1.ste alloc --ste=0x4000100b,0x80000
	cause "" attach.vdevice alloc --attach --vsid=none Cfg=s1
	cause "" inval.vsid inval cfgi-cd-all:SID=0x100
	cause "" inval.cmd inval --force --raw=0x46:0
	cause asid8 inval.cmd inval --force tlbi-nh-asid:ASID=256
	cause qemu:memlock=65536 s2.memlock alloc --upto=s2
	cause two:direct bind.direct alloc
	cause mmu600-r1p0 s2.erratum alloc
	cause qemu:open-elsewhere bind.open alloc
	on qemu:unprivileged 4 alloc
	holds '.error.op == "open" and .error.name == "EACCES"'
	on "" 2 alloc --attach --memory=2M@0x08000000
	holds '.error.name == "EADDRINUSE"' '.error.causes[0].verdict == "certain"'
	on "" 2 inval tlbi-nh-asid:ASID=5 cfgi-cd-all:SID=0x100
	holds '.result.entry_num == 1 and .result.issued == 0' '.error.causes[0].text | test("command 1: vSID 0x100.*0x10")'
}

@test "model: a limit on pinned memory is heeded up to the byte" {
	on qemu:memlock=2097152 0 alloc --upto=s2
	on qemu:memlock=2097151 2 alloc --upto=s2
	holds '.error.name == "ENOMEM"' '.error.causes[0].text | test("RLIMIT_MEMLOCK")'
}

# bats test_tags=hw
@test "--dry-run: what the model of this machine says of it is what the kernel says" {
	need_kernel "it is one already"
	need_device
	ctl 0 info
	printf '%s\n' "$output" >kernel.json
	ctl 0 --dry-run info
	holds '.backend == "model" and .model == "this machine"'
	printf '%s\n' "$output" >model.json
	# vfio counts its files in the order of binding, and nothing listens without a kernel
	same='.result | .witnesses |= map_values(null) | .devices |= map(.cdev |= sub("[0-9]+$"; "N"))'
	diff <(jq "$same" kernel.json) <(jq "$same" model.json)
	for arguments in 'alloc --attach Cfg=s1 S1ContextPtr=0x40001000' 'alloc --ste=0x4000100b,0x80000' 'alloc --attach --vsid=none Cfg=s1' \
		'inval cfgi-cd-all:SID=0x100' 'alloc --attach --memory=2M@0x08000000'; do
		# shellcheck disable=SC2086  # words
		for way in '' --dry-run; do
			smmunest-ctl --json $way $arguments "$SMMUNEST_DEVICE" >"said$way" || true
		done
		diff <(jq -f stable said) <(jq -f stable said--dry-run)
	done
}

# bats test_tags=hw,root
@test "--dry-run: bind and unbind change nothing" {
	need_kernel "it is one already"
	need_device
	driver=/sys/bus/pci/devices/$SMMUNEST_DEVICE/driver
	before=$(readlink "$driver")
	ctl 0 --dry-run unbind "$SMMUNEST_DEVICE"
	holds '.result.was == "vfio-pci" and .result.driver != "vfio-pci"'
	assert_equal "$(readlink "$driver")" "$before"
}
