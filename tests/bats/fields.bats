# SPDX-License-Identifier: GPL-2.0-or-later
# The tables as people see them, and dumps of any size.

bats_require_minimum_version 1.8.0

setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return
}

@test "fields: the manual's page is not stale" {
	[[ -r $top/man/smmunest-fields.7 ]] || skip "the repository is not here"
	smmunest-ctl fields --format=man >page
	diff "$top/man/smmunest-fields.7" page
}

@test "fields: a field's row has the contract's keys" {
	run -0 --separate-stderr smmunest-ctl --json fields ste.Cfg
	run -0 jq -c '.result.layouts | length, (.[0].fields[0] | [.name, .word, .lo, .width, .values["5"], .user, .feature,
		.spec, (.doc | type)])' <<<"$output"
	assert_output $'1\n["Cfg",0,1,3,"s1",true,null,"5.2","string"]'
}

@test "fields: one name, a family, a field over a family, everything" {
	run -0 smmunest-ctl fields TLBI_NH_VA --format=json
	run -0 jq -r '.result.layouts[0] | .opcode, .fate, (.fields | map(select(.feature == "IDR3.RIL") | .name) | join(" "))' <<<"$output"
	assert_output $'0x12\nforwarded\nNUM SCALE TTL TG'
	run -0 smmunest-ctl -j fields evt
	run -0 jq -r '.result.layouts | map(select(.fate == "forwarded") | .opcode) | join(" ")' <<<"$output"
	assert_output "0x04 0x06 0x08 0x0a 0x10 0x11 0x12 0x13"
	run -0 smmunest-ctl -j fields
	run -0 jq '[.result.layouts[].layout] | unique | length' <<<"$output"
	assert_output 7
}

@test "fields: what there is not is 64" {
	for name in nope ste.nope .V cmd.; do
		run -64 smmunest-ctl -q fields "$name"
	done
}

# words HEX...: 64-bit little-endian words
words() {
	local word byte
	for word; do
		for ((byte = 0; byte < 64; byte += 8)); do
			# shellcheck disable=SC2059  # the format is the byte
			printf "\\x$(printf %02x $((word >> byte & 255)))"
		done
	done
}

@test "decode: a binary dump is shown a record a line, a text file too" {
	words 0x0005000000000011 0 0x46 0 0x77 0x1 >dump
	run -0 smmunest-ctl decode cmd --file=dump --binary
	assert_line --regexp '^ +0  TLBI_NH_ASID +ASID=5$'
	assert_line --regexp '^ +1  SYNC'
	assert_line --regexp '^ +2  unknown +unknown1=0x1$'
	printf '0x0005000000000011 0\n0x46,0 0x77:1\n' >text
	smmunest-ctl decode cmd --file=text >from-text
	smmunest-ctl decode cmd --file=dump --binary >from-binary
	diff from-text from-binary
	run -0 smmunest-ctl -j decode cmd --file=dump --binary
	run -0 jq -c '[.result.records[].name], .exit' <<<"$output"
	assert_output $'["TLBI_NH_ASID","SYNC","unknown"]\n0'
}

@test "decode: a summary counts each command, over block borders" {
	words 0x0005000000000011 0 0x0000800000000030 0 0x46 0 >dump3
	for _ in {1..15}; do cat dump3 dump3 >dump6 && mv dump6 dump3; done
	run -0 smmunest-ctl -j decode cmd --file=dump3 --binary --summary
	run -0 jq -c '.result.records, [.result.summary[] | [.name, .count, .with_unknown_bits]]' <<<"$output"
	assert_output $'98304\n[["TLBI_NH_ASID",32768,0],["TLBI_NSNH_ALL",32768,32768],["SYNC",32768,0]]'
}

@test "decode: a summary of events" {
	words 0x1000000010 0 0 0 0x100000000a 0 0 0 0x1000000010 0x800000000 0 0xfff0000000000000 >events
	run -0 smmunest-ctl -j decode evt --file=events --binary --summary
	run -0 jq -c '[.result.summary[] | [.name, .count, .with_unknown_bits]]' <<<"$output"
	assert_output '[["C_BAD_CD",1,0],["F_TRANSLATION",2,1]]'
	run -64 smmunest-ctl -q decode cd --summary 0 0 0 0 0 0 0 0
}

# bats test_tags=cost
@test "decode: a long dump is shown in constant memory" {
	head -c 64M /dev/zero >zeroes
	(ulimit -v 30000 && smmunest-ctl decode cmd --file=zeroes --binary | tail -n 1 | grep -q '^ *4194303  unknown')
}

@test "decode: a cut file ends with 64 and says where" {
	words 0x30 0 0x46 >part
	run -64 --separate-stderr smmunest-ctl decode cmd --file=part --binary
	# shellcheck disable=SC2154  # bats sets it
	[[ $stderr == *"in the middle of a record, after 1 records"* ]]
	printf x >>part
	run -64 smmunest-ctl -q decode cmd --file=part --binary
	printf '0x30 zero' >part
	run -64 smmunest-ctl -q decode cmd --file=part
	run -64 smmunest-ctl -q decode cmd --file=/nonexistent --binary
	# the records before it are shown
	printf '0x30 0 0x46 , zero' >part
	run -64 smmunest-ctl -q decode cmd --file=part
	assert_line --partial TLBI_NSNH_ALL
	# a word that is longer than any buffer is one word, and none that is known
	printf '0x%0100d1 0x%0100d1' 0 0 >part
	run -64 smmunest-ctl -q decode cmd --file=part
}

