# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# alloc: the chain of objects, step by step, and what the kernel refuses.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_nesting
}

@test "alloc --attach: every step succeeds and is told" {
	ctl 0 alloc --attach --vsid=0x42 Cfg=s1 S1ContextPtr=0x40001000
	holds '[.result.steps[].object] == ["device", "ioas", "mapping", "s2", "viommu", "vdevice", "s1", "attach"]' \
		'[.result.steps[].op] == ["VFIO_DEVICE_BIND_IOMMUFD", "IOMMU_IOAS_ALLOC", "IOMMU_IOAS_MAP", "IOMMU_HWPT_ALLOC",
			"IOMMU_VIOMMU_ALLOC", "IOMMU_VDEVICE_ALLOC", "IOMMU_HWPT_ALLOC", "VFIO_DEVICE_ATTACH_IOMMUFD_PT"]' \
		'.result.steps | all(.errno == 0 and (.id | type == "number" and . > 0) and .ns > 0)' \
		'.result.ste.words == ["0x000000004000100b", "0x0000000000000000"]' \
		'.result.ste.fields == {V: 1, Cfg: 5, S1ContextPtr: "0x0000000040001000"}' \
		".device.bdf | endswith(\"$SMMUNEST_DEVICE\")" '.error == null'
}

@test "alloc: raw words are the same as names, and the device may be an argument" {
	bdf=$SMMUNEST_DEVICE
	unset SMMUNEST_DEVICE
	ctl 0 alloc "$bdf" --ste=0x4000100b,0
	holds '.result.ste.fields == {V: 1, Cfg: 5, S1ContextPtr: "0x0000000040001000"}' '.result.steps | all(.errno == 0)'
	ctl 0 alloc Cfg=s1 "${bdf#0000:}"
	holds ".device.bdf | endswith(\"$bdf\")"
}

@test "alloc: text says the same as JSON" {
	run -0 --separate-stderr smmunest-ctl alloc --attach Cfg=bypass
	for object in device ioas mapping s2 viommu vdevice s1 attach; do
		assert_line --regexp "^ +$object .* ok$"
	done
	assert_output --partial 'Cfg=4(bypass)'
	assert_equal "$stderr" ""
}

@test "alloc: a field that is not the user's is EIO, with the words sent and the field named" {
	ctl 2 alloc --ste=0x4000100b,0x80000
	holds '.error | .op == "IOMMU_HWPT_ALLOC" and .errno == 5 and .name == "EIO"' \
		'.error.args.data_uptr == ["0x000000004000100b", "0x0000000000080000"]' \
		'.error.args | .data_type == 2 and .data_len == 16' '.error.args.pt_id == (.result.steps[] | select(.object == "viommu").id)' \
		'.error.causes[0] | .verdict == "certain" and (.text | test("MEV")) and (.remedy | length > 0)' \
		'.result.steps[-1] | .object == "s1" and .errno == 5 and .id == null' '.result.ste.fields.MEV == 1'
}

@test "alloc: the refusal as text has the call, what was sent, and the cause" {
	run --separate-stderr smmunest-ctl alloc --ste=0x4000100b,0x80000
	assert_equal "$status" 2
	says 'IOMMU_HWPT_ALLOC: EIO' 'sent*0x0000000000080000' 'certain: STE.MEV' 'try: '
	assert_output --regexp 's1 +IOMMU_HWPT_ALLOC +- .*EIO'
}

# One call each: what the kernel refuses and what the tables say of it must be one.
@test "alloc: the tables and the kernel agree about every kind of STE" {
	words=(0x1:0 0x9:0 0xb:0 0x0:0 0xe:0x80000 0xf:0 0xd:0 0x3:0 0xb:0x10000000 0xb:0x20000000 0xb:0x40000000 0x8000000b:0x8000000 \
		0x100000000000000b:0 0xb:0xff 0xb:0x100 0xb:0x100000000000 0xb:0x2000000)
	ctl 0 decode ste "${words[@]}"
	mapfile -t legal < <(grep -o '"legal":{"ok":[a-z]*' <<<"$output")
	for i in "${!words[@]}"; do
		ste=${words[i]}
		if [[ ${legal[i]} == *true ]]; then
			ctl 0 alloc --ste="$ste"
			holds '.result.steps | all(.errno == 0)'
		else
			ctl 2 alloc --ste="$ste"
			holds '.error.name == "EIO"' '.error.causes[0] | .id == "s1.ste" and .verdict == "certain"'
		fi
	done
}

@test "alloc: bypass and abort attach without a vDEVICE, s1 is ENOENT" {
	for cfg in bypass abort; do
		ctl 0 alloc --vsid=none --attach Cfg=$cfg
		holds '.result.steps | any(.object == "vdevice") | not' '.result.steps[-1].object == "attach"' '.result.steps | all(.errno == 0)'
	done
	ctl 2 alloc --vsid=none --attach Cfg=s1
	holds '.error | .op == "VFIO_DEVICE_ATTACH_IOMMUFD_PT" and .name == "ENOENT" and .errno == 2' \
		'.error.causes[0] | .verdict == "certain" and .id == "attach.vdevice"' \
		'.result.steps[-1] | .object == "attach" and .errno == 2' '.result.steps[:-1] | all(.errno == 0)'
	ctl 0 alloc --vsid=none Cfg=s1
	holds '.result.steps[-1].object == "s1"'
}

