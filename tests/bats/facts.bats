# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# What the machine tells beside iommufd, and where it tells so.
# shellcheck disable=SC2154,SC2016  # $output, $status are bats'; '$words' are jq's

load helper

setup() {
	need_device
}

# bats test_tags=hw,qemu
@test "the kernel's log: what is written while one listens, nothing before" {
	need_kernel "it writes no log"
	[[ -w /dev/kmsg ]] || skip "/dev/kmsg cannot be written"
	run kmsg-seen 'x: CMD_SYNC timeout at' 'x: nothing' 'x: event 0x10 received:' $'\t0x0000000000001234'
	assert_success
	assert_output 'SYNC_TIMEOUT x: CMD_SYNC timeout at
EVENT_RAW x: event 0x10 received:
WORDS \x090x0000000000001234'
}

@test "the IORT leads to the SMMU that sysfs names, with the device's StreamID" {
	need_kernel "its files are not this shell's"
	[[ -e /sys/firmware/acpi/tables/IORT ]] || skip "the firmware has no IORT"
	[[ $EUID == 0 ]] || skip "the IORT is root's alone"
	ctl 0 info "$SMMUNEST_DEVICE"
	holds '.result.devices[0] | "smmu3." + .iort.smmu_base == .smmu' \
		'.result.devices[0].iort | [.canwbs, .cca, .ats, .cohacc] | all(type == "boolean")' \
		'.result.devices[0].iort | has("why") | not' \
		'.result.devices[0] | (.stream_ids | length) == (.requester_ids | length) and (.stream_ids | length) > 0'
}

# bats test_tags=hw,qemu
@test "the emulated machine: CANWBS, a coherent SMMU, StreamIDs that are requester IDs" {
	need_nesting
	ctl 0 info "$SMMUNEST_DEVICE"
	holds '.result.devices[0].iort | .canwbs and .cca and .cohacc and .smmu_index == 0' \
		'.result.devices[0] | .stream_ids == .requester_ids and (.stream_ids | length) == 1' \
		'.result.unsafe_interrupts == false'
}

# bats test_tags=hw
@test "info: VFIO's nesting of old is asked for on both nodes, and is not there" {
	need_nesting
	ctl 0 info "$SMMUNEST_DEVICE"
	holds '.result.legacy[0] == {path: "/dev/iommu", VFIO_TYPE1_NESTING_IOMMU: false, errno: 0}' \
		'.result.legacy[1] | .path == "/dev/vfio/vfio" and (.VFIO_TYPE1_NESTING_IOMMU == false or .errno == 2)' \
		'.result.legacy | length == 2'
}

@test "info: netlink families are there or not, and monitor says the same" {
	need_kernel "it has no netlink"
	ctl 0 info "$SMMUNEST_DEVICE"
	holds '.result.witnesses | .uevent == true and (keys == ["acpi", "devlink", "netdev", "uevent"])'
	sources=$(smmunest-ctl --json --timeout=1 monitor 2>/dev/null | head -n 1)
	holds ".result.witnesses == ([($sources).sources[] | select(.source != \"kernel\") | {(.source): .listening}] | add)"
	run -0 smmunest-ctl info "$SMMUNEST_DEVICE"
	assert_line --regexp '^witnesses +uevent=yes devlink=(yes|no) netdev=(yes|no) acpi=(yes|no)$'
}

@test "info --raw: the nodes of the IORT, the device's root complex among them" {
	need_kernel "its files are not this shell's"
	[[ -e /sys/firmware/acpi/tables/IORT ]] || skip "the firmware has no IORT"
	[[ $EUID == 0 ]] || skip "the IORT is root's alone"
	ctl 0 info --raw "$SMMUNEST_DEVICE"
	holds ".result.iort.bytes == $(wc -c </sys/firmware/acpi/tables/IORT)" '.result.iort.checksum' \
		'.result.devices[0].iort.canwbs as $c | .result.iort.nodes | any(.type == "root complex" and .fields.CANWBS == ($c | if . then 1 else 0 end))' \
		'.result.devices[0].iort.smmu_base as $b | .result.iort.nodes | any(.type == "SMMUv3" and .fields.base == $b)'
}

@test "the kernel's configuration is that of /proc/config.gz" {
	need_kernel "its files are not this shell's"
	[[ -e /proc/config.gz ]] || skip "the kernel does not tell it"
	ctl 0 info "$SMMUNEST_DEVICE"
	for option in IOMMUFD VFIO_DEVICE_CDEV VFIO_PCI ARM_SMMU_V3_IOMMUFD ARM_SMMU_V3_SVA PCI_ATS ACPI_TABLE_UPGRADE; do
		value=$(gzip -dc /proc/config.gz | sed -n "s/^CONFIG_$option=//p")
		holds ".result.config.CONFIG_$option == \"${value:-n}\""
	done
	holds '.result.config.source == "/proc/config.gz"'
}

@test "who is not root is told what is missing, and what is not is the same" {
	need_kernel "everybody may use it"
	[[ $EUID == 0 ]] || skip "only root can become nobody"
	ctl 0 info "$SMMUNEST_DEVICE"
	requester=$(jq -c '.result.devices[0].requester_ids[0]' <<<"$output")
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups smmunest-ctl --json info "$SMMUNEST_DEVICE"
	holds '.result.devices[0].iort | .canwbs == null and .cohacc == null and (.why | test("root|permission"))' \
		'.result.devices[0].pci | .ats == null and .pasid == null and (.why | test("root"))' \
		".result.devices[0].requester_ids[0] == $requester" '.result.devices[0].stream_ids == []'
}

# bats test_tags=hw,qemu
@test "an option of the kernel that is not in its configuration is no" {
	need_kernel "its files are not this shell's"
	[[ $EUID == 0 ]] || skip "only root can hide a file"
	cat >"$BATS_TEST_TMPDIR/hide" <<-'EOF'
		mount --bind /dev/null /proc/config.gz && mount -t tmpfs boot /boot &&
			echo CONFIG_IOMMUFD=m >/boot/config-$(cat /proc/sys/kernel/osrelease) && exec smmunest-ctl --json info
	EOF
	run --separate-stderr unshare -m bash "$BATS_TEST_TMPDIR/hide"
	holds '.result.config | .CONFIG_IOMMUFD == "m" and .CONFIG_VFIO_PCI == "n" and (.source | startswith("/boot/config-"))'
}
