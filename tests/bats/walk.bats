# SPDX-License-Identifier: GPL-2.0-or-later
# walk: endings, documents and refusals of the command; what the SMMU does is in tests/unit/walk*.c. The images hold words
# typed from Arm IHI 0070 5.2 and 5.4 and the Arm ARM D8.3.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return
}

# word FILE ADDRESS VALUE: a 64-bit little-endian word; the file grows as needed
word() {
	local i bytes=""
	for ((i = 0; i < 8; i++)); do bytes+=$(printf '\\x%02x' $(($3 >> 8 * i & 255))); done
	# shellcheck disable=SC2059  # escapes
	printf "$bytes" | dd of="$1" bs=8 seek=$(($2 / 8)) conv=notrunc status=none
}

# A CD at 0x1000 (V, AA64, A, R, EPD1, T0SZ=25, IPS=48 bits, ASID 7) and 4K tables that map 0x12345000 to 0x80000000; they
# lie at 0x40000000 and above for whoever reads them.
stage1() {
	word "$1" 0x1000 $((25 | 1 << 30 | 1 << 31 | 5 << 32 | 1 << 41 | 1 << 45 | 1 << 46 | 7 << 48))
	word "$1" 0x1008 0x40010000
	word "$1" 0x1018 0xff
	word "$1" 0x10000 0x40011003
	word "$1" 0x11488 0x40012003
	word "$1" 0x12a28 0x80000743
	word "$1" 0x12ff8 0
}

# Stage 2, 4K from level 1, IPA 0x40000000 is PA 0: the CD, the three tables, and the output 0x80000000 is 0x1c0000000.
nested() {
	stage1 "$1"
	word "$1" 0x20008 0x21003
	word "$1" 0x21000 0x22003
	word "$1" 0x22008 0x17ff
	word "$1" 0x22080 0x107ff
	word "$1" 0x22088 0x117ff
	word "$1" 0x22090 0x127ff
	word "$1" 0x20010 0x1c00007fd
	word "$1" 0x22ff8 0
}
vste=0x4000100b,0
ste=0x4000100f,0x100000000000,0x040d005900000000,0x20000,0,0,0,0

# at FILE OPTION...: the walk of a read of 0x12345678 with this image at 0x40000000
at() {
	local file=$1
	shift
	at=(walk --file="$file@0x40000000" "$@" --iova=0x12345678)
}

@test "walk: stage 1 of a VM's two words, every step told" {
	stage1 m
	at m --ste=$vste
	ctl 0 "${at[@]}"
	holds '.command == "walk"' '.result.ending == "out"' '.result.event == null' '.error == null' \
		'.result.out == {pa: "0x0000000080000678", attrs: {type: "Normal-iWB-oWB", share: "ISH", perms: "rwx"}}' \
		'.result.steps | map(.what) == ["STE", "CD", "S1", "S1", "S1"]' '.result.steps | map(.step) == [1, 2, 3, 4, 5]' \
		'.result.steps | map(.level) == [null, null, 1, 2, 3]' \
		'.result.steps | map(.addr) == [null, "0x40001000", "0x40010000", "0x40011488", "0x40012a28"]' \
		'.result.steps[4] | .value == "0x0000000080000743" and .field == "OA" and .pa == .addr and .for == null' \
		'.result.reason == "0x12345678 goes out as 0x80000678"'
}

@test "walk: both stages, and on whose behalf stage 2 walks" {
	nested m
	ctl 0 walk --file=m --ste=$ste --iova=0x12345678 --write
	holds '.result.out.pa == "0x00000001c0000678"' '.result.steps | length == 18' \
		'.result.steps | map(select(.what == "S2") | .for) == ["CD", "CD", "CD", "TTD", "TTD", "TTD", "TTD", "TTD", "TTD", "TTD", "TTD", "TTD", "IN"]' \
		'.result.steps | map(select(.what == "CD")) | .[0].addr == "0x40001000" and .[0].pa == "0x1000"'
}

@test "walk: an STE in memory, a CD without an STE, and images side by side" {
	stage1 m
	word m 0x40 $((0x4000100b))
	word m 0x48 0
	at m --ste=@0x40000040
	ctl 0 "${at[@]}"
	holds '.result.out.pa == "0x0000000080000678"' '.result.steps[0].addr == "0x40000040"'
	at m --cd=@0x40001000
	ctl 0 "${at[@]}"
	holds '.result.out.pa == "0x0000000080000678"' '.result.steps[0].what == "CD"'
	# the border lies within the CD
	dd if=m of=a bs=4096 count=1 status=none
	dd if=m bs=8 skip=512 count=2 status=none >>a
	dd if=m of=b bs=8 skip=514 status=none
	ctl 0 walk --file=b@0x40001010 --file=a@0x40000000 --ste=$vste --iova=0x12345678
	holds '.result.out.pa == "0x0000000080000678"'
}