@test "alloc --upto: each stage is where it stops" {
	while read -r stage last; do
		ctl 0 alloc --upto="$stage"
		holds ".result.steps[-1].object == \"$last\"" '.result.steps | all(.errno == 0)' \
			"(.result | has(\"ste\")) == (\"$stage\" == \"s1\")"
	done <<-EOF
		ioas mapping
		s2 s2
		viommu viommu
		vdevice vdevice
		s1 s1
	EOF
	ctl 0 alloc --upto=s1 --attach
	holds '.result.steps[-1].object == "attach"'
}

@test "alloc: event queue, fault queue, and the memory that is asked for" {
	ctl 0 alloc --veventq --faultq --memory=64K@0x80000000 --attach Cfg=s1
	holds '[.result.steps[].op] | contains(["IOMMU_VEVENTQ_ALLOC", "IOMMU_FAULT_QUEUE_ALLOC"])' '.result.steps | all(.errno == 0)' \
		'.result.memory == {ipa: "0x0000000080000000", bytes: 65536}'
	ctl 0 alloc --memory=0 --attach Cfg=bypass
	holds '.result.steps | any(.object == "mapping") | not' '.result.memory.bytes == 0'
}

@test "alloc: memory over the MSI window is refused and explained" {
	ctl 0 info "$SMMUNEST_DEVICE"
	[[ $output != *'"msi_window":null'* ]] || skip "the device has no MSI window"
	window=$(value 'msi_window":{"start')
	ctl 2 alloc --attach --memory="2M@$window"
	holds '.error.causes | length > 0' '.error.causes[0].text | length > 0'
}

@test "alloc: memory at the end of the address space is refused, not wrapped" {
	ctl 2 alloc --memory=2M@0xfffffffffff00000
	holds '.error.op == "IOMMU_IOAS_MAP"' '.error.causes | length > 0'
	ctl 2 alloc --memory=2M@0xffffffff00000000
	holds '.error.causes | length > 0'
}

@test "alloc: a vSID has 32 bits, all of them" {
	for vsid in 0 0xffffffff; do
		ctl 0 alloc --attach --vsid=$vsid Cfg=s1
		holds '.result.steps | all(.errno == 0)'
	done
}

@test "alloc --repeat: min, p50 and max of every step" {
	ctl 0 alloc --repeat=5 --attach
	holds '[.result.repeat[].object] == [.result.steps[].object]' \
		'.result.repeat | all(.n == 5 and 0 < .min_ns and .min_ns <= .p50_ns and .p50_ns <= .p90_ns and .p90_ns <= .max_ns)'
	run -0 smmunest-ctl alloc --repeat=2
	assert_output --regexp 'min .*p50 .*max'
}

@test "alloc --repeat: a refusal ends it" {
	ctl 2 alloc --repeat=1000000 --ste=0x4000100b,0x80000
	holds '.error.name == "EIO"'
}

@test "alloc --trace: every ioctl in order, and the JSON is not in its way" {
	run --separate-stderr smmunest-ctl --json --trace alloc Cfg=bypass
	assert_success
	holds '.error == null'
	says 'VFIO_DEVICE_BIND_IOMMUFD*IOMMU_IOAS_ALLOC*IOMMU_IOAS_MAP*IOMMU_HWPT_ALLOC*NEST_PARENT*IOMMU_VIOMMU_ALLOC*IOMMU_VDEVICE_ALLOC*IOMMU_HWPT_ALLOC*0x9, 0x0*IOMMU_DESTROY'
	ctl 0 --trace="$BATS_TEST_TMPDIR/trace" alloc Cfg=bypass
	assert_equal "$stderr" ""
	grep -q '^IOMMU_VIOMMU_ALLOC([0-9]*, {.*}) = 0 {.*} <[0-9.]* [num]*s>$' "$BATS_TEST_TMPDIR/trace"
}

@test "alloc: RLIMIT_MEMLOCK is named when it is the cause" {
	need_kernel "its limit is told by memlock=, see model.bats"
	[[ $EUID == 0 ]] || skip "only root can drop CAP_IPC_LOCK and still open the device"
	run --separate-stderr bash -c 'ulimit -l 64; exec setpriv --bounding-set=-ipc_lock smmunest-ctl --json alloc --upto=s2'
	assert_equal "$status" 2
	holds '.error.name == "ENOMEM"' '.error.causes[0] | .verdict == "certain" and (.id | test("^(map|s2)\\.memlock$"))' \
		'.error.causes[0].text | test("RLIMIT_MEMLOCK is 64 KiB.*2048 KiB.*CAP_IPC_LOCK")'
	# within the limit it works
	run --separate-stderr bash -c 'ulimit -l 64; exec setpriv --bounding-set=-ipc_lock smmunest-ctl --json alloc --upto=s2 --memory=64K'
	assert_success
}

@test "alloc: an unprivileged user is refused with 4 and the reason" {
	need_kernel "everybody may use it"
	[[ $EUID == 0 ]] || skip "only root can become nobody"
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups smmunest-ctl --json alloc
	assert_equal "$status" 4
	holds '.error.op == "open"' '.error.name | IN("EACCES", "EPERM")' '.error.causes[0].remedy | length > 0'
}

@test "alloc: two at once on one device, the second is refused with the reason" {
	need_kernel "every command has one of its own"
	coproc FIRST { exec smmunest-ctl alloc --hold 2>&1 3>&-; }
	pid=$FIRST_PID
	until [[ ${line-} == *holding* ]]; do read -r line <&"${FIRST[0]}"; done
	run --separate-stderr smmunest-ctl --json alloc
	kill "$pid"
	assert_equal "$status" 2
	holds '.error.name | IN("EINVAL", "EBUSY", "EPERM")' '.error.causes[0] | .id == "bind.open" and .verdict == "certain" and (.text | test("has the device open"))'
}
