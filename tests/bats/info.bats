# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# info: the device and its registers. Nothing here knows which SMMU it is.
# shellcheck disable=SC2154,SC2016  # $output, $stderr, $status are bats'; '$words' are jq's

load helper

setup() {
	need_device
}

@test "info: the named device can nest, and its facts are sysfs's" {
	need_nesting
	need_kernel "its sysfs is not this shell's"
	ctl 0 info "$SMMUNEST_DEVICE"
	sysfs=/sys/bus/pci/devices/$(value bdf)
	group=$(readlink "$sysfs/iommu_group")
	smmu=$(readlink "$sysfs/iommu")
	cdev=$(echo "$sysfs"/vfio-dev/*)
	holds '.result.devices | length == 1' '.result.devices[0] | .driver == "vfio-pci"' \
		".result.devices[0].bdf | endswith(\"$SMMUNEST_DEVICE\")" \
		".result.devices[0].cdev == \"/dev/vfio/devices/${cdev##*/}\"" \
		".result.devices[0].group == ${group##*/}" ".result.devices[0].smmu == \"${smmu##*/}\"" \
		".result.devices[0].vendor == \"$(<"$sysfs/vendor")\"" ".result.devices[0].device == \"$(<"$sysfs/device")\"" \
		'.result.devices[0].nesting == {verdict: "yes", reasons: []}' \
		'.result.ioctls | [.IOMMU_VIOMMU_ALLOC, .IOMMU_VDEVICE_ALLOC, .IOMMU_HWPT_INVALIDATE] | all' \
		".result.smmus | any(.name == \"${smmu##*/}\" and .devices >= 1)"
}

@test "info: every field is the bits that the Arm specification gives it" {
	need_registers
	ctl 0 info --raw "$SMMUNEST_DEVICE"
	holds '.result.devices[0].idr | length == 6 and all(word32)' \
		'.result.devices[0] | (.iidr | word32) and (.aidr | word32) and (.caps | word64)' \
		'.result.devices[0] | (.idr[0] | [bits(0; 0), bits(1; 1), bits(3; 2), bits(4; 4), bits(7; 6), bits(10; 10), bits(12; 12),
			bits(16; 16), bits(18; 18), bits(19; 19), bits(22; 21), bits(25; 24), bits(26; 26), bits(28; 27)]) == (.fields.IDR0 |
			[.S2P, .S1P, .TTF, .COHACC, .HTTU, .ATS, .ASID16, .PRI, .VMID16, .CD2L, .TTENDIAN, .STALL_MODEL, .TERM_MODEL, .ST_LEVEL])' \
		'.result.devices[0] | (.idr[1] | [bits(5; 0), bits(10; 6), bits(15; 11), bits(20; 16), bits(25; 21), bits(31; 31)]) ==
			(.fields.IDR1 | [.SIDSIZE, .SSIDSIZE, .PRIQS, .EVENTQS, .CMDQS, .ECMDQ])' \
		'.result.devices[0] | (.idr[3] | [bits(2; 2), bits(7; 7), bits(8; 8), bits(10; 10), bits(12; 11), bits(15; 15)]) ==
			(.fields.IDR3 | [.HAD, .MPAM, .FWB, .RIL, .BBML, .DPT])' \
		'.result.devices[0] | (.idr[5] | [bits(2; 0), bits(4; 4), bits(5; 5), bits(6; 6), bits(7; 7), bits(11; 10), bits(31; 16)]) ==
			(.fields.IDR5 | [.OAS, .GRAN4K, .GRAN16K, .GRAN64K, .DS, .VAX, .STALL_MAX])' \
		'.result.devices[0] | (.iidr | bits(11; 0)) == .fields.IIDR.Implementer and (.aidr | bits(3; 0)) == .fields.AIDR.ArchMinorRev'
}

