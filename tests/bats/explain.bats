# SPDX-License-Identifier: GPL-2.0-or-later
# explain: the errno rows without a call.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return
}

@test "explain: the manual's page is not stale" {
	[[ -r $top/man/smmunest-errors.7 ]] || skip "the repository is not here"
	smmunest-ctl explain --format=man >page
	diff "$top/man/smmunest-errors.7" page
}

@test "explain: an op with an errno, with its rows in the kernel's order" {
	ctl 0 explain destroy
	holds '.result.rows | map(.id) == ["injected", "kernel.old", "struct.short", "struct.new", "memory", "destroy.id", "destroy.busy"]' \
		'.result.rows | all(.op == "IOMMU_DESTROY" and .holds == "unknown" and (.cause | length > 9) and (.remedy | length > 9))'
	ctl 0 explain IOMMU_DESTROY ebusy
	holds '.result.rows | map([.id, .errno, .name]) == [["destroy.busy", 16, "EBUSY"]]'
	ctl 0 explain destroy 2
	holds '.result.rows | map(.id) == ["destroy.id"]'
	run -0 smmunest-ctl explain destroy EBUSY
	assert_line --index 0 "EBUSY  [destroy.busy]"
	assert_line --index 2 --partial "  try: "
}

@test "explain: what is given decides" {
	# a member, a size, a kernel, a fact
	ctl 0 explain bind-iommufd EINVAL iommufd=-1
	holds '.result.rows | map({(.id): .holds}) | add | .["bind.iommufd"] == "yes" and .["bind.flags"] == "unknown"'
	ctl 0 explain destroy EINVAL size=4
	holds '.result.rows[0] | .id == "struct.short" and .holds == "yes" and (.cause | test("size is 4"))'
	ctl 0 explain destroy EINVAL id=1
	holds '.result.rows[0].holds == "no"'
	ctl 0 explain veventq-alloc ENOTTY kernel=6.14
	holds '.result.rows[0] | .holds == "yes" and (.cause | test("6.15"))'
	ctl 0 explain veventq-alloc ENOTTY kernel=7.3
	holds '.result.rows[0].holds == "no"'
	ctl 0 explain bind-iommufd EINVAL incoherent=yes direct=no
	holds '.result.rows | map({(.id): .holds}) | add | .["bind.incoherent"] == "yes" and .["bind.direct"] == "no"'
}

@test "explain: what there is not is 64, with the nearest name" {
	for line in "destory; mean destroy?" "destroy EBUSI; mean EBUSY?" "destroy EBUS; mean EBUSY?" "destroy EIO; known are ENOMEM ENOTTY EINVAL" "destroy EBUSY idd=1; mean id?" \
		"bind-iommufd EPERM msi-shared=perhaps; yes or no" "destroy ENOTTY kernel=six; not M.N" \
		"destroy EBUSY IDR3.FBW=0; FBW" "destroy EBUSY IDR3=-1; 32-bit" "destroy EBUSY idrs=x; not IDR0"; do
		# shellcheck disable=SC2086  # words
		run -64 --separate-stderr smmunest-ctl explain ${line%%; *}
		[[ -z $output && $stderr == *"${line#*; }"* ]] || fail "$line: $output $stderr"
	done
	usage_error explain
	usage_error explain --coverage destroy
	usage_error explain --format=html destroy
}

@test "explain: the coverage lists each row once, and a reason where no test reaches it" {
	ctl 0 explain --coverage
	holds '.result.rows | map(.op + .id) | length == (unique | length)' '.result.rows | map(.op) | unique | length > 8' \
		'.result.rows | all(.reached == (.why_not == null))' '.result.rows | map(select(.id == "memory")) | length == 1'
	run -0 smmunest-ctl explain --coverage
	assert_line --regexp '^IOMMU_DESTROY +EBUSY +destroy.busy +tests$'
	assert_line --regexp '^any +ENOMEM +memory +no: '
}
