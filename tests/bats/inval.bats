# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# inval: batches of invalidation commands, what is held back, and how far the kernel came.
# shellcheck disable=SC2154,SC2238  # $output, $stderr, $status are bats'; batch is a file

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
}

# times N TEXT: N lines. Not in a loop: bats looks at each command.
times() {
	yes "$2" | head -n "$1"
}

# SMMUs without ATS take no ATC_INV.
has_ats() {
	ctl 0 info "$SMMUNEST_DEVICE"
	[[ $output =~ \"idr\":\[\"(0x[0-9a-f]{8}) ]]
	((BASH_REMATCH[1] >> 10 & 1))
}

@test "inval: all commands by name in one batch" {
	has_ats && atc=("atc-inv:SID=0x42,Size=all") || atc=()
	ctl 0 inval --vsid=0x42 cfgi-cd:SID=0x42,Leaf=1 cfgi-cd-all:SID=0x42 tlbi-nh-all tlbi-nh-asid:ASID=5 tlbi-nh-va:ASID=5,Address=0x1000,Leaf=1 \
		tlbi-nh-vaa:Address=0x2000 tlbi-nsnh-all "${atc[@]}"
	holds ".result | .attempted == (7 + ${#atc[@]}) and .issued == .attempted and .entry_num == .attempted" \
		'.result.commands | all(.status == "issued" and (.words | length == 2 and all(word64)))' \
		'[.result.commands[].name][:7] == ["CFGI_CD", "CFGI_CD_ALL", "TLBI_NH_ALL", "TLBI_NH_ASID", "TLBI_NH_VA", "TLBI_NH_VAA", "TLBI_NSNH_ALL"]' \
		'.result.commands[3] | .words == ["0x0005000000000011", "0x0000000000000000"] and .fields == {ASID: 5}' \
		'.result.commands[4].fields == {ASID: 5, Leaf: 1, Address: "0x0000000000001000"}' '.error == null'
}

@test "inval: each command alone" {
	for command in cfgi-cd:SID=0x42 cfgi-cd-all:SID=0x42 tlbi-nh-all tlbi-nh-asid:ASID=255 tlbi-nh-va:Address=0xfffffffffffff000 \
		tlbi-nh-vaa tlbi-nsnh-all; do
		ctl 0 inval --vsid=0x42 "$command"
		holds '.result | .attempted == 1 and .issued == 1'
	done
}

@test "inval: ranges where the SMMU has range invalidation" {
	ctl 0 info "$SMMUNEST_DEVICE"
	[[ $(value RIL) == 1 ]] || skip "IDR3.RIL is 0"
	ctl 0 inval tlbi-nh-va:ASID=1,Address=0x1000,Leaf=1,TG=4k,NUM=3,SCALE=2,TTL=3 tlbi-nh-vaa:Address=0x10000,TG=64k,TTL=2
	holds '.result.issued == 2'
	for bad in tlbi-nh-va:TG=1 tlbi-nh-va:NUM=1 tlbi-nh-vaa:TTL=1; do
		ctl 64 inval "$bad"
		holds '.error.causes[0].id == "cmd.range"'
		ctl 2 inval --force "$bad"
		holds '.error.name == "EIO"' '.error.causes[0] | .id == "inval.cmd" and .verdict == "certain"'
	done
}

@test "inval: ATC_INV without ATS is held back, and with --force the kernel's EIO" {
	! has_ats || skip "the SMMU has ATS"
	ctl 64 --trace inval atc-inv:SID=0x10,Size=all
	says IOMMU_VDEVICE_ALLOC
	[[ $stderr != *"IOMMU_HWPT_INVALIDATE("* ]]
	holds '.error.causes[0] | .id == "cmd.feature" and (.text | test("ATS"))'
	ctl 2 --trace inval --force atc-inv:Size=all
	says "IOMMU_HWPT_INVALIDATE("
	holds '.error | .op == "IOMMU_HWPT_INVALIDATE" and .name == "EIO"' '.error.causes[0] | .verdict == "certain" and (.text | test("ATS"))'
}

@test "inval: what the tables call illegal is 64, and nothing at all goes out" {
	for bad in --raw=0xff:0 --raw=0x30:1 --raw=0x430:0 cfgi-cd:SSec=1 --raw=0x3:0x0 --raw=0x46:0; do
		ctl 64 --trace inval tlbi-nsnh-all "$bad"
		[[ $stderr != *"IOMMU_HWPT_INVALIDATE("* ]] || fail "$bad was sent"
		holds '.error.causes[0].text | test("command 1.*nothing was sent")' '.error.causes[0].remedy | test("--force")' '.error.op == null'
	done
	run --separate-stderr smmunest-ctl inval --raw=0xff:0
	assert_equal "$status" 64
	says '0xff' 'nothing was sent' 'force'
}

@test "inval: an unknown vSID is sent, EIO, and its entry told" {
	ctl 2 inval --vsid=0x42 tlbi-nsnh-all cfgi-cd:SID=0x43
	holds '.result | .attempted == 2 and .entry_num == 1 and .issued == 0' \
		'[.result.commands[].status] == ["not issued", "refused"]' \
		'.error | .op == "IOMMU_HWPT_INVALIDATE" and .errno == 5 and .name == "EIO"' \
		'.error.args.entry_len == 16 and .error.args.entry_num == 2' \
		'.error.causes[0] | .id == "inval.vsid" and .verdict == "certain" and (.text | test("0x43.*0x42"))'
	ctl 2 inval --vsid=none cfgi-cd:SID=0x42
	holds '.error.causes[0].id == "inval.vsid"'
	ctl 0 inval --vsid=none tlbi-nsnh-all
	holds '.result.issued == 1'
}

@test "inval: a batch of 1024 from a file" {
	times 1024 tlbi-nh-asid:ASID=5 >batch
	# one line of JSON this long is slow to read for bats
	ctl 0 --json=document inval --file=batch
	assert_output --partial '... 984 more'
	read -r output <document
	holds '.result | .attempted == 1024 and .issued == 1024 and .entry_num == 1024' '.result.commands | length == 1024'
}

@test "inval: after 70 good commands and a bad one, whole groups of 63 were issued" {
	{
		times 70 tlbi-nh-asid:ASID=5
		echo 0xff:0
		times 29 tlbi-nh-asid:ASID=5
	} >batch
	ctl 2 inval --force --file=batch
	if [[ $(value kernel_counts) == issued ]]; then
		holds '.result | .attempted == 100 and .entry_num == 70 and .issued == 70'
		return
	fi
	holds '.result.accounting.kernel_counts == "validated"' '.result | .attempted == 100 and .entry_num == 70 and .issued == 63' \
		'[.result.commands[].status] | .[:63] | all(. == "issued")' \
		'[.result.commands[].status] | .[63:70] | all(. == "not issued")' '.result.commands[70].status == "refused"' \
		'[.result.commands[].status] | .[71:] | all(. == "not issued")' '.error.causes[0].text | test("command 70.*0xff")'
}

@test "inval: a file has comments, blank lines, words and names; - is stdin" {
	printf '%s\n' '# first' '' '  tlbi-nsnh-all  # all' $'\t0x30:0' 0x0005000000000011,0 TLBI_NH_ASID:ASID=6 >batch
	ctl 0 inval --file=batch
	holds '[.result.commands[].words[0]] == ["0x0000000000000030", "0x0000000000000030", "0x0005000000000011", "0x0006000000000011"]'
	run --separate-stderr smmunest-ctl --json inval --file=- <batch
	assert_success
	holds '.result.issued == 4'
	printf 'tlbi-nsnh-all' >unended
	ctl 0 inval --file=unended tlbi-nh-all --raw=0x10,0
	holds '[.result.commands[].name] == ["TLBI_NSNH_ALL", "TLBI_NH_ALL", "TLBI_NH_ALL"]'
}

@test "inval --repeat: the batch again and again, with times" {
	ctl 0 inval --repeat=10 tlbi-nh-asid:ASID=5
	holds '.result.repeat | .n == 10 and 0 < .min_ns and .min_ns <= .p50_ns and .p50_ns <= .p99_ns and .p99_ns <= .max_ns' '.result.issued == 1'
}

@test "inval: as text" {
	run -0 --separate-stderr smmunest-ctl inval tlbi-nsnh-all
	assert_line --regexp '^issued +1$'
	assert_line --regexp '0x0000000000000030 0x0000000000000000 +TLBI_NSNH_ALL .*issued$'
	assert_equal "$stderr" ""
}
