# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,root
# A command that has taken the device away from vfio-pci is killed after each thing that it asks of the machine, where nothing of its own
# can be undone any more: the next command undoes it, and `unbind --recover` gives the device back to its own driver. SMMUNEST_EVERY=1
# tries each point; without it, some.
# shellcheck disable=SC2154  # $status is bats'

load helper

setup() {
	need_nesting
	need_kernel "it has no process that could be killed"
	[[ $EUID == 0 ]] || skip "only root can bind drivers"
	cd "$BATS_TEST_TMPDIR" || return
	sysfs=/sys/bus/pci/devices/$SMMUNEST_DEVICE
	journal=/run/smmunest/$SMMUNEST_DEVICE
	remembered=$(cat "$journal" 2>/dev/null) || remembered=
	again
	step=23
	[[ ! ${SMMUNEST_EVERY-} ]] || step=1
}

teardown() {
	if [[ ${sysfs-} ]]; then
		smmunest-ctl --quiet bind "$SMMUNEST_DEVICE" >/dev/null
		rm -f "$journal"
		[[ -z $remembered ]] || printf '%s\n' "$remembered" >"$journal"
	fi
	settle
}

driver() {
	[[ ! -e $sysfs/driver ]] || basename "$(readlink "$sysfs/driver")"
}

# again: bound, by a bind that knows whose the device is: $former
again() {
	smmunest-ctl --quiet unbind "$SMMUNEST_DEVICE" >/dev/null
	former=$(driver)
	smmunest-ctl --quiet bind "$SMMUNEST_DEVICE" >/dev/null
}

# at N: killed after the Nth call; $ended is the exit status, $took how long it ran
at() {
	ended=0
	SMMUNEST_SIGNAL=KILL:$1 smmunest-ctl "${command[@]}" >/dev/null 2>said 3>&- 4>&- || ended=$?
}

# wrong WHAT: noted, the sweep goes on
wrong() {
	bad+="killed after call $n: $*"$'\n'
}

# next: any command that wants the device finds it as bind had left it
next() {
	smmunest-ctl --quiet alloc --attach Cfg=bypass >/dev/null 2>said || wrong "the next command: $(<said)"
	[[ $(driver) == vfio-pci && $(cat "$journal") == "$kept" && ! -s $journal.lock ]] ||
		wrong "$(driver) has it, kept '$(cat "$journal")', half '$(cat "$journal.lock")'"
}

# recovers: its own driver has it; other devices are none of ours
recovers() {
	smmunest-ctl --quiet unbind --recover "$SMMUNEST_DEVICE" >/dev/null 2>said || wrong "unbind --recover: $(<said)"
	[[ $(driver) == "$former" && $(<"$sysfs/driver_override") == "(null)" && ! -e $journal && ! -s $journal.lock ]] ||
		wrong "$(driver) has it, not '$former', kept '$(cat "$journal" 2>&1)', half '$(cat "$journal.lock")'"
	again
}

# sweep WAY
sweep() {
	local n calls points=0 half=0 bad=
	command=(detach --via="$1")
	kept=$(<"$journal")
	at 1000000
	calls=$(sed -n 's/.*it never came, for there were \([0-9]*\) calls$/\1/p' said)
	[[ $ended == 0 && $calls -ge 100 ]] || batslib_decorate "exit status $ended" <said | fail
	for ((n = 1; n <= calls; n += step)); do
		at "$n"
		# how often one looks is not always the same
		[[ $ended != 0 ]] || break
		[[ $ended == 137 ]] || wrong "exit status $ended: $(<said)"
		[[ ! -s $journal.lock ]] || half=$((half + 1))
		if ((points++ % 2)); then next; else recovers; fi
	done
	[[ -z $bad ]] || batslib_decorate "${command[*]}: of $calls calls" <<<"$bad" | fail
	((points >= 5 && half >= 3))
	run ! grep -qsx smmunest-ctl /proc/[0-9]*/comm
	echo "# ${command[*]}: $calls calls, killed at $points, half done at $half, 0 wrong outcomes" >&3
}

@test "killed: detach --via=unbind" {
	sweep unbind
}

@test "killed: detach --via=remove" {
	sweep remove
}
