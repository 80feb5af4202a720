# SPDX-License-Identifier: GPL-2.0-or-later
# Completion for bash, asked as bash asks it, and for fish and zsh, which must answer the same.

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

# fish_completed LINE
fish_completed() {
	# shellcheck disable=SC2016  # what fish reads
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' -- "$top/scripts/completion.fish" "$1"
}

# zsh_completed LINE: zsh has no question for it, so that the Tab key is pressed in a terminal; what it would take from
# there goes into a file.
zsh_completed() {
	rm -f "$BATS_TEST_TMPDIR/found"
	timeout 60 zsh -f -s "$top/scripts/completion.zsh" "$BATS_TEST_TMPDIR/found" "$1" <<-'EOF'
		zmodload zsh/zpty
		zpty -b shell zsh -f -i
		zpty -w shell "PROMPT=; autoload -Uz compinit; compinit -u -D; compdef ask smmunest-ctl; bindkey '^I' complete-word
		compadd() { local -a found; builtin compadd -O found \"\$@\"; print -rl -- \$found >>${(q)2}; }
		ask() { . ${(q)1}; compstate[insert]=; print completed-; }
		print ready-"
		zpty -r shell out $'*ready-\r*'
		zpty -w -n shell "$3"$'\t'
		zpty -r shell out $'*completed-\r*'
	EOF
	cat "$BATS_TEST_TMPDIR/found"
}

# name or value: fish repeats what stands before it in the word
last_part() { sed '/^$/d; s/.*[:,]//; s/.*=\(.\)/\1/' | sort -u; }

@test "completion: fish and zsh know what bash knows" {
	cd "$BATS_TEST_TMPDIR"
	for line in 'al' '--json al' 'alloc --up' 'alloc Cf' 'alloc Cfg=b' 'detach Cfg=' 'inval tlbi-nh-va:ASID=1,TG=1' \
		'inval --raw=1:2 tlbi-nh-va:ASID=1,T' 'encode cd T0' 'encode cmd cfgi-cd:Le' 'encode evt f-ste-fetch:S' \
		'encode IDR0 S' 'decode --bi'; do
		completed "smmunest-ctl $line" | last_part >bash
		fish_completed "smmunest-ctl $line" | last_part >fish
		zsh_completed "smmunest-ctl $line" | last_part >zsh
		diff bash fish && diff bash zsh || fail "smmunest-ctl $line"
		[[ -s bash ]] || fail "bash knows nothing of $line"
	done
}
