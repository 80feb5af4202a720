# SPDX-License-Identifier: GPL-2.0-or-later
# compare: two machines side by side, from whatever the tool wrote of them.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	unset SMMUNEST_DEVICE
	cd "$BATS_TEST_TMPDIR" || return
}

# told MODEL ARGUMENT...: what the tool writes of it
told() {
	smmunest-ctl -q --backend="model:$1" --json "${@:2}"
}

# refused FILE FILE WORDS: 64 and one line that says so
refused() {
	ctl 64 compare "$1" "$2"
	[[ $(value text) == *"$3"* ]] || fail "$(value text) does not say $3"
	run -64 --separate-stderr smmunest-ctl compare "$1" "$2"
	[[ -z $output && ${#stderr_lines[@]} == 2 ]] || fail "$output$stderr"
}

@test "compare: a machine with itself differs in nothing" {
	{ told qemu info; told qemu run hwinfo; told qemu bench -n 3 hwinfo inval --batch=1,2; } >a.json
	ctl 0 compare - a.json < <(cat a.json)
	holds '.result.compared.times == 3'
	ctl 0 compare a.json a.json
	holds '.result | .facts == [] and .idr == [] and .legality == [] and .cases == [] and .notes == []' \
		'.result.compared == {devices: 2, fields: 71, cases: '"$(smmunest-ctl run -l hwinfo | wc -l)"', times: 3}' \
		'.result.times | map([.name, .ratio, .ratio_low, .ratio_high, .change]) == [["hwinfo", 1, 1, 1, null],
			["inval x1", 1, 1, 1, null], ["inval x2", 1, 1, 1, null]]' \
		'.result.machines | map([.side, .files, .kernel, .model]) == [["A", ["a.json"], "7.3.0", "qemu"], ["B", ["a.json"], "7.3.0", "qemu"]]'
}

@test "compare: ID registers by field, and what that makes legal" {
	told qemu info >a.json
	told full info >b.json
	ctl 0 compare a.json b.json
	holds '.result.idr | map(select(.name == "IDR1.SSIDSIZE")) == [{name: "IDR1.SSIDSIZE", a: 0, b: 20, a_name: null, b_name: null,
			device: "0000:00:02.0", doc: "bits of a SubstreamID"}]' \
		'.result.idr | map(select(.name == "IDR5.OAS"))[0] | .a_name == "44" and .b_name == "52"' \
		'.result.facts | map(select(.name == "pci.ats")) == [{name: "pci.ats", a: false, b: true}]' \
		'.result.legality | length > 5 and all(.taken_by == "b" and .why != "")' \
		'[.result.legality[] | "\(.name).\(.field)"] | contains(["CFGI_CD.SSID", "ATC_INV.null", "TLBI_NH_VA.SCALE", "TLBI_NH_VAA.null"])'
	# each example is judged so by the tables for both
	smmunest-ctl -j compare b.json a.json | jq -r '.result.legality[].words | join(" ")' >words
	mapfile -t regs < <(jq -r '.result.devices[0] | .idr + [.iidr, .aidr] | join(",")' a.json b.json)
	[[ $(wc -l <words) -gt 5 ]]
	while read -r w0 w1; do
		for i in 0 1; do
			smmunest-ctl -j decode cmd "$w0" "$w1" --for="${regs[i]}" | jq -c ".result.records[0].legal.ok"
		done
	done <words | paste - - | sort -u >judged
	assert_equal "$(<judged)" $'false\ttrue'
}

@test "compare: cases that changed, and those that were not tried in both" {
	told qemu run vste hwinfo >a.json
	told no-bypass run vste >b.json || [[ $? == 1 ]]
	ctl 0 compare a.json b.json
	holds '.result.cases | length >= 1 and all(.a == "pass" and .b == "fail")' \
		'.result.cases | any(.name == "vste.bypass")' '.result.notes == ["'"$(smmunest-ctl run -l hwinfo | wc -l)"' cases are in A alone"]'
	sed -i '$d' b.json
	ctl 0 compare a.json b.json
	holds '.result.notes[0] == "B'"'"'s run did not come to its end"'
	run -0 smmunest-ctl compare a.json b.json
	assert_line --regexp '^ *vste.bypass +pass +fail$'
}

