# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,root
# bind and unbind: whatever happens, the device is vfio-pci's again when a test ends.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_device
	[[ $EUID == 0 ]] || skip "only root can bind drivers"
	ctl 0 bind
	bdf=$(value bdf)
	sysfs=/sys/bus/pci/devices/$bdf
	journal=/run/smmunest/$bdf
	override=$(<"$sysfs/driver_override")
	remembered=$(cat "$journal" 2>/dev/null) || remembered=
}

teardown() {
	if [[ -n ${sysfs-} ]]; then
		smmunest-ctl --quiet bind "$bdf" >/dev/null
		echo "${override/(null)/}" >"$sysfs/driver_override"
		rm -f "$journal"
		[[ -z $remembered ]] || printf '%s\n' "$remembered" >"$journal"
	fi
	settle
}

driver() {
	[[ ! -e $sysfs/driver ]] || basename "$(readlink "$sysfs/driver")"
}

@test "unbind gives the device back, bind takes it and remembers whose it was" {
	ctl 0 unbind
	holds '.result.was == "vfio-pci" and .result.driver != "vfio-pci"' '.result | has("cdev") | not'
	former=$(driver)
	assert [ "$former" != vfio-pci ]
	assert [ ! -e "$journal" ]
	assert [ ! -e "$sysfs/vfio-dev" ]
	ctl 4 alloc --upto=ioas
	holds '.error.causes[0] | (.text | test("vfio-pci")) and (.remedy | startswith("smmunest-ctl bind "))'

	ctl 0 bind "$bdf"
	holds ".result.was == \"$former\" and .result.driver == \"vfio-pci\" and .result.cdev == \"/dev/vfio/devices/$(ls "$sysfs/vfio-dev")\""
	assert_equal "$(driver)" vfio-pci
	assert_equal "$(<"$journal")" "driver $former"$'\n'"override "
	if [[ -z $(cannot_nest) ]]; then
		ctl 0 alloc --attach
		holds '.result.steps | all(.errno == 0)'
	fi
}

@test "a second bind and a second unbind change nothing" {
	smmunest-ctl unbind "$bdf"
	former=$(driver)
	ctl 0 unbind "$bdf"
	holds ".result.was == \"$former\" and .result.driver == \"$former\""
	smmunest-ctl bind "$bdf"
	before=$(<"$journal")
	ctl 0 bind "$bdf"
	holds '.result.was == "vfio-pci" and .result.driver == "vfio-pci"'
	assert_equal "$(<"$journal")" "$before"
}

@test "a driver_override that was there is there again" {
	smmunest-ctl unbind "$bdf"
	former=$(driver)
	echo nothing-of-this-name >"$sysfs/driver_override"
	smmunest-ctl bind "$bdf"
	assert_equal "$(<"$sysfs/driver_override")" vfio-pci
	assert_equal "$(<"$journal")" "driver $former"$'\n'"override nothing-of-this-name"
	# its former driver does not match that name any more, so only the override comes back
	if [[ -z $former ]]; then
		ctl 0 unbind "$bdf"
		assert_equal "$(<"$sysfs/driver_override")" nothing-of-this-name
	fi
	# a journal says what to write into sysfs: names, never paths
	smmunest-ctl bind "$bdf"
	printf 'driver ../../../../../tmp/x\noverride a/b\n' >"$journal"
	run smmunest-ctl unbind "$bdf"
	assert_equal "$(<"$sysfs/driver_override")" "(null)"
}

@test "a device that is bound without a journal goes to whoever wants it" {
	smmunest-ctl bind "$bdf"
	rm -f "$journal"
	ctl 0 unbind "$bdf"
	holds '.result.driver != "vfio-pci"'
	assert_equal "$(<"$sysfs/driver_override")" "(null)"
}

@test "without permission: 4, the reason, and nothing changed" {
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups smmunest-ctl unbind "$bdf"
	assert_equal "$status" 4
	says root
	assert_equal "$(driver)" vfio-pci
	smmunest-ctl unbind "$bdf"
	former=$(driver)
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups smmunest-ctl bind "$bdf"
	assert_equal "$status" 4
	says root
	assert_equal "$(driver)" "$former"
	assert [ ! -e "$journal" ]
}

@test "a device that is not there: 4, and no journal of it" {
	for command in bind unbind; do
		ctl 4 $command ffff:ff:1f.7
		holds '.error.causes[0].text | test("ffff:ff:1f.7")'
	done
	assert [ ! -e /run/smmunest/ffff:ff:1f.7 ]
}

