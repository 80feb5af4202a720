# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# bench: what it measures and tells, where there is an SMMU and on the model, whose clock counts calls.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # '$h' is jq's; $output, $stderr, $status are bats', and go no further than a test

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
}

@test "bench: every row, sane and in order" {
	ctl 0 bench -n 50 --warmup=5 hwinfo vdevice alloc attach detach inval map unmap --batch=1,64 --size=4K,8K
	holds '[.result.rows[] | "\(.name) \(.batch) \(.bytes)"] == ["hwinfo null null", "vdevice null null", "alloc null null",
			"attach null null", "detach null null", "inval 1 null", "inval 64 null",
			"map null 4096", "map null 8192", "unmap null 4096", "unmap null 8192"]' \
		'.result.rows | all(.n == 50 and 0 < .min_ns and .min_ns <= .p50_ns and .p50_ns <= .p90_ns and .p90_ns <= .p99_ns and
			.p99_ns <= .p999_ns and .p999_ns <= .max_ns and .min_ns <= .mean_ns and .mean_ns <= .max_ns)' \
		'.result.rows | all(.min_ns <= .p50_low_ns and .p50_low_ns <= .p50_ns and .p50_ns <= .p50_high_ns and .p50_high_ns <= .max_ns)' \
		'.result.rows | all(.ratio == null and (.batch == null) == (.cmds_per_s == null))' \
		'.result.rows[5:7] | all((.cmds_per_s - .batch * 1e9 / .mean_ns) / .cmds_per_s | fabs < 0.01)' \
		'.result.cpu == null and .error == null'
}

@test "bench: each call is made warm-up and n times, and is what the row's name says" {
	for row in hwinfo=GET_HW_INFO vdevice=VDEVICE_ALLOC alloc=HWPT_ALLOC attach=ATTACH_IOMMUFD_PT \
		detach=DETACH_IOMMUFD_PT inval=HWPT_INVALIDATE map=IOAS_MAP unmap=IOAS_UNMAP; do
		run -0 smmunest-ctl -q --trace=calls bench -n 7 --warmup=5 --batch=3 --size=4K "${row%=*}"
		count=$(grep -c "${row#*=}" calls)
		# the chain's own: stage 2 and what the first replacement replaces; a command is checked by registers
		case $row in
		alloc*) [[ $count == 13 ]] ;;
		attach*) [[ $count == 13 ]] ;;
		inval*) [[ $count == 12 && $(grep -c GET_HW_INFO calls) == 1 ]] ;;
		*) [[ $count == 12 ]] ;;
		esac || fail "$row: $count calls"
	done
}

@test "bench attach: one nested HWPT replaces the other" {
	run -0 smmunest-ctl -q --trace=calls bench -n 4 --warmup=0 attach
	run -0 sed -n 's/.*ATTACH_IOMMUFD_PT.*pt_id=\([0-9]*\).*/\1/p' calls
	[[ ${#lines[@]} == 5 && ${lines[0]} == "${lines[2]}" && ${lines[1]} == "${lines[3]}" && ${lines[0]} == "${lines[4]}" &&
		${lines[0]} != "${lines[1]}" ]] || fail "${lines[*]}"
	run -0 grep -c DETACH_IOMMUFD_PT calls
	assert_output 1
}

@test "bench inval: commands take turns, and what the tables call illegal is not sent" {
	run -0 smmunest-ctl -q --trace=calls bench -n 1 --warmup=0 inval --batch=3 --cmd=tlbi-nh-all --cmd=tlbi-nh-asid:ASID=9
	run -0 grep HWPT_INVALIDATE calls
	assert_output --partial '[0x10, 0x0, 0x9000000000011, 0x0, 0x10, 0x0]'
	ctl 64 bench -n 1 inval --cmd=tlbi-nh-all --cmd=prefetch-config:SID=1
	holds '.error.causes[0].text | test("number 2")' '.result.rows == []'
}

# need_dma: the device can be told to do one
need_dma() {
	smmunest-ctl -q dma --repeat=1 >/dev/null 2>&1 || skip "smmunest-ctl dma finds nothing that drives the device"
}

@test "bench dma, msi, event: what the device does, through both stages" {
	need_dma
	ctl 0 bench -n 3 --warmup=0 dma msi event
	holds '[.result.rows[] | [.name, .n, .batch]] == [["dma", 3, null], ["msi", 3, null], ["event", 3, null]]' \
		'.result.rows | all(.min_ns > 1)'
	# each event is read after the transfer that made it
	run -0 smmunest-ctl -q --trace=calls bench -n 3 --warmup=0 event
	[[ $(grep -c 'read(vEVENTQ)' calls) -ge 4 ]] || fail "too few reads of the vEVENTQ"
}

@test "bench: without a name all that the device can do" {
	ctl 0 bench -n 2 --warmup=1 --batch=1 --size=4K
	holds '[.result.rows[].name] + [.result.skipped // [] | .[].name] == ["hwinfo", "vdevice", "alloc", "attach", "detach", "inval",
		"map", "unmap", "dma", "msi", "event"]'
}

