# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# A machine that cannot nest, whatever the reason: every command gives the reason that info gives, and none gives a pass.
# shellcheck disable=SC2016  # '$words' are jq's

load helper

setup() {
	need_device
	[[ -n $(cannot_nest) ]] || skip "this machine nests"
	ctl 0 info "$SMMUNEST_DEVICE"
	reason=$(jq -r '.result.devices[0].nesting.reasons[0].id' <<<"$output")
	# a kernel that is too old is something that is missing, no refusal
	refusal=2
	[[ $reason != *.kernel ]] || refusal=4
}

# ends_so ARGUMENT...: in the kernel's refusal, for the reason of info
ends_so() {
	ctl "$refusal" "$@"
	holds '.error | .errno > 0 and (.op | startswith("IOMMU_")) and (.causes | length) > 0' \
		".error.causes[0] | .id == \"$reason\" and .verdict == \"certain\" and (.remedy | length) > 8"
}

@test "no nesting: info has each reason with its remedy, and is no failure" {
	holds '.result.devices[0].nesting | .verdict == "no" and (.reasons | all((.text | length) > 8 and (.remedy | length) > 8))'
	run -0 smmunest-ctl info "$SMMUNEST_DEVICE"
	assert_line --regexp "^ +verdict +no$"
}

@test "no nesting: alloc and inval end in a refusal, for the reason that info gives" {
	ends_so alloc
	ends_so alloc --attach Cfg=bypass
	ends_so inval --vsid=8 tlbi-nh-all
	ctl 0 alloc --upto=ioas
	holds '.result.steps | map(.errno) == [0, 0, 0] and (last | .op == "IOMMU_IOAS_MAP")'
}

@test "no nesting: no proof is given, no time is taken, nothing is detached" {
	ends_so detach
	holds '.result.checks == []'
	ends_so bench attach
	holds '.result.rows == []'
	for command in dma msi; do
		ends_so "$command"
		holds '.result | .verdict == null and (.ok != true)'
	done
}
