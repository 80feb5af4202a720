# SPDX-License-Identifier: GPL-2.0-or-later
# The manual page and the README say what the program does: held against --dump-cli, in both directions.
# shellcheck disable=SC2016,SC2094  # a code span is in `...`; $manual is only read

bats_require_minimum_version 1.8.0

setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	manual=$top/man/smmunest-ctl.8
	[[ -e $manual ]] || skip "the manual page is not here"
	cd "$BATS_TEST_TMPDIR" || return
	smmunest-ctl --dump-cli | grep -v "^@" | sort -u >cli
	cut -f 1 cli | sed '/^$/d' | sort -u >commands
}

# Each option that the page describes, as --dump-cli lists them: "command<TAB>--option". The chain, stage 1 and proof options belong to the
# commands named above their list, the global ones to none; argp's own three are never listed.
described() {
	awk '
		/^\.Sh / { section = $2 }
		section != "COMMANDS" { next }
		/^\.Ss / {
			n = split($2 == "Global" || $2 ~ /^(Chain|Stage|Proof)$/ ? "" : $2, owner)
			plan = intro = $2 ~ /^(Chain|Stage|Proof)$/
			global = $2 == "Global"
		}
		/^\.Bl / { intro = 0 }
		intro && /^\.Cm / { for (i = 2; i <= NF; i++) if ($i ~ /[a-z]/) owner[++n] = $i }
		/^\.It .*Fl Fl / {
			sub(/.*Fl Fl /, "")
			if (global)
				print "\t--" $1
			for (i = 1; i <= n; i++)
				print owner[i] "\t--" $1
		}
	' "$manual" | grep -vE '^	--(help|usage|version)$' | sort -u
}

@test "the manual has a section for each command, and no other" {
	awk '/^\.Sh /{ on = $2 == "COMMANDS" } on && /^\.Ss [a-z]+$/{ print $2 }' "$manual" | sort >sections
	diff commands sections
}

@test "the manual's synopsis has each command" {
	awk 'before == ".Op Ar global-options" { print $2 } { before = $0 }' "$manual" | sort -u >synopsis
	diff commands synopsis
}

@test "the manual describes each option where it belongs, and no other" {
	described >described
	grep -e '--' cli >options
	diff options described
}

@test "the commands of the SMMU that the manual lists are known" {
	grep -A 2 '^\.Bl -column "tlbi' "$manual" | grep -oE 'Li [a-z-]+' | cut -d ' ' -f 2 >known
	run -0 wc -l <known
	assert_output 8
	while read -r name; do
		run -0 smmunest-ctl encode cmd "$name"
	done <known
}

@test "each exit status of the program is in the manual and in the README" {
	sed -n '/^enum status/,/^}/s/.* = \([0-9]*\),.*/\1/p' "$top/smmunest-ctl/ctl.h" | sed 's/^128$/128+N/' | sort >statuses
	run -0 wc -l <statuses
	assert_output 8
	awk '/^\.Sh /{ on = $2 == "EXIT" } on && /^\.It /{ print $2 }' "$manual" | sort >manual
	diff statuses manual
	sed -n '/^## Exit status/,/^## Where/p' "$top/README.md" | grep -oE '(^|  )(0|[1-9][0-9]*(\+N)?) ' | tr -d ' ' | sort >readme
	diff statuses readme
}

# Code in a page: what is indented as such, and in the README what stands between `.
code() {
	sed -n 's/^\.Dl //p; /^\.Bd -literal/,/^\.Ed/p' "$manual"
	grep -h '^    ' "$top"/{README,CONTRIBUTING}.md
	grep -ohE '`[^`]+`' "$top"/{README,CONTRIBUTING}.md | tr -d '`'
}

@test "every command line in README, CONTRIBUTING and the manual's examples names what exists" {
	code | grep -oE 'smmunest-ctl( --[a-z]+)* [a-z]+( .*)?$' >lines
	run -0 grep -c . lines
	while read -r _ words; do
		command=
		# shellcheck disable=SC2086  # words of a command line
		set -- $words
		for word; do
			case $word in
			'|' | '#') break ;;
			--*)
				grep -qxF -e "$command	${word%%=*}" -e "	${word%%=*}" cli ||
					fail "smmunest-ctl $words: ${command:-globally} there is no ${word%%=*}"
				;;
			*)
				[[ $command ]] || grep -qxF "$word" commands || fail "smmunest-ctl $words: no command $word"
				command=${command:-$word}
				;;
			esac
		done
	done <lines
}

@test "every make target and every file that README and CONTRIBUTING name exists" {
	cd "$top"
	code | grep -oE '^ *make [A-Z0-9= ]*[a-z][a-z0-9-]*' | sed 's/.* //' | sort -u >"$BATS_TEST_TMPDIR/targets"
	grep -qx check "$BATS_TEST_TMPDIR/targets"
	while read -r target; do
		grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile || fail "there is no make target $target"
	done <"$BATS_TEST_TMPDIR/targets"

	code | grep -oE '(^| )(scripts|lib|smmunest-ctl|tests|man)/[A-Za-z0-9./-]*' | tr -d ' ' | sort -u >"$BATS_TEST_TMPDIR/files"
	grep -qx scripts/deps "$BATS_TEST_TMPDIR/files"
	while read -r file; do
		[[ -e $file || $file == *NAME* ]] || fail "there is no $file"
	done <"$BATS_TEST_TMPDIR/files"
}
