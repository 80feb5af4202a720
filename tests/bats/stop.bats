# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# Signals and time-outs: whatever ends a command, the device is as it was.
# shellcheck disable=SC2154,SC2030,SC2031  # $output, $stderr, $status are bats'; $pid is of one test

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
}

# start WORD ARGUMENT...: smmunest-ctl in the background, until it has said WORD; $pid
start() {
	local word=$1 line=
	shift
	coproc TOOL { exec env --default-signal=INT smmunest-ctl "$@" 2>&1 3>&-; }
	pid=$TOOL_PID
	exec {said}<&"${TOOL[0]}"
	while read -r line <&"$said"; do
		[[ $line != *$word* ]] || return 0
	done
	fail "smmunest-ctl $* ended without $word"
}

# ends STATUS: what was started ends so; how many lines it still said in $rest
ends() {
	local ended=0
	# to the end of the pipe: it must not block on writing
	mapfile -t rest <&"$said"
	wait "$pid" || ended=$?
	assert_equal "$ended" "$1"
	assert [ ! -e "/proc/$pid" ]
}

# The device is free, still vfio-pci's, and can be nested again.
device_is_free() {
	ctl 0 alloc --attach
	holds '.device.driver == "vfio-pci"' '.result.steps | all(.errno == 0)'
}

@test "--hold=SECS holds that long and ends with 0" {
	SECONDS=0
	run --separate-stderr smmunest-ctl alloc --hold=1 --attach
	assert_success
	assert [ "$SECONDS" -ge 1 ]
	says holding
	device_is_free
}

@test "--timeout ends a hold with 124" {
	run --separate-stderr smmunest-ctl --timeout=1 alloc --hold
	assert_equal "$status" 124
	device_is_free
}

@test "a hold is ended by INT, TERM and HUP with 128 and the signal" {
	for signal in INT:130 TERM:143 HUP:129; do
		start holding alloc --hold --attach
		# the objects are there: the device is taken
		assert [ -n "$(echo /proc/"$pid"/fd/*)" ]
		kill -"${signal%:*}" "$pid"
		ends "${signal#*:}"
	done
	device_is_free
}

@test "while it holds, what was built has been told already" {
	start '"exit":0' --json alloc --hold --attach
	kill -INT "$pid"
	ends 130
}

@test "SIGKILL in a hold leaves nothing behind" {
	start holding alloc --hold --attach Cfg=s1
	kill -KILL "$pid"
	ends 137
	device_is_free
}

@test "a repetition is ended by SIGINT with 130, and tells how far it came" {
	start IOMMU_DESTROY --trace --json alloc --repeat=100000 --attach
	kill -INT "$pid"
	ends 130
	output=${rest[-1]} status=130
	holds '.result.repeat[0].n | . >= 1 and . < 100000' '.exit == 130'
	device_is_free
}

@test "SIGTERM during inval --repeat and detach --repeat is 143" {
	start IOMMU_HWPT_INVALIDATE --trace inval --repeat=10000000 tlbi-nh-asid:ASID=5
	kill -TERM "$pid"
	ends 143
	start IOMMU_DESTROY --trace detach --repeat=1000000
	kill -TERM "$pid"
	ends 143
	device_is_free
}

@test "--timeout during a repetition is 124" {
	run --separate-stderr smmunest-ctl --json --timeout=1 alloc --repeat=1000000
	assert_equal "$status" 124
	holds '.result.repeat | all(.n >= 1)'
	device_is_free
}

@test "a signal at any moment, from the first on, is 143 and leaves the device free" {
	for pause in 0.001 0.003 0.006 0.01 0.015 0.02 0.03 0.05; do
		env --default-signal=INT smmunest-ctl --quiet alloc --attach --repeat=1000000 Cfg=s1 >/dev/null 3>&- &
		pid=$!
		# what reads no byte is a sleep without a process
		read -rt "$pause" <> <(:) || true
		kill -TERM "$pid"
		ended=0
		wait "$pid" || ended=$?
		assert_equal "$ended" 143
	done
	device_is_free
}
