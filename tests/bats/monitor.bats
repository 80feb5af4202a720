# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,root
# monitor: what the kernel tells while devices come and go.
# shellcheck disable=SC2154,SC2016  # $output, $stderr, $status are bats', $rows is jq's

load helper

setup() {
	need_device
	need_kernel "nobody else does anything there"
	[[ $EUID == 0 ]] || skip "only root can bind drivers"
	ctl 0 bind
	bdf=$(value bdf)
	seen=$BATS_TEST_TMPDIR/seen
}

teardown() {
	[[ -z ${netdevsim-} ]] || echo 10 >/sys/bus/netdevsim/del_device
	[[ -z ${bdf-} ]] || smmunest-ctl --quiet bind "$bdf" >/dev/null
	settle
}

# listen ARGUMENT...: a monitor in the background, $pid, once it listens
listen() {
	smmunest-ctl monitor --json "$@" >"$seen" 2>/dev/null 3>&- &
	pid=$!
	sees '.event == "sources"'
}

# sees EXPRESSION: a line is so within 5 s
sees() {
	for _ in {1..50}; do
		! jq -es "any(.[]; $1)" "$seen" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	batslib_decorate "no line is $1" <"$seen" | fail
}

# ends: by SIGTERM, and the totals are right
ends() {
	local ended=0
	kill -TERM "$pid"
	wait "$pid" || ended=$?
	assert_equal "$ended" 143
	run -0 jq -s 'map(select(.event == "row")) as $rows | .[-1] |
		.event == "totals" and .exit == 143 and .rows == ($rows | length)' "$seen"
	assert_output true
}

@test "a device leaves vfio-pci and comes back: uevents in their order" {
	listen
	smmunest-ctl unbind "$bdf"
	smmunest-ctl bind "$bdf"
	sees ".source == \"uevent\" and .action == \"bind\" and .device == \"$bdf\" and (.what | test(\"DRIVER=vfio-pci\"))"
	ends
	run -0 jq -rs "map(select(.device == \"$bdf\" and .source == \"uevent\") | .action + (.what | split(\" \")[0])) | join(\" \")" "$seen"
	assert_output --regexp '^removevfio-dev unbindpci .*addvfio-dev bindpci$'
	run -0 jq -s '[.[] | .ns // empty] | . == sort' "$seen"
	assert_output true
}

@test "devlink and netdev tell of a native driver's instance" {
	[[ -w /sys/bus/netdevsim/new_device ]] || skip "the kernel has no netdevsim"
	listen
	head -n 1 "$seen" | jq -e '.sources[] | select(.source == "devlink") | .listening' || skip "the kernel has no devlink"
	echo "10 1" >/sys/bus/netdevsim/new_device
	netdevsim=yes
	sees '.source == "devlink" and .action == "new" and .what == "instance netdevsim/netdevsim10"'
	sees '.source == "netdev" and .action == "add"'
	echo 10 >/sys/bus/netdevsim/del_device
	netdevsim=
	sees '.source == "devlink" and .action == "del" and .what == "instance netdevsim/netdevsim10"'
	sees '.source == "netdev" and .action == "del"'
	ends
}

@test "a device that is watched is let go when somebody wants it" {
	need_nesting
	listen "$bdf"
	head -n 1 "$seen" | jq -e '[.sources[] | select(.source | IN("vfio", "vevent")) | .listening] == [true, true]'
	timeout 20 sh -c "echo $bdf >/sys/bus/pci/drivers/vfio-pci/unbind"
	sees '.source == "vfio" and .action == "request"'
	sees '.source == "kernel" and .action == "UNBIND"'
	sees ".source == \"uevent\" and .action == \"unbind\" and .device == \"$bdf\""
	ends
}

@test "a device that is not to be had is no failure: the reason is told" {
	smmunest-ctl unbind "$bdf"
	listen "$bdf"
	run -0 jq -r '.sources[] | select(.source == "vfio") | .why' <(head -n 1 "$seen")
	assert_output --partial "smmunest-ctl bind $bdf"
	ends
}
