# SPDX-License-Identifier: GPL-2.0-or-later
# encode and decode. The expected words are worked out by hand from Arm IHI 0070, not from the tool's tables.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

# LAYOUT NAME W0 W1 FIELDS...: encode gives the words, decode gives the fields back
round_trip() {
	local layout=$1 name=$2 w0=$3 w1=$4 fields=$5 words
	shift 5
	ctl 0 encode "$layout" "$@"
	holds '.result.records | length == 1' ".result.records[0].words == [\"$w0\", \"$w1\"]" '.result.records[0].unknown_bits == []' \
		".result.records[0].layout == \"$layout\"" ".result.records[0].name == \"$name\"" \
		".result.records[0].fields == $fields" '.result.records[0].legal == {ok: true, why: []}'
	words=$(jq -c .result <<<"$output")
	for form in "$w0 $w1" "$w0:$w1" "$w0,$w1"; do
		# shellcheck disable=SC2086  # words of a command line
		ctl 0 decode "$layout" $form
		assert_equal "$(jq -c .result <<<"$output")" "$words"
	done
}

@test "ste: every field that a VM owns, by name and by value name" {
	round_trip ste STE 0x500000004000102b 0x00000000180000fe \
		'{V: 1, Cfg: 5, S1Fmt: 2, S1ContextPtr: "0x0000000040001000", S1CDMax: 10, S1DSS: 2, S1CIR: 3, S1COR: 3, S1CSH: 3, S1STALLD: 1, EATS: 1}' \
		V=1 Cfg=s1 S1Fmt=64k-l2 S1ContextPtr=0x40001000 S1CDMax=10 S1DSS=ssid0 S1CIR=wb S1COR=wb S1CSH=ish S1STALLD=1 EATS=full
	round_trip ste STE 0x0000000000000009 0x0000000000000000 '{V: 1, Cfg: 4}' V=1 Cfg=bypass
	round_trip ste STE 0x0000000000000001 0x0000000000000000 '{V: 1}' V=1 Cfg=abort
	round_trip ste STE 0x000fffffffffffcb 0x0000000000000000 '{V: 1, Cfg: 5, S1ContextPtr: "0x000fffffffffffc0"}' \
		V=1 Config=0x5 S1ContextPtr=0xfffffffffffc0
}

@test "cmd: all eight commands, joined with colons and apart" {
	while read -r command name w0 w1 fields; do
		round_trip cmd "$name" "$w0" "$w1" "$fields" "$command"
		read -ra apart <<<"${command//[:,]/ }"
		round_trip cmd "$name" "$w0" "$w1" "$fields" "${apart[@]}"
	done <<-'EOF'
		cfgi-cd:SID=0x42,SSID=3,Leaf=1 CFGI_CD 0x0000004200003005 0x0000000000000001 {SID:66,SSID:3,Leaf:1}
		cfgi-cd-all:SID=0xffffffff CFGI_CD_ALL 0xffffffff00000006 0x0000000000000000 {SID:4294967295}
		tlbi-nh-all:VMID=7 TLBI_NH_ALL 0x0000000700000010 0x0000000000000000 {VMID:7}
		tlbi-nh-asid:VMID=7,ASID=0xffff TLBI_NH_ASID 0xffff000700000011 0x0000000000000000 {VMID:7,ASID:65535}
		tlbi-nh-va:ASID=1,Address=0x1000,Leaf=1,TG=1,NUM=3,SCALE=2,TTL=3 TLBI_NH_VA 0x0001000000203012 0x0000000000001701 {ASID:1,Address:"0x0000000000001000",Leaf:1,TG:1,NUM:3,SCALE:2,TTL:3}
		tlbi-nh-vaa:VMID=2,Address=0xfffffffffffff000 TLBI_NH_VAA 0x0000000200000013 0xfffffffffffff000 {VMID:2,Address:"0xfffffffffffff000"}
		tlbi-nsnh-all TLBI_NSNH_ALL 0x0000000000000030 0x0000000000000000 {}
		atc-inv:SID=8,Size=52 ATC_INV 0x0000000800000040 0x0000000000000034 {SID:8,Size:52}
	EOF
}

@test "cmd: value names, long names, other spellings of a name" {
	ctl 0 encode cmd atc-inv:SID=8,Size=all
	holds '.result.records[0].words == ["0x0000000800000040", "0x0000000000000034"]'
	ctl 0 encode cmd cfgi-cd:StreamID=66,SubstreamID=3,leaf=1
	holds '.result.records[0].words == ["0x0000004200003005", "0x0000000000000001"]'
	for name in TLBI_NH_VA CMD_TLBI_NH_VA Tlbi-Nh-Va; do
		ctl 0 encode cmd "$name:TG=16k,TTL=2,Address=0x4000"
		holds '.result.records[0].words == ["0x0000000000000012", "0x0000000000004a00"]'
	done
}

