# SPDX-License-Identifier: GPL-2.0-or-later
# fuzz: the kernel and a model of the same machine answer random requests alike, and two machines that differ are told apart.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

# ioctls: of .result.ops, what is no open, close, read or write
ioctls='.result.ops | with_entries(select(.key | test("^(IOMMU|VFIO)_")))'

# bats test_tags=hw
@test "fuzz: no difference between the kernel and its model, and it is no idle talk" {
	need_nesting
	ctl 0 fuzz --seed=1 -n 20000
	holds '.result | .differences == [] and .requests == 20000 and .accepted + .refused == .requests' \
		'.result | [.accepted, .refused] | all(. >= 5000)' \
		"$ioctls | length == 26 and all(add >= 20)" \
		"[$ioctls | .[] | length] | add >= 60" \
		'[.result.ops[] | add] | add == 20000' \
		'.result.rows | length >= 80 and (add <= 20000)'
}

# bats test_tags=hw
@test "fuzz: another seed, other requests, and still no difference" {
	need_nesting
	ctl 0 fuzz --seed=424242 -n 3000 --length=37
	holds '.result | .differences == [] and .sequences >= 82 and .seed == 424242'
}

@test "fuzz: a model does not differ from itself, and a seed makes the same requests again" {
	ctl 0 --backend=model:qemu fuzz --against=model:qemu -n 20000 --seed=7
	holds '.result | .differences == [] and .requests == 20000 and .of == "model:qemu" and .against == "model:qemu"' \
		"$ioctls | length == 26 and all(add >= 20)"
	first=$(jq -c '.result | .ops, .rows' <<<"$output")
	ctl 0 --backend=model:qemu fuzz --against=model:qemu -n 20000 --seed=7
	[[ $(jq -c '.result | .ops, .rows' <<<"$output") == "$first" ]]
	ctl 0 --backend=model:qemu fuzz --against=model:qemu -n 20000 --seed=8
	[[ $(jq -c '.result | .ops, .rows' <<<"$output") != "$first" ]]
}

@test "fuzz: an old MMU-700 does not nest, which takes four calls to show" {
	ctl 1 --backend=model:qemu fuzz --against=model:mmu700-r0p0 -n 5000
	holds '[.result.differences[] | select(.op == "IOMMU_HWPT_ALLOC" and .what == "errno")][0] |
		(.answers | map(.name) == ["ok", "EOPNOTSUPP"] and .[1].row == "s2.erratum") and
		(.script | length == 5 and (.[-1] | test("^let x[0-9]+ = hwpt-alloc .*NEST_PARENT")))'
}

@test "fuzz: the text is a script, and the difference is in it" {
	run -1 --separate-stderr smmunest-ctl --backend=model:qemu fuzz --against=model:mmu700-r0p0 -n 5000
	assert_line --regexp '^# model:qemu against model:mmu700-r0p0, seed 1: [0-9]+ requests, [0-9]+/s, in [0-9]+ sequences$'
	assert_line --regexp '^#   IOMMU_IOAS_MAP +ok [0-9]+ '
	assert_line --regexp '^#   model:mmu700-r0p0: EOPNOTSUPP: .* \[s2\.erratum\]$'
	assert_line --regexp '^(let x[0-9]+ = )?[a-z]+(-[a-z]+)*( |$)'
}

@test "fuzz: what it is told wrongly" {
	usage_error fuzz --against=kernel
	usage_error fuzz --against=model:nonesuch
	usage_error fuzz -n 0
	usage_error fuzz --length=100000
	usage_error fuzz nonsense
}