@test "encode and decode: CDs and events by name, and back" {
	run -0 smmunest-ctl -j encode cd V=1 AA64=1 T0SZ=25 TTB0=0x1000 ASID=7
	words=$(jq -r '.result.records[0].words | join(" ")' <<<"$output")
	# shellcheck disable=SC2086  # the words
	run -0 smmunest-ctl -j decode cd $words
	run -0 jq -c '.result.records[0].fields | [.V, .AA64, .T0SZ, .TTB0, .ASID]' <<<"$output"
	assert_output '[1,1,25,"0x0000000000001000",7]'
	run -0 smmunest-ctl -j encode evt F_TRANSLATION:SID=0x42,RnW=1,InputAddr=0x1234
	run -0 jq -r '.result.records[0].words | join(" ")' <<<"$output"
	assert_output "0x0000004200000010 0x0000000800000000 0x0000000000001234 0x0000000000000000"
}

@test "encode: --for judges by the SMMU that is named" {
	run -0 smmunest-ctl -j encode --for=0x0d44101b,0x02730010,0,0x1414,0,0x74 cmd atc-inv:SID=1 tlbi-nh-va:TG=1,TTL=3
	run -0 jq -c '[.result.records[].legal.ok]' <<<"$output"
	assert_output '[false,true]'
	run -0 smmunest-ctl -j encode --for=0 cmd tlbi-nh-va:TG=1,TTL=3
	run -0 jq -c '[.result.records[].legal.ok]' <<<"$output"
	assert_output '[false]'
	run -64 smmunest-ctl -q encode --for=nonsense cmd atc-inv
}

@test "encode: a field that is given twice is 64" {
	run -64 --separate-stderr smmunest-ctl encode ste V=1 Cfg=s1 Config=5
	[[ $stderr == *"Cfg is given twice"* ]]
	run -64 smmunest-ctl encode cmd tlbi-nh-asid:ASID=1,ASID=1
	run -64 smmunest-ctl alloc Cfg=s1 Cfg=s1
}

@test "decode: what hardware makes of an STE is told beside what the kernel says" {
	qemu=0x0d44101b,0x02730010,0,0x1414,0,0x74
	# ok; S1Fmt is ignored without S1CDMax; STRW is the kernel's; more CDs than an SMMU with 4 bits of SSID has
	run -0 smmunest-ctl -j decode ste --for=$qemu 0x4000100b 0 0x4000103b 0 0x4000100b 0x80000000
	run -0 jq -c '.result.records[] | [.legal.ok, .hardware.ok, .hardware.event]' <<<"$output"
	assert_output $'[true,true,null]\n[true,true,null]\n[false,true,null]'
	run -0 smmunest-ctl -j decode ste --for=0x0d44101b,0x02730110,0,0x1414,0,0x74 0x280000004000100b 0
	run -0 jq -c '.result.records[] | [.legal.ok, .hardware.ok, .hardware.event]' <<<"$output"
	assert_output '[true,false,"C_BAD_STE"]'
}

@test "decode: what is strange about an STE although hardware takes it" {
	# a format without a table; a pointer that is not aligned to its table of 64 CDs
	run -0 smmunest-ctl -j decode ste 0x4000101b 0 0x300000004000104b 2 0x4000100b 0
	run -0 jq -r '.result.records[] | (.hardware.ok | tostring) + " " + (.hardware.notes | join(";"))' <<<"$output"
	assert_line --index 0 --regexp '^true S1Fmt and S1DSS are ignored'
	assert_line --index 1 --regexp '^true S1ContextPtr is not aligned .* bits 0x40 '
	assert_line --index 2 'true '
}

@test "decode: the events and commands of a kernel log" {
	cat >log <<-EOF
		[    1.0] arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:
		[    1.0] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000001000000010
		[    1.0] vfio-pci 0000:00:02.0: something else, at 0x0000000000000001
		[    1.0] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000020800000000
		[    1.0] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000001002000
		[    1.0] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000004200000010
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: event 0x0a received:
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x000000100000000a
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: unexpected PRI request received:
		[    1.1] arm-smmu-v3 arm-smmu-v3.0.auto: 	access at iova 0x0000000000005000
		[    1.2] arm-smmu-v3 arm-smmu-v3.0.auto: skipping command in error state:
		[    1.2] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0005000000000011
		[    1.2] arm-smmu-v3 arm-smmu-v3.0.auto: 	0x0000000000000000
	EOF
	# another line's address is in the first dump, and the second was cut off
	run -0 smmunest-ctl decode evt --log=log
	assert_line --index 0 --regexp '^ +0  F_TRANSLATION +SID=0x10 RnW=read .*InputAddr=0x1002000$'
	assert_line --index 1 --regexp 'C_BAD_CD +SID=0x10$'
	run -0 smmunest-ctl decode cmd --log=log
	assert_output --regexp '^ +0  TLBI_NH_ASID +ASID=5$'
	run -64 smmunest-ctl decode ste --log=log
}

@test "decode: 32-bit registers of a binary file" {
	words 0x027300100d44101b 0x0000141400000000 0x0000007400000000 >registers
	run -0 smmunest-ctl -j decode idr --file=registers --binary
	run -0 jq -r '[.result.records[] | .name + "=" + .words[0]] | join(" ")' <<<"$output"
	assert_output "IDR0=0x0d44101b IDR1=0x02730010 IDR2=0x00000000 IDR3=0x00001414 IDR4=0x00000000 IDR5=0x00000074"
	printf 0x100000000 >wide
	run -64 smmunest-ctl -q decode idr --file=wide
}