@test "cmd: several commands in one call, in their order" {
	ctl 0 encode cmd tlbi-nh-asid:ASID=5 cfgi-cd-all SID=0x42 tlbi-nsnh-all
	holds '[.result.records[].words[0]] == ["0x0005000000000011", "0x0000004200000006", "0x0000000000000030"]'
	ctl 0 decode cmd 0x0005000000000011 0 0x0000004200000006 0 0x30:0
	holds '[.result.records[].name] == ["TLBI_NH_ASID", "CFGI_CD_ALL", "TLBI_NSNH_ALL"]'
}

@test "idr: the six words and back" {
	ctl 0 encode IDR0 S2P=1 S1P=1 TTF=aarch64 COHACC=1 ASID16=1 VMID16=1 TTENDIAN=le STALL_MODEL=terminate TERM_MODEL=1 ST_LEVEL=2-level
	holds '.result.records[0].words == ["0x0d44101b"]' '.result.records[0].layout == "idr"' '.result.records[0].name == "IDR0"'
	ctl 0 encode idr1 SIDSIZE=16 EVENTQS=19 CMDQS=19
	holds '.result.records[0].words == ["0x02730010"]'
	ctl 0 encode IDR3 HAD=1 XNX=1 RIL=1 BBML=2
	holds '.result.records[0].words == ["0x00001414"]'
	ctl 0 encode IDR5 OAS=44 GRAN4K=1 GRAN16K=1 GRAN64K=1
	holds '.result.records[0].words == ["0x00000074"]'
	ctl 0 decode idr 0x0d44101b 0x02730010 0 0x00001414 0 0x00000074
	holds '[.result.records[].name] == ["IDR0", "IDR1", "IDR2", "IDR3", "IDR4", "IDR5"]' \
		'.result.records | all(.words | length == 1 and all(word32))' \
		'.result.records[0].fields | .TTF == 2 and .ST_LEVEL == 1 and .STALL_MODEL == 1 and .HTTU == 0 and .CD2L == 0' \
		'.result.records[1].fields | .SIDSIZE == 16 and .SSIDSIZE == 0 and .CMDQS == 19' \
		'.result.records[3].fields | .RIL == 1 and .BBML == 2 and .FWB == 0' \
		'.result.records[5].fields | .OAS == 4 and .GRAN16K == 1 and .VAX == 0'
}

@test "decode: every single bit of an STE and of a command is a field or an unknown bit" {
	for layout in ste 'cmd 0x12' 'cmd 0x05' 'cmd 0x40' 'cmd 0xee'; do
		read -r kind opcode <<<"$layout"
		words=()
		for ((bit = 0; bit < 64; bit++)); do
			words+=("$(printf '0x%x' $((opcode | 1 << bit)))" 0 "${opcode:-0}" "$(printf '0x%x' $((1 << bit)))")
		done
		ctl 0 decode "$kind" "${words[@]}"
		# the opcode is in the name; a bit set in it makes another command of it
		holds '.result.records | length == 128' \
			".result.records | [to_entries[] | select((.key < 16 and .key % 2 == 0 and \"$kind\" == \"cmd\") | not) | .value |
				(.fields | length) + (.unknown_bits | length)] | all(. == 1)"
	done
}

@test "decode: unknown bits are told by word, and the verdict is not ok" {
	ctl 0 decode ste 0x8 0xfff0000000000000
	holds '.result.records[0].unknown_bits == [{word: 1, bits: "0xfff0000000000000"}]'
	ctl 0 decode cmd 0x0000000000000111 0x1
	holds '.result.records[0].unknown_bits == [{word: 0, bits: "0x0000000000000100"}, {word: 1, bits: "0x0000000000000001"}]' \
		'.result.records[0].legal.ok == false' '.result.records[0].legal.why | length >= 1'
	ctl 0 decode idr 0x80000000
	holds '.result.records[0].unknown_bits == [{word: 0, bits: "0x80000000"}]'
}

