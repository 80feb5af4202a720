# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,qemu
# What only QEMU 10's SMMUv3 with stage=nested shows: its registers word for word, and a machine to ourselves.
# shellcheck disable=SC2154  # $output is bats'

load helper

setup() {
	need_nesting
	on_model || [[ $(<"/sys/bus/pci/devices/$SMMUNEST_DEVICE/vendor") == 0x1234 ]] || skip "the device is not QEMU's edu"
}

@test "info: the words and fields of the emulated SMMUv3" {
	ctl 0 info --raw "$SMMUNEST_DEVICE"
	holds '.result.devices[0].idr == ["0x0d44101b", "0x02730010", "0x00000000", "0x00001414", "0x00000000", "0x00000074"]' \
		'.result.devices[0].iidr == "0x00000000" and .result.devices[0].aidr == "0x00000001"' \
		'.result.devices[0].fields.IDR0 | .S1P == 1 and .S2P == 1 and .TTF == 2 and .COHACC == 1 and .HTTU == 0 and .ATS == 0 and .ASID16 == 1
			and .VMID16 == 1 and .CD2L == 0 and .TTENDIAN == 2 and .STALL_MODEL == 1 and .TERM_MODEL == 1 and .ST_LEVEL == 1' \
		'.result.devices[0].fields.IDR1 | .SIDSIZE == 16 and .SSIDSIZE == 0 and .EVENTQS == 19 and .CMDQS == 19' \
		'.result.devices[0].fields.IDR3 | .HAD == 1 and .XNX == 1 and .FWB == 0 and .RIL == 1 and .BBML == 2' \
		'.result.devices[0].fields.IDR5 | .OAS == 4 and .GRAN4K == 1 and .GRAN16K == 1 and .GRAN64K == 1 and .DS == 0 and .VAX == 0' \
		'.result.devices[0].msi_window == {start: "0x0000000008000000", last: "0x00000000080fffff"}'
}

# Nobody else pins memory in this machine. Reading stat_refresh adds up what the CPUs have counted.
pinned() {
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "nr_foll_pin_acquired" { n += $2 } $1 == "nr_foll_pin_released" { n -= $2 } END { print n }' /proc/vmstat
}

@test "no memory stays pinned, not even after SIGKILL" {
	need_kernel "nothing is pinned"
	run -0 pinned
	before=$output
	coproc TOOL { exec smmunest-ctl alloc --hold --attach 2>&1 3>&-; }
	pid=$TOOL_PID line=
	until [[ $line == *holding* ]]; do read -r line <&"${TOOL[0]}"; done
	run -0 pinned
	# the default 2 MiB in pages, so the count means something
	assert_equal "$((output - before))" 512
	kill -KILL "$pid"
	wait "$pid" || true
	run -0 pinned
	assert_output "$before"
	run -0 smmunest-ctl alloc --repeat=20 --attach
	run -0 pinned
	assert_output "$before"
}
