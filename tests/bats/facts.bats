# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,qemu
# What the machine tells beside iommufd, and where it tells so.
# shellcheck disable=SC2154,SC2016  # $output, $status are bats'; '$x' are jq's

load helper

setup() {
	need_device
}

@test "the kernel's log: what is written while one listens, nothing before" {
	[[ -w /dev/kmsg ]] || skip "/dev/kmsg cannot be written"
	run kmsg-seen 'x: CMD_SYNC timeout at' 'x: nothing' 'x: event 0x10 received:' $'\t0x0000000000001234'
	assert_success
	assert_output 'SYNC_TIMEOUT x: CMD_SYNC timeout at
EVENT_RAW x: event 0x10 received:
WORDS \x090x0000000000001234'
}
