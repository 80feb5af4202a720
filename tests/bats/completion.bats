# SPDX-License-Identifier: GPL-2.0-or-later
# Completion for bash, asked as bash asks it.

bats_require_minimum_version 1.8.0

setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -r $top/scripts/completion.bash ]] || skip "the repository is not here"
	# shellcheck source=scripts/completion.bash
	source "$top/scripts/completion.bash"
	# shellcheck disable=SC2317  # the completion calls it
	compopt() { :; }
}

# completed LINE: what may follow
completed() {
	COMP_LINE=$1 COMP_POINT=${#1}
	read -ra COMP_WORDS <<<"$1"
	[[ $1 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_smmunest_ctl
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "completion: commands, their options, the global ones" {
	run completed "smmunest-ctl "
	assert_line alloc
	assert_line --json
	refute_line --upto
	run completed "smmunest-ctl --json al"
	assert_output alloc
	run completed "smmunest-ctl alloc --up"
	assert_output --upto
	run completed "smmunest-ctl info --up"
	assert_output ""
}

@test "completion: fields and their values" {
	run completed "smmunest-ctl alloc Cf"
	assert_output Cfg=
	run completed "smmunest-ctl alloc Cfg=b"
	assert_output bypass
	run completed "smmunest-ctl inval tlbi-nh-va:ASID=1,TG=1"
	assert_output 16k
	run completed "smmunest-ctl encode cd T0"
	assert_output T0SZ=
	run completed "smmunest-ctl encode cmd cfgi-cd:Le"
	assert_output Leaf=
}
