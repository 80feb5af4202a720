# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of smmunest-ctl share.
# shellcheck shell=bash disable=SC2154,SC2016  # $output, $stderr, $status are bats', '$words' jq's

bats_require_minimum_version 1.8.0

# Each test sources this: `load helper` at the top of a file, where bats does not trace every command as it does in
# setup(). The libraries ask dirname for every file of theirs, which is faster as a function.
# shellcheck disable=SC2317  # the libraries call it
dirname() {
	printf '%s\n' "${1%/*}"
}
bats_load_library bats-support
bats_load_library bats-assert
unset -f dirname

# on_model: does a software kernel answer?
on_model() {
	[[ ${SMMUNEST_BACKEND-} == model* ]]
}

# need_kernel REASON: for tests that look where a model has nothing to show.
need_kernel() {
	! on_model || skip "on the model: $1"
}

# need_device: for tests that touch a device behind an SMMUv3.
need_device() {
	! on_model || export SMMUNEST_DEVICE=${SMMUNEST_DEVICE-0000:00:02.0}
	[[ -n ${SMMUNEST_DEVICE-} ]] || skip "SMMUNEST_DEVICE names no device behind an SMMUv3"
}

# need_vm: for tests from outside of the emulated machine; $top is the checkout
need_vm() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
}

# cannot_nest: why the device and its machine cannot, as info says it, or nothing; asked once for all tests
cannot_nest() {
	local reasons=$BATS_RUN_TMPDIR/cannot-nest
	[[ -e $reasons ]] || smmunest-ctl --json info "$SMMUNEST_DEVICE" 2>/dev/null | jq -r '.result.devices[0].nesting // {} |
		select(.verdict == "no") | [.reasons[] | "\(.text) [\(.id)]"] | join("; ")' >"$reasons"
	printf '%s' "$(<"$reasons")"
}

# need_nesting: for tests that nest. Where a machine is known to (SMMUNEST_MUST_NEST), a skip would hide that it does not
# any more: there it is a failure.
need_nesting() {
	local reasons
	need_device
	reasons=$(cannot_nest)
	[[ -n $reasons ]] || return 0
	[[ ! ${SMMUNEST_MUST_NEST-} ]] || fail "this machine has to nest: $reasons"
	skip "$SMMUNEST_DEVICE cannot nest: $reasons"
}

# need_registers: for tests that look at the SMMU's, which kernels before 6.13 do not tell
need_registers() {
	need_device
	[[ ${SMMUNEST_MUST_NEST-} || $(smmunest-ctl --json info "$SMMUNEST_DEVICE" 2>/dev/null) == *'"idr":'* ]] ||
		skip "the kernel does not tell the registers of this device's SMMU"
}

# ctl STATUS ARGUMENT...: smmunest-ctl --json must end with STATUS; holds() looks at its document. Like `run
# --separate-stderr`, but without its processes.
ctl() {
	local want=$1
	shift
	status=0
	output=$(smmunest-ctl --json "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	[[ $status == "$want" ]] || batslib_decorate "smmunest-ctl --json $*" \
		<<<"exit status $status instead of $want"$'\n'"$output"$'\n'"$stderr" | fail
}

# usage_error ARGUMENT...: refused with 64, a word about it, and nothing on stdout
usage_error() {
	run --separate-stderr smmunest-ctl "$@"
	[[ $status == 64 && -z $output && $stderr == smmunest-ctl*:\ ?* ]] ||
		batslib_decorate "smmunest-ctl $* is no usage error" \
			<<<"exit status $status"$'\n'"$output"$'\n'"$stderr" | fail
}

# says GLOB...: each is somewhere in $stderr
says() {
	local glob
	for glob; do
		# shellcheck disable=SC2053  # a glob
		[[ $stderr == *$glob* ]] || batslib_decorate "stderr does not say $glob" <<<"$stderr" | fail
	done
}

claims=
claimed=()
jq_library='
def num: ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + $c - if $c > 96 then 87 else 48 end);
def bits(hi; lo): num / pow(2; lo) | floor % pow(2; hi - lo + 1);
def word64: type == "string" and test("^0x[0-9a-f]{16}$");
def word32: type == "string" and test("^0x[0-9a-f]{8}$");
def claim(f; i): if [try f catch false] == [true] then empty else "\($ARGS.positional[i])\n  in \(tojson)" end;
'

# holds EXPRESSION...: each jq expression is true of the document in $output, which also knows its own exit status.
# Looked at when the test ends, with one jq for all: starting it is what costs time in an emulated machine.
holds() {
	local e at="${BATS_TEST_FILENAME##*/}:${BASH_LINENO[0]}" of_this=empty
	[[ -n $output && $output != *$'\n'* ]] ||
		batslib_decorate "one document on one line is expected" <<<"$output" | fail
	for e in ".exit == $status" "$@"; do
		of_this+=", claim($e; ${#claimed[@]})"
		claimed+=("$at: $e")
	done
	claims+="${claims:+, }(input | $of_this)"
	printf '%s\n' "$output" >>"$BATS_TEST_TMPDIR/documents"
}

# After every test; a file with a teardown of its own calls it there.
settle() {
	local wrong
	[[ -n $claims ]] || return 0
	wrong=$(jq -rn "$jq_library $claims" --args "${claimed[@]}" <"$BATS_TEST_TMPDIR/documents" 2>&1) ||
		wrong+=$'\n'"jq failed"
	[[ -z $wrong ]] || batslib_decorate "does not hold" <<<"$wrong" | fail
}

teardown() {
	settle
}

# value KEY: what the first KEY of the document in $output is, for what a test must know at once
value() {
	[[ $output =~ \""$1"\":(\"([^\"]*)\"|([^\",}]*)) ]] || fail "no $1 in $output"
	printf '%s\n' "${BASH_REMATCH[2]}${BASH_REMATCH[3]}"
}
