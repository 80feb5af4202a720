# SPDX-License-Identifier: GPL-2.0-or-later
# bench: what it takes from a file, and numbers that are known; on the model, whose every call takes 1 ns.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	unset SMMUNEST_DEVICE
	export SMMUNEST_BACKEND=model
	cd "$BATS_TEST_TMPDIR" || return
}

# rows JQ: a baseline of hwinfo and inval x1, changed
rows() {
	jq -n '{command: "bench", backend: "model", kernel: {release: "7.9"}, result: {rows: [
		{name: "hwinfo", batch: null, p50_ns: 4, p50_low_ns: 2, p50_high_ns: 8},
		{name: "inval", batch: 1, p50_ns: 1}]}} | '"$1" >base.json
}

@test "baseline: ratio and interval are of the p50s and of the slices" {
	rows .
	ctl 0 bench -n 20 hwinfo inval --batch=1,2 --baseline=base.json
	holds '.result.rows | map([.ratio, .ratio_low, .ratio_high]) == [[0.25, 0.125, 0.5], [1, 1, 1], [null, null, null]]' \
		'.result.baseline == {file: "base.json", kernel: "7.9", threshold_pct: 5, compared: 2, slower: []}'
	run -0 smmunest-ctl bench -n 20 hwinfo inval --batch=1 --baseline=base.json
	assert_line --regexp '^hwinfo .* 0\.250 \[0\.125, 0\.500\]$'
	assert_line '2 rows against base.json, kernel 7.9: 0 slower by more than 5 %'
}

@test "baseline: past the threshold with its whole interval is exit 1" {
	# on the model a transfer takes more than one call, the same each time
	ctl 0 bench -n 20 dma event
	dma=$(value p50_ns)
	jq '.result.rows[].p50_high_ns += 1' <<<"$output" >wide.json
	jq '.result.rows[1].p50_ns -= 1' <<<"$output" >fast.json
	ctl 0 bench -n 20 dma event --baseline=fast.json --threshold=0
	jq '.result.rows[1] |= (.p50_ns -= 1 | .p50_high_ns -= 1)' fast.json >faster.json
	for threshold in 0 8; do
		ctl 1 bench -n 20 dma event --baseline=faster.json --threshold=$threshold
		holds '.result.baseline.slower == ["event"]' '.error.causes[0] | .id == "bench.slower" and (.text | test("^1 of 2 rows.*event"))'
	done
	ctl 0 bench -n 20 dma event --baseline=faster.json --threshold=40
	ctl 0 bench -n 20 dma event --baseline=wide.json --threshold=0
	[[ $dma -gt 1 ]]
}

@test "bench: a device that cannot be told to do DMA has no such rows" {
	smmunest-ctl -j info >board.json
	jq '.result.devices[0] |= (.vendor = "0x8086" | .device = "0x0001" | .class = "0x020000")' board.json >other.json
	export SMMUNEST_BACKEND=model:./other.json
	ctl 4 bench -n 1 dma
	holds '.error.causes[0].id == "bench.source"' '.result.rows == []'
	ctl 0 bench -n 1 --batch=1 --size=4K
	holds '[.result.skipped[].name] == ["dma", "msi", "event"]' '.result.rows | length == 8' '.error == null'
	run -0 smmunest-ctl bench -n 1 --batch=1 --size=4K
	assert_line --partial 'skipped: msi: nothing is known'
}

@test "baseline: what is no bench's document is 64" {
	rows '.command = "info"'
	ctl 64 bench -n 1 hwinfo --baseline=base.json
	rows '.backend = "kernel"'
	ctl 64 bench -n 1 hwinfo --baseline=base.json
	holds '.error.causes[0].text | test("a model answered one")'
	for wrong in '.result = 7' 'del(.result.rows)' '.result.rows = {}' '[.]' '7' 'del(.command)' '.backend = 1'; do
		rows "$wrong"
		ctl 64 bench -n 1 hwinfo --baseline=base.json
		holds '.error.causes[0].id == "bench.baseline"'
	done
	printf '{"command":' >base.json
	ctl 64 bench -n 1 hwinfo --baseline=base.json
	ctl 64 bench -n 1 hwinfo --baseline=none.json
	holds '.error.causes[0].text | test("none.json: No such file")'
}

@test "baseline: rows that say nonsense are not compared" {
	for wrong in '.result.rows = [7, null, [], "inval", {}]' '.result.rows[].p50_ns = 0' '.result.rows[].p50_ns = -4' \
		'.result.rows[].p50_ns = "4"' '.result.rows[].name = 3' '.result.rows[0].batch = 9 | .result.rows[1].objects = 3'; do
		rows "$wrong"
		ctl 64 bench -n 1 hwinfo inval --batch=1 --baseline=base.json
		holds '.error.causes[0].text | test("none of these rows")' '.result.rows | length == 2'
	done
	rows '.kernel = 9 | .result.rows[0].p50_low_ns = -1 | .result.rows[0].p50_high_ns = "x"'
	ctl 0 bench -n 1 hwinfo --baseline=base.json
	holds '.result.rows[0] | .ratio == 0.25 and .ratio_low == 0.25' '.result.baseline.kernel == null'
}

@test "cost: one length has none, one block has two terms, more have three" {
	ctl 0 bench -n 5 inval --batch=16
	holds '.result | has("cost") | not'
	ctl 0 bench -n 5 inval --batch=1,63
	holds '.result.cost | .fixed_ns == 1 and .per_command_ns == 0 and .per_block_ns == null and .block == 63'
	ctl 0 bench -n 5 inval --batch=1,63,64
	holds '.result.cost | .fixed_ns == 1 and (.per_block_ns | fabs) < 0.001 and .worst_pct < 0.001' \
		'.result.cost.points == [{batch: 1, blocks: 1, p50_ns: 1, fitted_ns: 1}, {batch: 63, blocks: 1, p50_ns: 1, fitted_ns: 1},
			{batch: 64, blocks: 2, p50_ns: 1, fitted_ns: 1}]'
}

@test "scale: as many devices as the machine has" {
	smmunest-ctl -j info >board.json
	jq '.result.devices += [range(4; 14) as $i | .result.devices[1] |
		.bdf = "0000:00:\("0123456789abcdef"[$i:$i + 1] | "0" + .).0" | .group = $i | .cdev = "/dev/vfio/devices/vfio\($i)"]' \
		board.json >many.json
	SMMUNEST_BACKEND=model:./many.json ctl 0 bench -n 3 inval vdevice map --batch=1 --size=4K --scale=vdevice:1..4096
	holds '[.result.rows[] | select(.name == "inval") | .objects] == [1, 2, 4, 8, 11] and .result.scale.reached == 11'
	SMMUNEST_BACKEND=model:./many.json run -0 smmunest-ctl -q --trace=calls bench -n 1 --warmup=0 hwinfo --scale=device:5..5
	assert_equal "$(grep -c BIND_IOMMUFD calls) $(grep -c ATTACH_IOMMUFD_PT calls)" "6 5"
}