@test "walk: an event with all its fields" {
	stage1 m
	word m 0x12a28 0x80000343
	at m --ste=$vste --write --priv --sid=0x42
	ctl 0 "${at[@]}"
	holds '.result.ending == "event"' '.result.out == null' '.result.steps[-1].says == "F_ACCESS"' '.result.steps[-1].field == "AF"' \
		'.result.event | .type == "F_ACCESS" and .SID == 66 and .SSV == 0 and .S2 == 0 and .CLASS == 2 and .RnW == 0 and .PnU == 1 and .InD == 0' \
		'.result.event.InputAddr == "0x0000000012345678"' \
		'.result.event.words == ["0x0000004200000012", "0x0000020200000000", "0x0000000012345678", "0x0000000000000000"]'
	word m 0x12a28 0x80000743
	at m --ste=$vste --ssid=5
	ctl 0 "${at[@]}"
	holds '.result.event | .type == "C_BAD_SUBSTREAMID" and .SSID == 5' '.result.steps[0] | .field == "S1CDMax" and .word == 0'
	at m --ste=0x5800000040001000b,0
	usage_error "${at[@]}"
	at m --ste=0xa80000004000100b,0
	ctl 0 "${at[@]}"
	holds '.result.event.type == "C_BAD_STE"'
	word m 0x1000 0
	at m --ste=$vste --inst
	ctl 0 "${at[@]}"
	holds '.result.event | .type == "C_BAD_CD" and .words == ["0x000000000000000a", "0x0000000000000000", "0x0000000000000000", "0x0000000000000000"]' \
		'.result.steps[-1] | .what == "CD" and .field == "V"'
}

@test "walk: a fault of stage 2 has an IPA" {
	nested m
	word m 0x22088 0
	ctl 0 walk --file=m --ste=$ste --iova=0x12345678
	holds '.result.event | .type == "F_TRANSLATION" and .S2 == 1 and .CLASS == 1 and .IPA == "0x0000000040011000"' \
		'.result.steps[-1] | .what == "S2" and .for == "TTD" and .level == 3'
}

@test "walk: an STE that aborts, and a fault that is not recorded, end without an event" {
	stage1 m
	at m --ste=0x1,0
	ctl 0 "${at[@]}"
	holds '.result.ending == "silent"' '.result.event == null' '.result.out == null' '.result.steps | length == 1'
	word m 0x1000 $((25 | 1 << 30 | 1 << 31 | 5 << 32 | 1 << 41 | 1 << 46))
	word m 0x12a28 0
	at m --ste=$vste
	ctl 0 "${at[@]}"
	holds '.result.ending == "silent"' '.result.event == null' '.result.reason | test("CD.R is 0")'
}

@test "walk: --idr says what the SMMU lacks" {
	stage1 m
	idr=0x0d44101b,0x02730010,0,0x1414,0
	at m --ste=$vste --idr=$idr,0x74
	ctl 0 "${at[@]}"
	holds '.result.out.pa == "0x0000000080000678"'
	at m --ste=$vste --idr=$idr,0x64	# no 4K
	ctl 0 "${at[@]}"
	holds '.result.event.type == "C_BAD_CD"' '.result.steps[-1].field == "TG0"'
	at m --ste=0x4000100b,0x8000000 --idr=$idr,0x74	# S1STALLD with STALL_MODEL=1
	ctl 0 "${at[@]}"
	holds '.result.event.type == "C_BAD_STE"' '.result.steps[-1] | .field == "S1STALLD" and .word == 1'
}

@test "walk: what it does not know is 1, and no answer" {
	stage1 m
	word m 0x1000 $((25 | 1 << 30 | 1 << 31 | 5 << 32 | 1 << 45 | 1 << 46))
	at m --ste=$vste
	ctl 1 "${at[@]}"
	holds '.result.ending == "unknown"' '.result.out == null' '.result.event == null' '.error.causes[0].id == "walk.unknown"' \
		'.result.steps[-1].field == "AA64"'
	at m --ste=0x4000100f,0
	ctl 1 "${at[@]}"
	holds '.result.ending == "unknown"' '.result.steps[-1].field == "Cfg"'
}

@test "walk: leaving the images is 1 and says at which step" {
	stage1 m
	truncate -s $((0x12000)) m
	at m --ste=$vste
	ctl 1 "${at[@]}"
	holds '.result.ending == "outside"' '.result.out == null' '.result.event == null' '.result.steps | length == 5' \
		'.error.causes[0] | .id == "walk.outside" and (.text | test("step 5 reads 0x40012a28"))' \
		'.error.causes[0].remedy | test("F_WALK_EABT")'
	says 'step 5 reads 0x40012a28'
	truncate -s $((0x1020)) m
	ctl 1 "${at[@]}"
	holds '.error.causes[0].remedy | test("F_CD_FETCH")'
	at m --ste=@0x50000000
	ctl 1 "${at[@]}"
	holds '.error.causes[0].text | test("step 1 ")' '.error.causes[0].remedy | test("F_STE_FETCH")'
	at m --ste=@0xffffffffffffffc0
	ctl 1 "${at[@]}"
}

