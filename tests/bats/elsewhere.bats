# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# The tests of smmunest-ctl on emulated machines that cannot nest: they end well there, too, or say why they are skipped.
# shellcheck disable=SC2154  # $top is need_vm's

load helper

setup() {
	need_vm
}

# ends_well OPTION...: of scripts/vm. The files that nest from their first line to their last would only be skipped.
ends_well() {
	local files=(/tests/bats/{alloc,bind,facts,info,mistakes,model,monitor,no-nesting,run,script}.bats)
	run --separate-stderr "$top/scripts/vm" run --timeout 900 "$@" -- bats --formatter tap --filter-tags hw "${files[@]}"
	assert_success
	refute_line --regexp '^not ok'
	assert_line --regexp '^ok [0-9]+ no nesting: alloc and inval end in a refusal, for the reason that info gives$'
	assert_line --regexp '^ok [0-9]+ run: nothing fails where there is an SMMU, and it is much where it nests$'
}

@test "a kernel from before nesting: no test fails" {
	kernel=$top/../shared/vm/Image-6.12.95.gz
	[[ -r $kernel ]] || skip "there is no image of Linux 6.12 beside the checkout"
	ends_well --kernel "$kernel"
	assert_line --partial 's2.kernel]'
}

@test "firmware that does not promise CANWBS: no test fails" {
	ends_well --stock-iort
	assert_line --partial 'viommu.canwbs]'
}
