# SPDX-License-Identifier: GPL-2.0-or-later
# Devices that do DMA when they are told to: their registers, interrupts, transfers, through one stage and through two.
# shellcheck disable=SC2154  # $output is bats'

load helper

# Which source drives the device.
source_of() {
	case $(cd "/sys/bus/pci/devices/$1" && cat vendor device class) in
		0x1234$'\n'0x11e8*) echo edu ;;
		*0x010802) echo nvme ;;
	esac
}

# bats test_tags=hw
@test "devices: reads, writes and MSIs arrive where the tables send them, faults are told" {
	need_kernel "tests/unit/dma.c has its devices"
	need_nesting
	command -v dma >/dev/null || skip "the program dma is not in PATH: make guest"
	cdev=$(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev" && echo *) || skip "$SMMUNEST_DEVICE is not vfio-pci's"
	name=$(source_of "$SMMUNEST_DEVICE")
	[[ $name ]] || skip "$SMMUNEST_DEVICE is neither edu nor an NVMe SSD"
	run dma "/dev/vfio/devices/$cdev" "$name"
	assert_success
	refute_line --regexp '^not ok'
	assert_line --regexp 'both stages: the MSI arrives'
}

# bats test_tags=hw,qemu
@test "devices: what edu's registers and interrupts refuse has the row's reason" {
	need_nesting
	on_model || [[ $(source_of "$SMMUNEST_DEVICE") == edu ]] || skip "$SMMUNEST_DEVICE is no edu"
	run smmunest-ctl -q script "$BATS_TEST_DIRNAME/../scripts/machines/edu.script"
	assert_success
	run smmunest-ctl -q script "$BATS_TEST_DIRNAME/../scripts/errnos/region.script"
	assert_success
}
