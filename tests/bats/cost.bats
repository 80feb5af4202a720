# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=cost
# What the tool itself costs, in instructions: the same on every run.

bats_require_minimum_version 1.8.0

setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
}

# instructions COMMAND...
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

@test "--version takes no more than 300,000 instructions" {
	command -v valgrind >/dev/null || skip "valgrind is not installed"
	run -0 instructions smmunest-ctl --version
	assert_output --regexp '^[0-9]+$'
	[[ $output -le 300000 ]] || fail "$output instructions"
}

@test "run: the whole suite on the model takes 3 s at most" {
	best=999999999
	# the best of three: a machine may have other work
	for _ in 1 2 3; do
		start=${EPOCHREALTIME/[!0-9]/}
		run -0 smmunest-ctl -q --backend=model run
		took=$((${EPOCHREALTIME/[!0-9]/} - start))
		((took >= best)) || best=$took
	done
	((best <= 3000000)) || fail "$best us"
}
