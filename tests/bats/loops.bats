# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# What is left behind after many rounds: nothing. LOOPS rounds of detach under DMA on two devices, CYCLES of unplugging and
# plugging in again: `make detach-loops` does 1000 and 50, the suite 50 and 3.
# shellcheck disable=SC2016,SC2154  # $top is need_vm's; '$SMMUNEST_DEVICE' is for the machine's shell, '$first' is jq's

load helper

setup() {
	need_vm
	out=$top/build/vm/out
	loops=${LOOPS:-50} cycles=${CYCLES:-3}
	# an edu's transfer takes 100 ms, and a round has thirty
	seconds=$((60 + 6 * loops + 20 * cycles))
}

# of the whole machine: processes of ours, pinned memory of processes, and the kernel's own that it cannot give back
machine='machine() {
	grep -sx smmunest-ctl /proc/[0-9]*/comm | wc -l
	grep -h VmPin /proc/[0-9]*/status 2>/dev/null | grep -vc " 0 kB"
	awk "\$1 == \"SUnreclaim:\" { print \$2 }" /proc/meminfo
}
warnings() { dmesg | grep -E "WARNING|BUG|Oops|refcount|use-after|hung task|leak" || true; }
'

# left FILE N: every round passed, the program is what it was after the first
left() {
	jq -e --argjson n "$2" '.exit == 0 and .result.repeated == $n and (.result.checks | all(.ok))
		and .result.checks[-1].name == "nothing is left behind"' "$1" >/dev/null || fail "$(jq -c '[.error, .result.checks]' "$1")"
	echo "# ${1##*/}, $2 rounds: $(jq -r '[.result.left[] | "\(.what) \(.first) -> \(.last)"] | join(", ")' "$1")" >&3
}

# same KIB: the machine is what it was, but for that much
same() {
	local before after
	mapfile -t before <"$out/before"
	mapfile -t after <"$out/after"
	assert_equal "${after[*]:0:2}" "${before[*]:0:2}"
	echo "# unreclaimable slab ${before[2]} -> ${after[2]} KiB" >&3
	((after[2] - before[2] <= $1)) || fail "the kernel has $((after[2] - before[2])) KiB more"
	assert_equal "$(<"$out/warnings")" ""
}

@test "detach --repeat under DMA: nothing is left behind" {
	"$top/scripts/vm" run --timeout "$seconds" --device edu --device nvme -- "$machine"'
		smmunest-ctl -q detach --while=dma >/dev/null
		machine >$OUT/before
		for bdf in 0000:00:02.0 0000:00:03.0; do
			smmunest-ctl -j detach --while=dma --repeat='"$loops"' $bdf >$OUT/$bdf
		done
		machine >$OUT/after; warnings >$OUT/warnings' 2>&3
	left "$out/0000:00:02.0" "$loops"
	left "$out/0000:00:03.0" "$loops"
	same 2048
}

@test "detach --via=unplug, again and again: nothing is left behind" {
	for device in edu nvme; do
		"$top/scripts/vm" run --timeout "$seconds" --device $device,hotplug --replug 1 -- "$machine"'
			smmunest-ctl -q detach --via=unplug --while=dma >/dev/null; machine >$OUT/before
			smmunest-ctl -j detach --via=unplug --while=dma --repeat='"$cycles"' >$OUT/'$device'
			machine >$OUT/after; warnings >$OUT/warnings' 2>&3
		left "$out/$device" "$cycles"
		same 4096
	done
}
