# SPDX-License-Identifier: GPL-2.0-or-later
# decode --log: a whole log that somebody sent. The lines of iommufd and vfio are made from QEMU's own format strings (its files
# trace-events and hw/vfio/*.c), for only a QEMU with real VFIO writes them.
# shellcheck disable=SC2016,SC2154  # '$OUT' is for the machine's shell; $top is need_vm's

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# a guest whose QEMU could not map a BAR, in the words of kernel, QEMU and strace
a_log() {
	cat <<-'EOF'
		[    0.0] Linux version 7.3.4
		[    3.1] arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:
		[    3.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000001000000010
		[    3.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000020800000000
		[    3.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x00000000dead0000
		[    3.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
		12@1732700000.123456:smmuv3_record_event SMMU_EVT_C_BAD_STREAMID sid=0x8
		iommufd_backend_map_dma  iommufd=10 ioas=2 iova=0x8000000000 size=0x4000 addr=0x7f00 readonly=0 (-14)
		qemu-system-aarch64: warning: IOMMU_IOAS_MAP failed: Bad address, PCI BAR?
		iommufd_backend_unmap_dma_non_exist  Unmap nonexistent mapping: iommufd=10 ioas=2 iova=0x8000000000 size=0x4000 (-2)
		77 ioctl(9, _IOC(_IOC_NONE, 0x3b, 0x8d, 0), 0x7ffd0) = -1 EIO (Input/output error)
		77 ioctl(9, _IOC(_IOC_NONE, 0x3b, 0x8d, 0), 0x7ffd0) = -1 EIO (Input/output error)
		77 ioctl(9, _IOC(_IOC_NONE, 0x3b, 0x91, 0), 0x7ffd0) = 0
		77 ioctl(3, TCGETS, 0x7ffd0) = -1 ENOTTY (Inappropriate ioctl for device)
	EOF
}

@test "decode --log: what concerns nesting, decoded, and what went wrong first with its causes" {
	a_log >log
	ctl 0 decode --log=log
	holds '[.result.lines[].line] == [2, 6, 7, 8, 9, 10, 11, 12, 13]' '.result.lines_read == 14 and .result.unlisted == 0' \
		'.result.lines[1] | .what == "F_TRANSLATION" and .record.fields.InputAddr == "0x00000000dead0000"' \
		'[.result.first[] | [.line, .times]] == [[2, 1], [7, 1], [8, 1], [9, 1], [10, 1], [11, 2]]' \
		'.result.first[1] | .event == "C_BAD_STREAMID" and .causes[0].id == "C_BAD_STREAMID"' \
		'.result.first[2] | .op == "IOMMU_IOAS_MAP" and .errno == 14 and .causes[0].id == "map.pin"' \
		'.result.first[4] | .op == "IOMMU_IOAS_UNMAP" and .errno == 2 and .causes[0].id == "log.never-mapped"' \
		'.result.first[5] | .op == "IOMMU_HWPT_INVALIDATE" and .errno == 5 and ([.causes[].id] | contains(["inval.vsid"]))'
}

@test "decode --log: an unmap of nothing has another cause where no map failed before" {
	a_log | sed '/IOAS_MAP\|_map_dma/d' >log
	ctl 0 decode --log=log
	holds '.result.first[2] | .op == "IOMMU_IOAS_UNMAP" and (any(.causes[]; .id == "log.never-mapped") | not)'
}

@test "decode --log: a StreamID that was 0 before the buses had numbers" {
	cat >log <<-'EOF'
		iommufd_backend_alloc_vdev  iommufd=10 dev_id=1 viommu_id=4 virt_id=0x0 vdev_id=5 (0)
		iommufd_backend_alloc_vdev  iommufd=10 dev_id=2 viommu_id=4 virt_id=0x0 vdev_id=0 (-17)
		iommufd_backend_alloc_vdev  iommufd=10 dev_id=2 viommu_id=4 virt_id=0x100 vdev_id=0 (-17)
	EOF
	ctl 0 decode --log=log
	holds '.result.first[0] | .line == 2 and .op == "IOMMU_VDEVICE_ALLOC" and .errno == 17 and .causes[0].id == "log.sid-0"' \
		'.result.first[1] | .line == 3 and ([.causes[].id] | contains(["vdevice.vsid"]) and all(. != "log.sid-0"))'
}

@test "decode --log: as text, from a pipe, with the lines of something else under -v" {
	run -0 smmunest-ctl decode --log=- < <(a_log)
	assert_line --index 0 --regexp '^ +2  kernel  EVENT_RAW .* event 0x10 received:$'
	assert_line --index 1 --regexp '^ +6  kernel  F_TRANSLATION +SID=0x10 RnW=read '
	refute_line --partial TCGETS
	run -0 smmunest-ctl -v decode --log=- < <(a_log)
	assert_line --index 0 --regexp '^ +1 .*Linux version 7.3.4$'
	assert_line --partial TCGETS
}

@test "decode --log: lines without end, with zeroes, with what a terminal obeys" {
	{
		head -c 100000 /dev/zero | tr '\0' x
		printf ' smmuv3_record_event SMMU_EVT_F_STE_FETCH sid=0x1\n'
		printf 'a\0smmuv3_record_event SMMU_EVT_F_CD_FETCH sid=0x1\n'
		printf '\033[31msmmuv3_record_event SMMU_EVT_F_UUT sid=0x1'
	} >log
	ctl 0 decode --log=log
	# what is behind the 4096th byte, or behind a zero, is not looked at
	holds '[.result.lines[] | [.line, .text]] == [[3, "?[31msmmuv3_record_event SMMU_EVT_F_UUT sid=0x1"]]' '.result.first[0].event == "F_UUT"'
	: >log
	ctl 0 decode --log=log
	holds '.result.lines == [] and .result.first == []'
}

@test "decode --log: more kinds of mistakes than are shown are counted" {
	for event in C_BAD_STREAMID F_STE_FETCH C_BAD_STE F_CD_FETCH C_BAD_CD F_WALK_EABT F_TRANSLATION F_ADDR_SIZE F_ACCESS F_PERMISSION F_ACCESS; do
		echo "smmuv3_record_event SMMU_EVT_$event sid=0x1"
	done >log
	ctl 0 decode --log=log
	holds '.result.first | length == 8' '.result.unlisted == 3' '.result.lines | length == 11'
}

@test "decode --log: mistakes in its options" {
	: >log
	usage_error decode --log=log --summary
	usage_error decode --log=log --binary
	usage_error decode --log=missing
	mkdir folder
	ctl 64 decode --log=folder
	holds '.error.causes[0].text == "folder: EISDIR, after 0 lines"'
}

# bats test_tags=cost
@test "decode --log: 30 instructions a byte at most, which is 100 MB/s and more, in the memory of a line" {
	for ((i = 0; i < 2000; i++)); do echo "2026-11-27T10:00:00.$i host daemon[$i]: something else, $((i * 7919 % 100000)) times, of no interest here at all"; done >some
	a_log >>some
	for _ in {1..20}; do cat some; done >log
	for _ in {1..20}; do cat log; done >long
	if command -v valgrind >/dev/null; then
		instructions() {
			valgrind --tool=callgrind --callgrind-out-file=/dev/null smmunest-ctl decode --log="$1" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
		}
		bytes=$(stat -c %s log) most=$(instructions log) least=$(instructions /dev/null)
		echo "# $(((most - least) * 10 / bytes)) instructions for ten bytes" >&3
		((most - least <= 30 * bytes))
	fi
	smmunest-ctl -qj decode --log=long >result
	jq -e '.result.lines_read == 400 * 2014 and (.result.first | length) == 6' result
	# the whole of it is 85 MB
	(ulimit -v 40000 && smmunest-ctl -q decode --log=long >/dev/null)
}

# bats test_tags=vm
@test "decode --log: what a real QEMU traced of a transfer that stage 1 does not map, and the guest's kernel log" {
	need_vm
	run -0 --separate-stderr "$top/scripts/vm" run --timeout 60 --device edu --qemu-arg -D --qemu-arg "$PWD/trace" \
		--qemu-arg -trace --qemu-arg 'smmuv3_*' -- 'smmunest-ctl -q detach --while=faulting >/dev/null; dmesg >$OUT/dmesg'
	cat trace "$top/build/vm/out/dmesg" >log
	grep -q smmuv3_translate_success trace
	ctl 0 decode --log=log
	holds '[.result.first[] | select(.event == "F_TRANSLATION") | .what] | contains(["trace.event"])' \
		'.result.first[0] | .causes[0].text == "no translation for the address"' \
		'all(.result.lines[]; .text | contains("translate_success") | not)'
}

# traced FILE COMMAND OPTION...: what QEMU, the guest's kernel and our own --trace told of COMMAND on a real run
traced() {
	local to=$PWD/$1 command=$2
	shift 2
	run -0 --separate-stderr "$top/scripts/vm" run --timeout 90 "$@" --qemu-arg -D --qemu-arg "$to.qemu" \
		--qemu-arg -trace --qemu-arg 'smmuv3_*' --qemu-arg -trace --qemu-arg 'pci_*' -- \
		"$command"' 2>$OUT/words || true; dmesg >$OUT/dmesg'
	grep -q smmuv3_ "$to.qemu"
	cat "$to.qemu" "$top/build/vm/out/words" "$top/build/vm/out/dmesg" >"$to"
	ctl 0 decode --log="$to"
}

# bats test_tags=vm
@test "decode --log: real runs with and without the IORT's promise, and with a device that is pulled" {
	need_vm
	# nothing is wrong where it is kept
	traced good 'smmunest-ctl --trace alloc --attach Cfg=s1 S1ContextPtr=0x40001000 >/dev/null' --device edu
	holds '.result.first == []' 'any(.result.lines[]; .by == "trace" and .op == "VFIO_DEVICE_ATTACH_IOMMUFD_PT")' \
		'any(.result.lines[]; .what == "trace.ste")'
	# without it the vIOMMU is refused, first of all
	traced stock 'smmunest-ctl --trace alloc --attach Cfg=s1 S1ContextPtr=0x40001000 >/dev/null' --device edu --stock-iort
	holds '.result.first[0] | .op == "IOMMU_VIOMMU_ALLOC" and .errno == 95 and ([.causes[].id] | contains(["viommu.canwbs"]))'
	# a device that is pulled while it works is asked for, and nothing of nesting goes wrong by that
	traced pulled 'smmunest-ctl --trace detach --via=unplug --while=dma >/dev/null' --device edu,hotplug --replug 1
	holds 'any(.result.lines[]; .by == "kernel" and .what == "UNBIND")' 'any(.result.lines[]; .what == "trace.bar.gone")' \
		'[.result.first[] | select(.by == "trace" and (.op | test("ALLOC|INVALIDATE|IOAS")))] == []'
}
