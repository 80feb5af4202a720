# SPDX-License-Identifier: GPL-2.0-or-later
# The command line itself: globals, the JSON envelope, mistakes, broken outputs. No device, no root.
# shellcheck disable=SC2154,SC2238  # $output, $stderr, $status are bats'; batch is a file

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "--help and --version go to stdout and end with 0" {
	for words in --help '-?' -h "info --help" "alloc --help" "inval -?" "bind --help" "detach --usage" --usage; do
		# shellcheck disable=SC2086  # words of a command line
		run --separate-stderr smmunest-ctl $words
		assert_success
		assert_equal "$stderr" ""
		assert_output --partial "smmunest-ctl"
		assert_output --regexp '[Uu]sage:'
	done
	for words in --version -V; do
		run --separate-stderr smmunest-ctl "$words"
		assert_success
		assert_output --regexp '^smmunest-ctl [0-9]+\.[0-9]+\.[0-9]+$'
	done
}

@test "--help of the program names every command, of a command its own options" {
	run smmunest-ctl --help
	for command in info encode decode bind unbind alloc inval detach; do
		assert_output --regexp "(^|[[:space:]])$command "
	done
	run smmunest-ctl alloc --help
	for option in upto attach hold repeat ste vsid veventq faultq memory json trace timeout; do
		assert_output --partial "--$option"
	done
}

@test "--dump-cli lists commands and options for completion" {
	run -0 smmunest-ctl --dump-cli
	assert_line $'alloc\t'
	assert_line $'alloc\t--upto'
	assert_line $'\t--json'
}

@test "no command, a wrong one, a wrong option: 64 with a word, nothing on stdout" {
	run --separate-stderr smmunest-ctl
	assert_equal "$status" 64
	assert_output ""
	usage_error alocc
	says "did you mean alloc?"
	usage_error ""
	usage_error frobnicate
	usage_error --color=sometimes info
	usage_error --backend=abacus info
	for seconds in "" 0 -1 x 1x ' 1' 1.5 99999999999999999999 4294967297; do
		usage_error "--timeout=$seconds" info
	done
	run --separate-stderr smmunest-ctl info --frobnicate
	assert_equal "$status" 64
	says frobnicate
}

@test "the version in JSON is the program's" {
	run -0 smmunest-ctl --version
	version=${output#* }
	ctl 0 decode ste 0 0
	holds ".version == \"$version\""
}

@test "the JSON envelope has its keys, in their types, and no other" {
	ctl 0 decode ste 0x1 0
	holds 'keys_unsorted == ["schema", "tool", "version", "command", "backend", "kernel", "device", "result", "error", "exit"]' \
		'.schema == 1' '.tool == "smmunest-ctl"' '.command == "decode"' '.backend == "kernel"' \
		".kernel.release == \"$(uname -r)\"" '.device == null' '.result | type == "object"' \
		'.error == null' '.exit == 0'
}

@test "an error in JSON has op, errno, name, args and causes with verdict, id, text, remedy" {
	[[ ! -e /dev/iommu ]] || skip "this machine has /dev/iommu, so info succeeds"
	ctl 4 info
	holds '.error | keys_unsorted == ["op", "errno", "name", "args", "causes"]' \
		'.error.op == "open" and .error.errno == 2 and .error.name == "ENOENT"' \
		'.error.args == {path: "/dev/iommu"}' \
		'.error.causes | length >= 1 and all(keys == ["id", "remedy", "text", "verdict"])' \
		'.error.causes | all(.verdict | IN("certain", "likely", "possible"))'
}

@test "globals stand before and after the command" {
	expected=$(smmunest-ctl --json decode ste 0x1 0)
	for words in "--json=- decode ste 0x1 0" "-j decode ste 0x1 0" "decode -j ste 0x1 0" "decode ste 0x1 0 --json" "-q decode --color=never ste --json 0x1 0" \
		"decode ste --timeout=100 0x1 0 -j"; do
		# shellcheck disable=SC2086  # words of a command line
		run -0 smmunest-ctl $words
		assert_output "$expected"
	done
}

@test "--json=FILE writes the document there and leaves stdout as it was" {
	run -0 smmunest-ctl decode ste 0x4000100b 0
	text=$output
	run -0 --separate-stderr smmunest-ctl --json=out.json decode ste 0x4000100b 0
	assert_output "$text"
	assert_equal "$stderr" ""
	output=$(<out.json)
	holds '.result.records[0].fields.Cfg == 5'
	run -0 smmunest-ctl -jshort.json decode ste 0x4000100b 0
	cmp out.json short.json
}

@test "JSON without a terminal is one line" {
	run -0 smmunest-ctl --json decode ste 0x1 0
	assert_equal "${#lines[@]}" 1
}

@test "what cannot be written is an error, not silence" {
	for mode in --json --color=never; do
		run --separate-stderr bash -c "smmunest-ctl $mode decode ste 0x1 0 >/dev/full"
		assert_equal "$status" 70
		says "No space left"
		run --separate-stderr bash -c "smmunest-ctl $mode decode ste 0x1 0 >&-"
		assert_equal "$status" 70
	done
	run --separate-stderr smmunest-ctl --json=/nonexistent/file decode ste 0x1 0
	assert [ "$status" -ne 0 ]
	says "/nonexistent/file: No such file"
	run --separate-stderr smmunest-ctl --json=/dev/full decode ste 0x1 0
	assert_equal "$status" 70
	says "No space left"
	run --separate-stderr smmunest-ctl --trace=/nonexistent/file decode ste 0x1 0
	assert [ "$status" -ne 0 ]
	says "/nonexistent/file: No such file"
}

@test "a closed stdout is not replaced by what is opened next" {
	run --separate-stderr bash -c 'smmunest-ctl --trace=trace decode ste 0x1 0 >&-'
	assert_equal "$status" 70
	assert [ ! -s trace ]
	run bash -c 'smmunest-ctl --json=document decode ste 0x1 0 <&- >&- 2>&-'
	assert_equal "$status" 70
	output=$(<document) status=0
	[[ $output != *records*records* ]] || fail "the text went into the document"
}

@test "colour only when asked for: never into a pipe, always with --color=always" {
	# no row of decode is red, but of a table with a refusal it would be; the words are the same either way
	run -0 smmunest-ctl decode ste 0x1 0
	plain=$output
	[[ $plain != *$'\e'* ]]
	for setting in "" "NO_COLOR=1"; do
		run -0 env $setting smmunest-ctl --color=never decode ste 0x1 0
		assert_output "$plain"
	done
	run -0 smmunest-ctl --color=always decode ste 0x1 0
	# shellcheck disable=SC2001  # a character class is needed
	assert_equal "$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output")" "$plain"
}

