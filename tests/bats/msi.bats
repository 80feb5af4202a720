# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# msi: a device's interrupt through both stages, what must stop it, and that each thing spoilt is found out.
# shellcheck disable=SC2154  # $output, $stderr are bats'

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
	status=0
	smmunest-ctl -q --json msi Cfg=bypass >probe 2>/dev/null || status=$?
	[[ $status != 4 ]] || skip "nothing makes $SMMUNEST_DEVICE send an MSI"
}

@test "msi: it arrives, after a replacement and a new attachment, too, and not without its window" {
	ctl 0 msi
	holds '.result | .delivered and .ns > 0 and .vectors > 0 and .vectors <= .device_vectors' \
		'.result.interrupts | map(.when) | unique == ["first", "mapped-again", "reattached", "replaced", "unmapped"]' \
		'.result.interrupts | all(.ok and .came == (.when != "unmapped"))' \
		'.result.control | .ok and .expected == "event" and .event.type == "F_TRANSLATION" and .event.F_TRANSLATION.CLASS == 2' \
		'.result.control.event.F_TRANSLATION | has("RnW") or has("S2") | not' '.error == null'
}

@test "msi: each vector by itself, at first, after a replacement, and after a new attachment" {
	ctl 0 msi
	# an SSD has a queue, and a vector, for each CPU at least; edu has one
	[[ $(value source) == nvme ]] || skip "$SMMUNEST_DEVICE has one vector"
	holds '.result | .vectors == 4 and .device_vectors > 4' '.result.interrupts | all(.ok and .stray == false)' \
		'.result.interrupts | map(select(.when == ("first", "replaced", "reattached"))) |
			group_by(.when) | length == 3 and all(map(.vector) == [0, 1, 2, 3])'
}

@test "msi: the fault is within the window that is reserved" {
	ctl 0 info "$SMMUNEST_DEVICE"
	window=$(jq -c '.result.devices[0].msi_window' <<<"$output")
	ctl 0 msi --vsid=0x77
	holds ".result.control.event | .sid == 119 and .addr >= ($window.start) and .addr <= ($window.last)"
}

@test "msi: bypass needs no window in stage 1, and abort lets nothing through" {
	ctl 0 msi Cfg=bypass
	holds '.result | .delivered and .control.event == null' '.result.interrupts | map(.when) | unique == ["first", "reattached", "replaced"]'
	ctl 0 msi Cfg=abort
	holds '.result.delivered == false' '.result.interrupts | all(.ok)' '.result.log == []'
}

@test "msi: --break of what it needs is found out" {
	for what in s2-hole no-doorbell no-master; do
		ctl 1 msi --break="$what"
		holds ".result.break == \"$what\" and .result.delivered == false" '.error.causes[0].id == "msi"'
	done
	ctl 1 msi --break=no-doorbell
	holds '.result.control.event.type == "F_TRANSLATION"'
	ctl 1 msi --break=no-master
	holds '.result.why | contains("may not master the bus")'
}

@test "msi: --break=no-vdevice is a StreamID that nobody knows" {
	ctl 1 msi --break=no-vdevice
	holds '.result | .delivered == false and .interrupts == []' '.result.why | contains("CFGI_CD_ALL")'
}

@test "msi: --break=s1-identity lets it through where it must not" {
	ctl 1 msi --break=s1-identity
	holds '.result.delivered and .result.control.ok == false' '.result.interrupts[] | select(.when == "unmapped") | .came'
}

@test "msi: --break=no-tlbi lets it through where it must not" {
	need_kernel "it has no TLB"
	ctl 1 msi --break=no-tlbi
	holds '.result.delivered and .result.control.ok == false' '.result.interrupts[] | select(.when == "unmapped") | .came'
}

@test "msi: --repeat has percentiles of the delivery" {
	ctl 0 msi --repeat=20
	holds '.result | (.repeat | length) == if .vectors > 1 then 1 + .vectors else 1 end' \
		'.result | all(.repeat[1:][].n * .vectors; . == 20)' \
		'.result.repeat[0] | (.name == "delivery" and .n == 20 and .min_ns <= .p50_ns and .p50_ns <= .max_ns)'
}

@test "msi: a source without interrupts is skipped" {
	ctl 4 msi --dma=exec:true
	holds '.error.causes[0].id == "msi.none"'
}