@test "decode: an opcode that no table knows keeps its words" {
	ctl 0 decode cmd 0xdeadbeef000000ff 0x123456789abcdef0
	holds '.result.records[0] | .name == "unknown" and .words == ["0xdeadbeef000000ff", "0x123456789abcdef0"]' \
		'.result.records[0].unknown_bits == [{word: 0, bits: "0xdeadbeef00000000"}, {word: 1, bits: "0x123456789abcdef0"}]' \
		'.result.records[0].legal.ok == false' '.result.records[0].legal.why[0] | test("0xff")'
}

@test "legal: what the kernel's masks do not take is named" {
	while read -r w0 w1 word; do
		ctl 0 decode ste "$w0" "$w1"
		holds '.result.records[0].legal.ok == false' ".result.records[0].legal.why | any(test(\"$word\"))"
	done <<-EOF
		0x4000100b 0x80000 MEV
		0xf 0 Cfg
		0xd 0 Cfg
		0x1 0x20000000 EATS
		0x1 0x40000000 STRW
	EOF
	# an invalid entry aborts, whatever else it says
	ctl 0 decode ste 0xe 0x80000
	holds '.result.records[0].legal == {ok: true, why: []}'
	while read -r command word; do
		ctl 0 encode cmd "$command"
		holds '.result.records[0].legal.ok == false' ".result.records[0].legal.why | any(test(\"$word\"))"
	done <<-EOF
		tlbi-nh-va:TG=0,NUM=1 TG=0
		tlbi-nh-va:TG=1 reserved
		tlbi-nh-vaa:TTL=1 TG=0
		cfgi-cd:SSec=1 SSec
		atc-inv:Size=53 Size
	EOF
}

@test "encode: text output names the values" {
	run -0 smmunest-ctl encode ste V=1 Cfg=s1 S1ContextPtr=0x40001000
	assert_output --partial 0x000000004000100b
	assert_output --regexp 'Cfg=5 ?\(s1\)'
}

@test "encode: a wrong name suggests the nearest one" {
	while read -r near words; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error encode $words
		says "did you mean $near?"
	done <<-EOF
		ASID cmd tlbi-nh-asid:ASDI=5
		TLBI_NH_ASID cmd tlbi-nh-asdi
		Cfg ste Cff=1
		S1ContextPtr ste S1ContextPrt=0
		STALL_MODEL IDR0 STALLMODEL=1
	EOF
}

@test "encode: what does not fit, is not aligned, or is no number is 64 and says which" {
	while read -r words; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error encode $words
	done <<-EOF
		ste V=2
		ste Cfg=8
		ste Cfg=s3
		ste S1CDMax=32
		ste S1ContextPtr=0x41
		ste S1ContextPtr=0x10000000000000
		ste V=
		ste V=1,
		ste V=-1
		ste V=+1
		ste V=0x
		ste V=1x
		ste V=0b1
		ste =1
		ste V
		ste Cfg==1
		ste S1CDMax=18446744073709551616
		cmd tlbi-nh-asid:ASID=0x10000
		cmd tlbi-nh-va:Address=0x1001
		cmd tlbi-nh-va:ASID=1,,TG=1
		cmd tlbi-nh-asid:
		cmd tlbi-nh-asid,ASID=1
		cmd tlbi-nsnh-all:VMID=1
		cmd cfgi-cd:SID=0x100000000
		cmd cfgi-cd:SSID=0x100000
		cmd ASID=1
		cmd
		ste1 V=1
		IDR6 V=1
		tlbi-nh-asid ASID=1
		evt1
	EOF
	usage_error encode
	usage_error encode ''
	usage_error encode ste ''
	usage_error encode cmd ''
	usage_error encode ste "V=1$(printf '%0200d' 0)x"
	usage_error encode cmd "tlbi-nh-asid:ASID=$(printf '%0200d' 1)"
}

@test "encode: decimal is decimal, a leading zero is not octal" {
	ctl 0 encode cmd tlbi-nh-asid:ASID=010
	holds '.result.records[0].fields.ASID == 10'
	ctl 0 encode cmd tlbi-nh-asid:ASID=0X1F
	holds '.result.records[0].fields.ASID == 31'
}

@test "decode: too few, too many, and no words are 64" {
	while read -r words; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error decode $words
	done <<-EOF
		ste
		ste 0x1
		ste 0x1 0x2 0x3
		ste 0x1,
		ste 0x1,,0x2
		ste x y
		ste 0x10000000000000000 0
		ste -1 0
		cmd 0x1
		idr
		idr 0x100000000
		idr 1 2 3 4 5 6 7 8 9
		nope 1 2
	EOF
	usage_error decode
	usage_error decode ''
	usage_error decode ste '' ''
}