@test "unbind does not wait for ever for a program that has the device open" {
	coproc HOLDER { exec smmunest-ctl alloc --upto=ioas --hold 2>&1 3>&-; }
	holder=$HOLDER_PID line=
	until [[ $line == *holding* ]]; do read -r line <&"${HOLDER[0]}"; done
	smmunest-ctl --timeout=1 unbind "$bdf" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	pid=$!
	for _ in {1..30}; do
		[[ -e /proc/$pid/cwd ]] || break
		sleep 0.1
	done
	hung=no
	[[ ! -e /proc/$pid/cwd ]] || hung=yes
	# this lets it go on in any case
	kill "$holder"
	ended=0
	wait "$pid" || ended=$?
	[[ $hung == no ]] || fail "unbind waits for the holder"
	[[ $ended == 2 || $ended == 64 ]] || fail "exit status $ended"
	run cat "$BATS_TEST_TMPDIR/said"
	assert_output --partial open
	assert_equal "$(driver)" vfio-pci
}

# free: unbound, and $former has it; what the tests below begin with
free() {
	smmunest-ctl unbind "$bdf"
	former=$(driver)
}

# as_before: the former driver has it, and nothing is left to be undone
as_before() {
	[[ $(driver) == "$former" ]] || fail "$(driver) has the device, not $former: $*"
	assert_equal "$(<"$sysfs/driver_override")" "(null)"
	assert [ ! -e "$journal" ]
	assert [ ! -s "$journal.lock" ]
}

@test "unbind --recover gives back what a completed bind took, once" {
	free
	smmunest-ctl bind "$bdf"
	# another command lets it alone
	ctl 0 alloc --upto=ioas "$bdf"
	assert_equal "$(driver)" vfio-pci
	ctl 0 unbind --recover "$bdf"
	holds ".result.recovered | length == 1 and .[0].bdf == \"$bdf\" and .[0].left == \"bound\" and .[0].was == \"vfio-pci\" and .[0].errno == 0"
	as_before
	ctl 0 unbind --recover
	holds '.result.recovered == []'
	ctl 0 unbind --recover "$bdf"
	holds '.result.recovered == []'
}

# killed SIGNAL CALL N: bind is sent SIGNAL as it makes the Nth of those system calls; false when it makes fewer
killed() {
	local ended=0
	strace -qq -o /dev/null -e trace="$2" -e inject="$2:signal=$1:when=$3" \
		smmunest-ctl bind "$bdf" >/dev/null 2>&1 3>&- || ended=$?
	[[ $ended != 0 ]]
}

@test "bind is killed at each of its writes: the next command undoes it, and so does unbind --recover" {
	command -v strace || skip "strace is not installed"
	free
	n=0
	while killed KILL write $((n + 1)); do
		# from its last write on it is a completed bind
		[[ ! -e $journal || -s $journal.lock ]] || break
		n=$((n + 1))
		run --separate-stderr smmunest-ctl alloc --upto=ioas "$bdf"
		assert_equal "$status" 4
		as_before "after write $n"
	done
	# the record, the override, perhaps the unbinding, the probe, the journal
	[[ $n -ge 4 ]] || fail "only $n writes"
	smmunest-ctl unbind "$bdf"
	for ((i = 2; i <= n; i += 2)); do
		killed KILL write "$i" || fail "write $i did not come"
		smmunest-ctl unbind --recover "$bdf"
		as_before "after write $i"
	done
	killed KILL write "$n" || fail "write $n did not come"
	run --separate-stderr smmunest-ctl alloc --upto=ioas "$bdf"
	says "undid what a killed command left half done: $bdf"
}

@test "bind is interrupted: it is undone" {
	command -v strace || skip "strace is not installed"
	free
	# strace stops at every system call, so this is slow
	for how in INT:130:1 HUP:129:4; do
		IFS=: read -r signal status n <<<"$how"
		ended=0
		strace -qq -o /dev/null -e trace=write -e inject="write:signal=$signal:when=$n" \
			env --default-signal=INT smmunest-ctl bind "$bdf" >/dev/null 2>&1 3>&- || ended=$?
		assert_equal "$ended" "$status"
		as_before "after $signal at write $n"
	done
}

@test "two at one device: the second is told who is at work, another device is free" {
	free
	smmunest-ctl bind "$bdf"
	smmunest-ctl unbind "$bdf"
	printf '%s bind\noverride \nend\n' $$ >"$journal.lock"
	exec {held}<>"$journal.lock"
	flock -n "$held"
	ctl 64 bind "$bdf"
	holds ".error.causes[0].text | test(\"smmunest-ctl bind .process $$. is at work on $bdf\")"
	# the living one's work is not undone
	ctl 4 alloc --upto=ioas "$bdf"
	: >"$journal.lock"
	ctl 64 bind "$bdf"
	holds '.error.causes[0].text | test("another smmunest-ctl is at work")'
	exec {held}>&-
	ctl 0 bind "$bdf"
}