@test "info: without --raw only the fields that iommufd promises" {
	need_registers
	ctl 0 info "$SMMUNEST_DEVICE"
	holds '.result.devices[0].fields.IDR0 | has("ST_LEVEL") and has("TTF") and (has("ATS") or has("HTTU") or has("PRI") | not)' \
		'.result.devices[0].fields.IDR5 | has("GRAN4K") and (has("STALL_MAX") | not)'
}

@test "info: what decode says of the words is what info says" {
	need_registers
	ctl 0 info --raw "$SMMUNEST_DEVICE"
	[[ $output =~ \"fields\":(\{(\"[A-Z0-9]+\":\{[^}]*\},?)*\}) ]]
	fields=${BASH_REMATCH[1]}
	[[ $output =~ \"idr\":\[([^]]*)\] ]]
	words=${BASH_REMATCH[1]//\"/}
	ctl 0 decode idr "$words"
	holds "$fields as \$info | .result.records | all(.fields == (\$info[.name] // {}))"
}

@test "info: the MSI window is one of the reserved regions" {
	need_kernel "its sysfs is not this shell's"
	ctl 0 info "$SMMUNEST_DEVICE"
	sysfs=/sys/bus/pci/devices/$(value bdf)
	regions=$(wc -l <"$sysfs/iommu_group/reserved_regions")
	holds ".result.devices[0].reserved_regions | length == $regions" \
		'.result.devices[0].reserved_regions | all((.start | word64) and (.last | word64))' \
		'.result.devices[0] | .msi_window as $w | $w == null or any(.reserved_regions[]; .type == "msi" and .start == $w.start and .last == $w.last)'
}

@test "info: without a name every device behind an SMMU, each with a verdict" {
	ctl 0 info
	holds ".result.devices | any(.bdf | endswith(\"$SMMUNEST_DEVICE\"))" \
		'.result.devices | all(.nesting.verdict | IN("yes", "no", "cannot tell"))' \
		'.result.devices | all(.nesting | .verdict == "yes" or (.reasons | length > 0))' \
		'.result.devices | all(.driver == "vfio-pci" or (has("idr") | not))'
	[[ -n $(cannot_nest) ]] || holds '.result.devices | all((.driver == "vfio-pci") == has("idr"))'
}

@test "info: an address without a device ends with 4 and says so" {
	ctl 4 info ffff:ff:1f.7
	holds '.error.causes[0].text | test("ffff:ff:1f.7")'
}

@test "no device named: the candidates, and a command that works" {
	need_kernel "its first device is taken"
	unset SMMUNEST_DEVICE
	ctl 4 alloc --upto=ioas
	holds '.result.candidates | length >= 1' '.error.causes[0].remedy | startswith("smmunest-ctl ")'
}

@test "info: an unprivileged user gets what sysfs gives and is told what is missing" {
	need_kernel "everybody may use it"
	[[ $EUID == 0 ]] || skip "only root can become nobody"
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups smmunest-ctl --json info "$SMMUNEST_DEVICE"
	assert_equal "$status" 4
	holds '.result.devices | length == 1' '.result.devices[0] | .driver == "vfio-pci" and (.smmu | startswith("smmu3."))' \
		'.result.devices[0].nesting.verdict == "cannot tell"' '.result.devices[0].nesting.reasons | length > 0' \
		'.error.name | IN("EACCES", "EPERM")' '.error.args.path == "/dev/iommu"'
}

@test "encode: --for a device judges by its SMMU, as its registers do" {
	need_registers
	cd "$BATS_TEST_TMPDIR" || return
	ctl 0 info "$SMMUNEST_DEVICE"
	regs=$(jq -r '.result.devices[0].idr | join(",")' <<<"$output")
	smmunest-ctl -j encode --for="$regs" cmd atc-inv:SID=1 tlbi-nh-va:TG=1,TTL=3 tlbi-nh-asid:ASID=256 >by-registers
	smmunest-ctl -j encode --for="$SMMUNEST_DEVICE" cmd atc-inv:SID=1 tlbi-nh-va:TG=1,TTL=3 tlbi-nh-asid:ASID=256 >by-device
	diff <(jq .result by-registers) <(jq .result by-device)
}
