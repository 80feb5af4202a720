# SPDX-License-Identifier: GPL-2.0-or-later
# What is shown on a terminal and nowhere else.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	command -v script >/dev/null || skip "script, of bsdutils, is not installed"
	unset SMMUNEST_DEVICE
	export SMMUNEST_BACKEND=model
	cd "$BATS_TEST_TMPDIR" || return
}

# terminal COMMAND: what it writes to its terminal is in the file seen
terminal() {
	script -qc "$1" /dev/null </dev/null >seen
}

@test "terminal: run names the case at work and takes it away, unless the report itself is there" {
	terminal 'smmunest-ctl run hwinfo >report'
	[[ $(sed 's/\r/\n/g' seen | sed -n 's/^\x1b\[K\([0-9]\)/\1/p') == "$(smmunest-ctl run -l hwinfo | awk '{ name[NR] = $1 }
		END { for (i = 1; i <= NR; i++) print i "/" NR " " name[i] }')" ]] || fail "$(cat -v seen)"
	[[ $(<seen) == *$'\r\x1b[K' ]] || fail "$(cat -v seen)"
	diff report <(smmunest-ctl run hwinfo)
	for quiet in 'smmunest-ctl -q run hwinfo >report' 'smmunest-ctl run hwinfo 2>&1' 'smmunest-ctl run hwinfo >report 2>said'; do
		terminal "$quiet"
		[[ $(<seen) != *$'\x1b'* ]] || fail "$quiet: $(cat -v seen)"
	done
	[[ ! -s said ]]
}

@test "terminal: what was refused is red there, but not in a file, nor where NO_COLOR asks for none" {
	export SMMUNEST_BACKEND=model:qemu:no-canwbs
	terminal 'smmunest-ctl alloc'
	grep -qF $'\x1b[31mEOPNOTSUPP\x1b[m' seen || fail "$(cat -v seen)"
	for plain in 'smmunest-ctl alloc >report' 'NO_COLOR=1 smmunest-ctl alloc' 'smmunest-ctl --color=never alloc'; do
		terminal "$plain"
		[[ $(<seen) != *$'\x1b'* ]] || fail "$plain: $(cat -v seen)"
	done
	run ! grep -q $'\x1b' report
	run -2 smmunest-ctl --color=always alloc
	assert_output --partial $'\x1b[31mEOPNOTSUPP\x1b[m'
}
