# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,qemu,root
# bind refuses what the machine lives on. With QEMU's devices only, because a disk is overwritten:
# scripts/vm run --device edu --device nvme --device e1000e -- bats /tests/bats/inuse.bats
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	[[ $EUID == 0 ]] || skip "only root can bind drivers"
}

teardown() {
	[[ -z ${mounted-} ]] || umount "$mounted"
	[[ -z ${routed-} ]] || busybox ip route del default
	# the machine gave every device to vfio-pci
	[[ -z ${bdf-} ]] || smmunest-ctl --quiet bind "$bdf" >/dev/null
	settle
}

# find_device VENDOR DEVICE WHAT: $bdf, and its own driver has it; or the test is skipped
find_device() {
	local sysfs
	for sysfs in /sys/bus/pci/devices/*; do
		if [[ $(<"$sysfs/vendor") == "$1" && $(<"$sysfs/device") == "$2" ]]; then
			bdf=${sysfs##*/}
			smmunest-ctl unbind "$bdf"
			return
		fi
	done
	skip "the machine has no $3 of QEMU's"
}

refused() {
	ctl 64 bind "$bdf"
	holds ".error.causes[0] | .id == \"device.in-use\" and (.text | test(\"$1\")) and (.remedy | test(\"--force\"))"
	[[ $(readlink "/sys/bus/pci/devices/$bdf/driver") == */$2 ]] || fail "$bdf is not $2's any more"
	assert [ ! -e "/run/smmunest/$bdf" ]
}

taken() {
	ctl 0 bind "$bdf"
	holds ".result.was == \"$driver\" and .result.driver == \"vfio-pci\""
	assert_equal "$(<"/run/smmunest/$bdf")" "driver $driver"$'\n'"override "
	ctl 0 unbind "$bdf"
	holds ".result.driver == \"$driver\""
}

@test "bind: a disk with a mounted file system is refused, an unmounted one is not" {
	find_device 0x1b36 0x0010 "NVMe disk"
	driver=nvme
	for _ in {1..50}; do
		[[ ! -b /dev/nvme0n1 ]] || break
		sleep 0.1
	done
	# never a disk that somebody uses: this one is empty and small
	[[ $(blockdev --getsz /dev/nvme0n1) -le 65536 ]] || skip "the disk is not the test machine's"
	cmp -n 1024 /dev/nvme0n1 /dev/zero || skip "the disk is not empty"
	taken
	for _ in {1..50}; do
		[[ ! -b /dev/nvme0n1 ]] || break
		sleep 0.1
	done
	# an empty romfs: magic, size, checksum, name; then "." and ".." with type, place, size, checksum, name
	printf '%b' '-rom1fs-\0\0\0\x60\xe0\x8f\xa9\x12disk\0\0\0\0\0\0\0\0\0\0\0\0' \
		'\0\0\0\x49\0\0\0\x20\0\0\0\0\0\0\0\0.\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' \
		'\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0\0..\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >/dev/nvme0n1
	mkdir -p "$BATS_TEST_TMPDIR/disk"
	mount -t romfs -o ro /dev/nvme0n1 "$BATS_TEST_TMPDIR/disk"
	mounted=$BATS_TEST_TMPDIR/disk
	refused "mounted on .*/disk" nvme
	umount "$mounted"
	mounted=
	dd if=/dev/zero of=/dev/nvme0n1 bs=512 count=2 conv=fsync status=none
	taken
}

@test "bind: the only default route is refused, a card without one is not" {
	find_device 0x8086 0x10d3 "e1000e network card"
	driver=e1000e
	taken
	name=$(ls "/sys/bus/pci/devices/$bdf/net")
	busybox ip link set "$name" up
	busybox ip addr add 10.0.0.2/24 dev "$name"
	busybox ip route add default via 10.0.0.1 dev "$name"
	routed=yes
	refused "only default route, through $name" e1000e
	# with --force it is the user's own doing; the route goes with the card
	ctl 0 bind --force "$bdf"
	routed=
	ctl 0 unbind "$bdf"
	holds '.result.driver == "e1000e"'
	taken
}