@test "a PCI address is one exactly, never a path" {
	for bdf in ../../x 00:00.0/../.. '0000:00:02.0 ' ' 0000:00:02.0' $'0000:00:02.0\n' 0000:00:02 00:02.8 0000:00:2.0 \
		000000:00:02.0 00:02.0.0 0000:00:02.0/driver . .. / '' '*' 0000:0g:02.0 0x00:02.0 -; do
		for command in bind unbind info alloc detach; do
			usage_error "$command" "$bdf"
		done
	done
	usage_error bind 0000:00:02.0 0000:00:03.0
}

@test "options of alloc, inval and detach are checked before anything is done" {
	for words in "alloc --upto=s3" "alloc --upto=" "alloc --upto=s2 --attach" "alloc --repeat=0" "alloc --repeat=x" \
		"alloc --hold --repeat=2" "alloc --hold=0" "alloc --hold=-1" "alloc --ste=1" "alloc --ste=1,2,3" "alloc --ste=x,y" "alloc --ste=1,2 Cfg=s1" \
		"alloc Cfg=s1 --ste=1,2" "alloc --vsid=0x100000000" "alloc --vsid=-1" "alloc --vsid=some" "alloc --memory=1" \
		"alloc --memory=2M@1" "alloc --memory=M" "alloc --memory=2M@" "alloc --memory=2X" "alloc --memory=99999999999G" \
		"alloc Cfg=s9" "alloc Nope=1" "alloc Cfg=8" "inval" "inval nope" "inval tlbi-nh-asid:ASID=65536" "inval --raw=1" \
		"inval --raw=1:2:3" "inval --raw=" "inval --file=/nonexistent" "inval --repeat=0 tlbi-nsnh-all" "detach --via=magic" \
		"detach --while=asleep" "detach --repeat=0"; do
		# shellcheck disable=SC2086  # words of a command line
		usage_error $words
	done
}

@test "a mistake in --file names the file and the line" {
	printf 'tlbi-nsnh-all\n# a comment\n\ncfgi-cd:SID=x\n' >batch
	usage_error inval --file=batch
	says "batch:4:*SID"
	: >empty
	usage_error inval --file=empty
	usage_error inval --file=.
	for line in 'tlbi-nh-asid:ASID=5 tlbi-nsnh-all' 'tlbi-nh-asid:ASID=5, VMID=1' '0x30 0x0'; do
		printf '%s\n' "$line" >two
		usage_error inval --file=two
		says two:1
	done
	printf 'tlbi-nsnh-all\n\0\n' >binary
	usage_error inval --file=binary
	says binary:2
	# a long comment is one line still
	printf '# %0600d tlbi\ntlbi-nsnh-all\nnope\n' 0 >long
	usage_error inval --file=long
	says long:3
}

@test "a machine without an iommufd says so and ends with 4" {
	[[ ! -e /dev/iommu ]] || skip "this machine has /dev/iommu"
	run --separate-stderr smmunest-ctl info
	assert_equal "$status" 4
	says /dev/iommu CONFIG_IOMMUFD
	ctl 4 info
	holds '.result.iommu == {path: "/dev/iommu", errno: 2}' '.result.devices | type == "array"'
}

@test "without a device, commands that need one end with 4 and what to try" {
	[[ ! -e /dev/iommu ]] || skip "this machine has /dev/iommu"
	unset SMMUNEST_DEVICE
	for words in alloc detach bind unbind "inval tlbi-nsnh-all"; do
		# shellcheck disable=SC2086  # words of a command line
		ctl 4 $words
		holds '.result.candidates == []' '.error.causes[0].id == "device.none"' '.error.causes[0].remedy | length > 0'
	done
	# a device that is not there: the same status, and its name
	SMMUNEST_DEVICE=ffff:ff:1f.7 run --separate-stderr smmunest-ctl alloc
	assert_equal "$status" 4
	says ffff:ff:1f.7
	SMMUNEST_DEVICE=../x run --separate-stderr smmunest-ctl alloc
	assert_equal "$status" 64
	says ../x
}

@test "--quiet leaves stderr empty, not the exit status" {
	[[ ! -e /dev/iommu ]] || skip "this machine has /dev/iommu, so info succeeds"
	run --separate-stderr smmunest-ctl -q info
	assert_equal "$status" 4
	assert_equal "$stderr" ""
}

@test "info: a netlink family that is missing is a fact and no failure" {
	unshare -rn true 2>/dev/null || skip "there is no network without acpi_event to be had"
	status=0
	output=$(unshare -rn env -u SMMUNEST_BACKEND smmunest-ctl --json --backend=kernel info 2>/dev/null) || status=$?
	holds '.result.witnesses | .acpi == false and .uevent == true'
}