@test "walk: a large image is read where it is needed" {
	stage1 m
	truncate -s 64G m
	at m --ste=$vste
	ctl 0 "${at[@]}"
	holds '.result.out.pa == "0x0000000080000678"'
}

@test "walk: as text" {
	nested m
	run -0 --separate-stderr smmunest-ctl walk --file=m --ste=$ste --iova=0x12345678
	assert_line --regexp '^ +step +what +for +level +addr'
	assert_line --regexp '^ +17 +S1 +- +3 +0x40012a28 +0x12a28 +OA +0x0000000080000743 +page 0x80000678 rwx$'
	assert_line --regexp '^ending +out$'
	assert_line --regexp '^ +pa +0x00000001c0000678$'
}

@test "walk: images that cannot be used are 64, in a line that names them" {
	stage1 m
	: >empty
	printf 1234567 >odd
	mkdir directory
	mkfifo fifo
	while read -r word files; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error walk $files --ste=$vste --iova=0
		says "$word"
	done <<-EOF
		empty --file=empty
		7*bytes --file=odd
		directory --file=directory
		fifo --file=fifo
		No*such*file --file=none
		BASE --file=m@
		BASE --file=m@x
		image --file=@0
		end*of*all --file=m@0xfffffffffffffff8
		overlap*0x0 --file=m --file=m
		overlap*0x13ff8 --file=m@0x1000 --file=m@0x13ff8
	EOF
	usage_error walk --file= --ste=$vste --iova=0
	chmod 0 m
	[[ -r m ]] || usage_error walk --file=m --ste=$vste --iova=0
}

@test "walk: what is missing, double or no number is 64" {
	stage1 m
	while read -r words; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error walk $words
	done <<-EOF
		--file=m --ste=$vste
		--file=m --iova=0
		--ste=$vste --iova=0
		--file=m --ste=$vste --cd=@0 --iova=0
		--file=m --ste=0x1 --iova=0
		--file=m --ste=0x1,0,0 --iova=0
		--file=m --ste=$ste,0 --iova=0
		--file=m --ste=x,y --iova=0
		--file=m --ste=@ --iova=0
		--file=m --ste=@0x20 --iova=0
		--file=m --cd=0x1000 --iova=0
		--file=m --cd=@0x1001 --iova=0
		--file=m --ste=$vste --iova=
		--file=m --ste=$vste --iova=-1
		--file=m --ste=$vste --iova=0x10000000000000000
		--file=m --ste=$vste --iova=0 --ssid=0x100000
		--file=m --ste=$vste --iova=0 --sid=0x100000000
		--file=m --ste=$vste --iova=0 --write --inst
		--file=m --ste=$vste --iova=0 --idr=1,2,3
		--file=m --ste=$vste --iova=0 --idr=1,2,3,4,5,0x100000000
		--file=m --ste=$vste --iova=0 --idr=1,2,3,4,5,6,7,8,9
		--file=m --ste=$vste --iova=0 more
	EOF
	usage_error walk
}

# bats test_tags=hw
@test "walk: of a device, the tables that dma builds for it, and what comes of them" {
	need_device
	ctl 0 dma
	holds '.result.verdict == "both"'
	iova=$(value iova) hole=$(value hole) a=$(value target-a)
	event=$(jq -c '.result.control.event | [.type, .sid, .addr]' <<<"$output")
	ctl 0 walk --iova="$iova" --write
	holds ".result | .ending == \"out\" and .fate == \"arrives\" and .place == \"target-a\" and .out.pa == \"$a\"" \
		'.result.steps | map(.what) == ["STE", "CD", "S1", "S1", "S1"]' '.result.steps[-1] | .level == 3 and .field == "OA"' \
		'.result.ste.fields.Cfg == 5' '.error == null'
	ctl 0 walk "$SMMUNEST_DEVICE" --iova="$hole" --write
	holds ".result.event | [.type, .SID, .InputAddr] == $event" '.result | .fate == "event" and .out == null'
	ctl 0 walk --iova="$iova" Cfg=bypass
	holds ".result | .place == \"decoy\" and .out.pa == \"$iova\""
	ctl 0 walk --iova="$iova" V=0
	holds '.result | .ending == "silent" and .fate == "nothing" and .steps == []'
	ctl 0 walk --iova="$iova" Cfg=s1 S1ContextPtr=0x50000000000
	holds '.result | .ending == "stage-2" and .fate == "kernel-log" and .event == null and (.reason | contains("0x50000000000"))'
	ctl 2 walk "$SMMUNEST_DEVICE" --iova="$iova" --ste=0x3,0
	holds '.error.causes[0].id == "s1.ste"'
}

@test "walk: of a device, its own SMMU is asked, and no image" {
	for words in --file=m --idr=1,2,3,4,5,6 --ste=@0 --cd=@0 --ste=1,2,3,4,5,6,7,8 'Cfg=s1 --ste=1,2' Cfg=x more; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error walk 01:00.0 --iova=0 $words
	done
	usage_error walk 01:00.0
}
