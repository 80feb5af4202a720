# SPDX-License-Identifier: GPL-2.0-or-later
# A vEVENTQ that is too short: the numbers say what was lost, and many events leave nothing behind.
# shellcheck disable=SC2154  # $output is bats'

load helper

# bats test_tags=hw
@test "overflow: of a queue of one event, numbers and headers are as the interface has them" {
	need_kernel "tests/unit/overflow.c has its devices"
	need_nesting
	command -v overflow >/dev/null || skip "the program overflow is not in PATH: make guest"
	cdev=$(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev" && echo *) || skip "$SMMUNEST_DEVICE is not vfio-pci's"
	[[ $(<"/sys/bus/pci/devices/$SMMUNEST_DEVICE/vendor") == 0x1234 ]] || skip "$SMMUNEST_DEVICE is no edu, whose fault is one event"
	run overflow "/dev/vfio/devices/$cdev" edu
	assert_success
	refute_line --regexp '^not ok'
	assert_line --regexp 'counted: two came, two were lost'
}

# bats test_tags=vm
@test "overflow: ten thousand events, and nothing is left of them" {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
	run "$top/scripts/vm" run --device nvme --timeout 120 -- 'overflow /dev/vfio/devices/vfio0 nvme 10000 60'
	assert_success
	refute_line --regexp '^not ok'
	assert_line --regexp '^ok .* [1-9][0-9]{4,} events, '
	assert_line --regexp '^ok .* nothing is left of them'
}
