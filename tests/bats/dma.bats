# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# dma: what a device writes and reads through both stages, what must stop it, and that each thing spoilt is found out.
# shellcheck disable=SC2154  # $output, $stderr are bats'

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
	status=0
	smmunest-ctl -q --json dma --dma=auto V=0 >probe 2>/dev/null || status=$?
	[[ $status != 4 ]] || skip "nothing makes $SMMUNEST_DEVICE do DMA"
}

@test "dma: a write and a read go through both stages, and a hole is the event predicted" {
	ctl 0 dma
	holds '.result | .verdict == "both" and .expected == "both" and .stale == false' \
		'.result | [.read, .write] | all(.ok and .ns > 0 and .seen == "target-b" and .errno == 0)' \
		'.result.control | .ok and .expected == "event" and .event.type == "F_TRANSLATION" and .ns > 0' \
		'.result.control.event.F_TRANSLATION | .CLASS == 2 and (has("RnW") or has("S2") or has("Stall") | not)' \
		'.result | .control.event.addr == .addresses.hole' \
		'.result.ste.fields | .V == 1 and .Cfg == 5' '.result.steps | map(.object) | index("veventq") != null' \
		'.error == null'
}

@test "dma: the vSID in the event is the VM's" {
	ctl 0 dma --vsid=0x1234
	holds '.result.control.event.sid == 4660' '.result.verdict == "both"'
}

@test "dma: no address is RAM or a device's" {
	need_kernel "there is no /proc/iomem"
	ctl 0 dma
	holds '.result | has("guess") | not'
	jq -r '.result.addresses[]' <<<"$output" >addresses
	while IFS=' -' read -r start last _; do
		while read -r address; do
			((address > 16#$last || address < 16#$start)) || fail "$address is in $start-$last"
		done <addresses
	done < <(grep -v '^ ' /proc/iomem)
}

@test "dma: with Cfg=bypass the IOVA is the IPA" {
	ctl 0 dma Cfg=bypass
	holds '.result | .verdict == "s1-skipped" and .expected == "s1-skipped" and .read.ok and .write.ok and .write.seen == "decoy"' \
		'.result.control | .ok and .expected == "kernel-log" and .event == null'
}

@test "dma: with Cfg=abort, or V=0, nothing moves and nothing tells" {
	for ste in Cfg=abort V=0; do
		ctl 0 dma "$ste"
		holds '.result | .verdict == "nothing" and .expected == "nothing" and .read.seen == "nowhere" and .write.seen == "nowhere"' \
			'.result.control | .ok and .expected == "nothing" and .event == null' '.result.log == []' \
			'.result.why | contains("an abort leaves no trace")'
	done
}

@test "dma: bypass and abort need no vDEVICE, stage 1 does" {
	ctl 0 dma --vsid=none Cfg=bypass
	holds '.result.verdict == "s1-skipped"'
	ctl 2 dma --vsid=none
	holds '.error.causes[0].id == "attach.vdevice"'
}

@test "dma: what the STE makes of itself is predicted, and comes" {
	ctl 0 info "$SMMUNEST_DEVICE"
	[[ $output =~ \"STALL_MODEL\":1 ]] || skip "S1STALLD=1 is legal here"
	ctl 0 dma Cfg=s1 S1STALLD=1
	holds '.result | .verdict == "nothing" and .expected == "nothing" and .write.event.type == "C_BAD_STE" and .control.ok' \
		'.result | [.read, .write] | all(.ok and .event.type == "C_BAD_STE")'
}

@test "dma: a CD that stage 2 does not map is no event but a line of the log" {
	ctl 0 dma Cfg=s1 S1ContextPtr=0x50000000000
	holds '.result | .verdict == "nothing" and .expected == "nothing"' \
		'.result.control | .ok and .expected == "kernel-log" and .event == null' \
		'.result.why | contains("0x50000000000")'
	# the log's rate is limited: what is there is about our device
	on_model || holds '.result.log | all(contains("F_TRANSLATION") or contains("CD fetch"))'
}

# broken WHAT VERDICT: found out, with that verdict
broken() {
	ctl 1 dma --break="$1"
	holds ".result.break == \"$1\" and .result.verdict == \"$2\" and .result.expected == \"both\"" \
		'.error.causes[0].verdict == "certain" and .exit == 1'
}

@test "dma: --break=s1-identity hits the decoy" {
	broken s1-identity s1-skipped
	holds '.result | .write.seen == "decoy" and .read.seen == "decoy" and .stale == false'
}

@test "dma: --break=s2-hole moves nothing" {
	broken s2-hole nothing
	holds '.result | .write.event == null and .write.seen == "nowhere" and .read.seen == "nowhere"'
	on_model || holds '.result | (.log == [] or (.log[0] | contains("F_TRANSLATION")))'
}

@test "dma: --break=no-tlbi uses the translation from before" {
	need_kernel "it has no TLB"
	broken no-tlbi s1-skipped
	holds '.result | .stale and .write.seen == "target-a" and .read.seen == "target-a"' '.error.causes[0].id == "dma.stale"'
}

@test "dma: --break=no-tlbi that makes no difference proves nothing" {
	on_model || skip "TLBs make a difference"
	ctl 4 dma --break=no-tlbi
	holds '.error.causes[0].id == "dma.unseen"'
}

@test "dma: --break=no-vdevice is a StreamID that nobody knows" {
	broken no-vdevice wrong-stream
	holds '.result.why | contains("CFGI_CD_ALL")'
}

@test "dma: --break=no-master moves nothing, and says why" {
	broken no-master nothing
	holds '.result.why == "the device may not master the bus"' '.result.control.ok == false'
}

@test "dma: --break=no-doorbell moves memory, and an MSI does not arrive" {
	broken no-doorbell both
	holds '.result | .write.ok and .read.ok and .delivered == false' \
		'.result.doorbell.event | .type == "F_TRANSLATION" and (.addr | num >= 134217728)'
}

@test "dma: --repeat has percentiles of both ways and of faults" {
	ctl 0 dma --repeat=3
	holds '.result.repeat | map(.name) == ["write", "read", "round-trip", "vevent"] and all(.n == 3 and .min_ns <= .p50_ns and .p50_ns <= .max_ns)'
}

@test "dma: without a source nothing is proved" {
	ctl 4 dma --dma=none
	holds '.error.causes[0].id == "dma.none"' '.result.steps[-1].object == "attach"'
}

@test "dma: a command that fails is no DMA" {
	need_kernel "it runs no program"
	ctl 1 dma --dma=exec:false --wait=5
	holds '.result | .source == "exec" and .verdict == "nothing" and .write.ok == false and .write.seen == "nowhere"' \
		'.result.why | contains("the command failed")'
}

@test "dma: as text" {
	run -0 --separate-stderr smmunest-ctl dma
	assert_line --regexp '^verdict +both$'
	assert_line --regexp '^write +ok=yes '
	assert_line --regexp '^read +ok=yes '
	assert_line --regexp '^    type +F_TRANSLATION$'
}

@test "dma: what cannot be meant is usage" {
	usage_error dma --dma=floppy
	usage_error dma --dma=exec:
	usage_error dma --break=all
	usage_error dma --break=no-vdevice --vsid=none
	usage_error dma --break=s2-hole --repeat=2
	usage_error dma --bits=65
	usage_error dma Cfg=s1 --ste=0x9,0
}
