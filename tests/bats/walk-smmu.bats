# SPDX-License-Identifier: GPL-2.0-or-later
# walk is the SMMU's: what a device's transfers end in, by memory and by events, is what the software walk says.
# shellcheck disable=SC2154  # $output is bats'

load helper

# bats test_tags=hw
@test "walk-smmu: stage 1 at random, and each event a VM can cause, end as the walk says" {
	need_kernel "tests/unit/walk-smmu.c has its devices"
	need_nesting
	command -v walk-smmu >/dev/null || skip "the program walk-smmu is not in PATH: make guest"
	cdev=$(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev" && echo *) || skip "$SMMUNEST_DEVICE is not vfio-pci's"
	[[ $(<"/sys/bus/pci/devices/$SMMUNEST_DEVICE/vendor") == 0x1234 ]] || skip "$SMMUNEST_DEVICE is no edu: RAM may be anywhere"
	run walk-smmu "/dev/vfio/devices/$cdev" edu 30
	assert_success
	assert_line --regexp '^ok .* a write: F_PERMISSION, word for word'
	assert_line --regexp '^ok .* agree on 30 layouts from seed 1 on \(0 differ'
	refute_line --regexp '^not ok'
}

# bats test_tags=vm
@test "walk-smmu: with all bits of an address, of edu and of nvme" {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
	run "$top/scripts/walk-smmu" 30
	assert_success
	refute_line --regexp '^not ok'
	assert_line --regexp '^ok .* edu, 48 bits: .* agree on 30 layouts'
	assert_line --regexp '^ok .* nvme, 48 bits: .* agree on 30 layouts'
	# each kind of end, and each granule, was among them
	for what in arrives event F_TRANSLATION F_PERMISSION; do
		assert_line --regexp "^# $what: [1-9]"
	done
	assert_line --regexp '^# 4K [1-9][0-9]*, 16K [1-9][0-9]*, 64K [1-9][0-9]*, blocks [1-9]'
}