@test "bench --hist: every sample is in one bucket" {
	ctl 0 bench -n 40 --hist alloc
	holds '.result.rows[0] | .histogram as $h | ($h | map(.[2]) | add) == 40 and
		($h[0][0] <= .min_ns and .min_ns <= $h[0][1]) and ($h[-1][0] <= .max_ns and .max_ns <= $h[-1][1])'
	run -0 smmunest-ctl bench -n 40 --hist alloc
	assert_output --regexp ' to .* [1-9][0-9]?  #+'
}

@test "bench --csv: every sample, as the rows count them" {
	ctl 0 bench -n 30 --csv=samples inval map --batch=1,2 --size=4K
	holds '.result.rows | length == 3'
	run -0 cut -d, -f 1-4 samples
	assert_equal "$(sort <<<"$output" | uniq -c | sort -n | sed 's/^ *//')" $'1 name,batch,bytes,objects
30 inval,1,,
30 inval,2,,
30 map,,4096,'
	[[ $(awk -F, '$2 == 2 { print $6 }' samples | sort -n | head -n 1) == "$(jq '.result.rows[1].min_ns' <<<"$(<"$BATS_TEST_TMPDIR/documents")")" ]]
	run -64 --separate-stderr smmunest-ctl bench -n 1 --csv=- hwinfo
	assert_output ""
	ctl 70 bench -n 1 --csv=/nowhere/samples hwinfo
	holds '.error.causes[0].id == "bench.csv"'
}

@test "bench --csv: samples stand in the order they were taken" {
	need_kernel "every call takes 1 ns"
	run -0 smmunest-ctl -q bench -n 500 --csv=samples hwinfo
	cut -d, -f 5 samples | tail -n +2 >numbers
	diff numbers <(seq 0 499)
	! cut -d, -f 6 samples | tail -n +2 | sort -nc 2>/dev/null || fail "they are sorted"
}

@test "bench --csv: a disk that is full is said" {
	[[ -c /dev/full ]] || skip "there is no /dev/full"
	ctl 70 bench -n 1000 --csv=/dev/full hwinfo
	holds '.error.causes[0].text | test("full: No space")'
}

@test "bench --stream: a line a row, then the document" {
	run -0 smmunest-ctl bench -n 5 --stream hwinfo inval --batch=1,2
	assert_equal "${#lines[@]}" 4
	run -0 jq -c '[.event, .backend == (env.SMMUNEST_BACKEND // "kernel" | split(":")[0]), .row.name, .row.batch, .command]' <<<"$output"
	assert_output '["row",true,"hwinfo",null,null]
["row",true,"inval",1,null]
["row",true,"inval",2,null]
[null,true,null,null,"bench"]'
}

@test "bench --stream: a row is told before the next one is there" {
	smmunest-ctl -q bench -n 100000 --stream inval --batch=1,65536 >lines &
	for _ in {1..100}; do
		[[ ! -s lines ]] || break
		sleep 0.1
	done
	before=$(<lines)
	kill -INT $!
	run -0 jq -c .row.batch <<<"$before"
	assert_output 1
	wait $! || [[ $? == 130 ]]
	run -0 jq -c '[.event, .row.batch, .exit]' lines
	assert_output $'["row",1,null]\n[null,null,130]'
}

@test "bench --scale: so many more of them, and a line through it" {
	ctl 0 bench -n 20 --scale=hwpt:0..2 inval --batch=1,16
	holds '[.result.rows[] | "\(.batch) \(.objects)"] == ["1 0", "16 0", "1 1", "16 1", "1 2", "16 2"]' '.result | has("cost") | not'
	ctl 0 bench -n 20 --scale=hwpt:3..20 alloc inval --batch=1
	holds '[.result.rows[] | "\(.name) \(.objects)"] == ["alloc 3", "alloc 6", "alloc 12", "alloc 20",
		"inval 3", "inval 6", "inval 12", "inval 20"]' \
		'.result.scale | .object == "hwpt" and .reached == 20 and [.fits[].of] == ["alloc", "inval x1"]' \
		'.result.scale.fits | all(.fixed_ns > 0 and (.per_object_ns | type) == "number")' '.result | has("cost") | not'
	run -0 smmunest-ctl -q --trace=calls bench -n 1 --warmup=0 --scale=mapping:0..4 hwinfo
	run -0 grep -c IOAS_MAP calls
	assert_output 4
	ctl 0 bench -n 5 --scale=mapping:2..2 map --size=4K
	holds '[.result.rows[].objects] == [2] and .result.scale.fits == []'
}

