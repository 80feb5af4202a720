# SPDX-License-Identifier: GPL-2.0-or-later
# The model answers as the kernel does: the same calls to both.
# shellcheck disable=SC2154  # $output is bats'

load helper

# bats test_tags=hw,qemu
@test "same: bind, attach, detach and queues, right and wrong, on the kernel and on the model" {
	need_nesting
	command -v vfio-same >/dev/null || skip "the program vfio-same is not in PATH: make guest"
	cdev=$(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev" && echo *) || skip "$SMMUNEST_DEVICE is not vfio-pci's"
	run vfio-same "/dev/vfio/devices/$cdev"
	assert_success
	refute_line --regexp '^(#|not ok)'
}
