# SPDX-License-Identifier: GPL-2.0-or-later
# Each invalidation does what it names: what a cache had kept is seen before it, and gone after.
# shellcheck disable=SC2154  # $output is bats'

load helper

# bats test_tags=hw
@test "stale: what each command names is gone after it" {
	need_kernel "it keeps no translations, tests/unit/stale.c"
	need_nesting
	command -v stale >/dev/null || skip "the program stale is not in PATH: make guest"
	case $(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE" && cat vendor device class) in
		0x1234$'\n'0x11e8* | *0x010802) ;;
		*) skip "$SMMUNEST_DEVICE is neither edu nor an NVMe SSD" ;;
	esac
	run stale "$SMMUNEST_DEVICE"
	assert_success
	refute_line --regexp '^not ok'
	assert_line '# fail: 0'
}

# bats test_tags=hw,qemu
@test "stale: on the emulated SMMU each case is seen, with two devices on one stage 2" {
	need_kernel "it keeps no translations, tests/unit/stale.c"
	need_nesting
	command -v stale >/dev/null || skip "the program stale is not in PATH: make guest"
	edu='' nvme=''
	for dev in /sys/bus/pci/devices/*; do
		[[ -d $dev/vfio-dev ]] || continue
		[[ $(<"$dev/vendor") != 0x1234 ]] || edu=${dev##*/}
		[[ $(<"$dev/class") != 0x010802 ]] || nvme=${dev##*/}
	done
	[[ $edu && $nvme ]] || skip "it takes an edu and an NVMe SSD"
	run stale "$nvme" "$edu"
	assert_success
	assert_line '# pass: 26'
	assert_line '# not-observable: 0'
	# the page beside a range, or an address, had not been named
	assert_line --regexp '^# range-num: .* stale 2, .* left 0, beside 1'
	assert_line --regexp '^# two-devices: .* stale 2, spared 2, left 0, beside 2'
}