@test "bench --scale: to thousands, by doubling" {
	for object in hwpt mapping; do
		ctl 0 bench -n 5 --warmup=1 --scale=$object:1..4096 alloc
		holds '[.result.rows[].objects] == [range(13) | pow(2; .)]' '.result.scale | .reached == 4096 and
			(.fits | length == 1 and all(.fixed_ns > 0 and (.per_object_ns | fabs) < .fixed_ns / 100))'
	done
}

@test "bench --scale: devices are those that are there" {
	ctl 4 bench -n 1 --scale=device:200..300 map
	holds '.error.causes[0].id == "bench.devices"'
	ctl 0 bench -n 5 --scale=vdevice:0..300 inval --batch=1
	holds '.result.scale | .from == 0 and .to == 300 and .reached < 300' '.result.rows[-1].objects == .result.scale.reached'
	says '*ends at*'
}

# base: what hwinfo and two batches take
base() {
	ctl 0 bench -n 200 hwinfo inval --batch=1,16
	printf '%s\n' "$output" >base.json
}

# again STATUS ARGUMENT...: the same, compared with it after jq has changed it
again() {
	local want=$1 change=$2
	shift 2
	jq ".result.rows[] |= ($change | .p50_high_ns = .p50_ns | .p50_low_ns = .p50_ns)" base.json >changed.json
	ctl "$want" bench -n 200 hwinfo inval --batch=1,16 --baseline=changed.json "$@"
}

@test "bench --baseline: the same again is no slower than far more was" {
	base
	again 0 . --threshold=10000
	holds '.result.rows | all(.ratio > 0 and .ratio_low <= .ratio and .ratio <= .ratio_high)' \
		'.result.baseline | .compared == 3 and .slower == [] and .threshold_pct == 10000'
	again 0 '.p50_ns *= 100' --threshold=0
	holds '.result.rows | all(.ratio < 0.1)'
}

@test "bench --baseline: what was a hundred times faster makes it exit 1" {
	need_kernel "every call takes 1 ns"
	base
	again 1 '.p50_ns |= (. / 100 | ceil)' --threshold=50
	holds '.result.baseline.slower == ["hwinfo", "inval x1", "inval x16"]' '.error.causes[0].id == "bench.slower"'
	again 0 '.p50_ns |= (. / 100 | ceil)' --threshold=100000
}

@test "bench: Ctrl-C tells what there is" {
	status=0
	timeout --foreground --preserve-status -s INT 1 smmunest-ctl -qj bench -n 10000000 hwinfo map >partial || status=$?
	assert_equal "$status" 130
	output=$(<partial)
	holds '.result.rows | length == 1' '.result.rows[0] | .n > 0 and .n < 10000000'
}

@test "bench --cpu: it stays on that one" {
	cpu=$(sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status)
	ctl 0 bench -n 1 --cpu="$cpu" hwinfo
	holds ".result.cpu == $cpu"
	smmunest-ctl -q bench -n 10000000 --cpu="$cpu" --stream hwinfo inval >lines &
	for _ in {1..100}; do
		! grep -q "^Cpus_allowed_list:[[:space:]]*$cpu$" /proc/$!/status || break
		sleep 0.1
	done
	allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/$!/status)
	kill $!
	wait $! || true
	assert_equal "$allowed" "$cpu"
}

@test "bench: what does not exist is usage" {
	usage_error bench hwinf
	says "did you mean hwinfo"
	for wrong in -n0 --batch=0 --batch=65537 --batch=1,,2 --batch= --size=4095 --size=2G --size=4K@0 --cmd=tlbi-nh-asd --threshold=x \
		--threshold=-1 --threshold=nan --cpu=4096 --scale=hwpt --scale=hwp:1..2 --scale=hwpt:2..1 --scale=hwpt:1..16385 --scale=:1..2 \
		--scale=mapping:..2; do
		usage_error bench "$wrong" hwinfo
	done
	ctl 64 bench --cpu=1023 hwinfo
	holds '.error.causes[0].text | test("CPU 1023: EINVAL")'
}