@test "compare: times as ratios, with what the slices say" {
	told qemu bench -n 20 hwinfo dma inval --batch=1 >a.json
	jq -c '.result.rows |= [.[0], (.[1] | .p50_ns *= 2 | .p50_low_ns *= 2 | .p50_high_ns *= 4)]' a.json >b.json
	ctl 0 compare a.json b.json
	holds '.result.times | map([.name, .ratio, .ratio_low, .ratio_high, .change]) == [["hwinfo", 1, 1, 1, null],
		["inval x1", 2, 2, 4, "slower"], ["dma", null, null, null, null]]' '.result.compared.times == 2'
	ctl 0 compare b.json a.json
	holds '.result.times[1] | .ratio == 0.5 and .change == "faster"'
	jq -c '.backend = "kernel"' b.json >c.json
	ctl 0 compare a.json c.json
	holds '.result.times == []' '.result.notes[0] | test("a model answered one")'
}

@test "compare: lines of --stream are rows, other commands' documents are passed over" {
	{ told qemu alloc; told qemu bench -n 2 --stream hwinfo | head -n 1; } >a.json
	told qemu bench -n 2 hwinfo >b.json
	ctl 0 compare a.json b.json
	holds '[.result.times[].name] == ["hwinfo"]'
}

@test "compare: what is no evidence is 64, with one line" {
	told qemu info >good.json
	told qemu run hwinfo >run.json
	refused good.json none.json 'none.json: No such file'
	refused good.json run.json 'neither info nor run nor bench is in both'
	: >bad.json
	refused bad.json good.json 'bad.json: it is empty'
	refused - - '-: it is empty' <good.json
	head -c 100 good.json >bad.json
	refused good.json bad.json 'not JSON: it ends in the middle, at byte 100'
	printf '{"command":"info"\0}' >bad.json
	refused good.json bad.json 'not JSON'
	{ cat good.json; printf '\0'; } >bad.json
	refused good.json bad.json 'not JSON'
	printf '%0.s[' {1..200} >bad.json
	refused good.json bad.json 'not JSON'
	for wrong in '7' '[]' '"x"' '{}' '{"event": 7}' '{"command": []}' '{"tool": "smmunest-ctl"}'; do
		echo "$wrong" >bad.json
		refused bad.json good.json 'document 1: not a document of smmunest-ctl'
	done
	echo null >bad.json
	refused bad.json good.json 'not JSON: null'
	told qemu alloc >bad.json
	refused bad.json good.json 'nothing of info, run or bench'
	while read -r change words; do
		jq -c "$change" good.json >bad.json
		refused good.json bad.json "$words"
	done <<-'EOT'
		.schema=2 schema is not 1
		.result=7 an info without devices
		.result.devices={} an info without devices
	EOT
	jq -c '.kernel.release = "6.12"' good.json | cat good.json - >bad.json
	refused good.json bad.json 'documents of two machines: kernel 7.3.0 and 6.12'
	for wrong in '{"event":"case","status":"pass"}' '{"event":"case","name":"x","status":"good"}' '{"event":"case","name":3,"status":"pass"}'; do
		echo "$wrong" >bad.json
		refused run.json bad.json 'a case without name or status'
	done
	echo '{"event":"row","row":{"name":"x","p50_ns":-1}}' >bad.json
	refused run.json bad.json 'a row of bench without'
	usage_error compare good.json
	usage_error compare good.json good.json good.json
}

@test "compare: values of any type in the right places do no harm" {
	told qemu info >good.json
	for wrong in '.result.devices[0].idr = 7' '.result.devices = [7, null, [], {}]' '.result.devices[].idr = ["x", 1, null, {}, [], -1]' \
		'.result.devices[].bdf = 7' '.kernel = 7' '.device = []' '.version = {}' '.result.config = []' 'del(.result.devices[].iidr)' \
		'.result.devices[0].fields = 3 | .result.devices[0].nesting = [1]' '.result.devices[].pci = null' '.result.smmus = 1e308'; do
		jq -c "$wrong" good.json >bad.json
		ctl 0 compare good.json bad.json
		ctl 0 compare bad.json good.json
		run -0 smmunest-ctl compare bad.json good.json
	done
	{ told qemu run hwinfo; told qemu bench -n 1 hwinfo; } >good.json
	for wrong in '.diag = 7' '.cases = "x"' '.result.cost = [] | .result.scale = 7' '.result.rows[0].p50_low_ns? = "x"' '.ns = -1' \
		'.result.rows[0].batch? = 1e99'; do
		jq -c "$wrong" good.json >bad.json 2>/dev/null || continue
		ctl 0 compare good.json bad.json
	done
}
