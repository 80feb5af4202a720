# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# What others make of the reports of `run`: the kernel's own tools, a reader of JUnit. On the model, once, beside the machine.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_vm
	cd "$BATS_TEST_TMPDIR" || return
	suite=(hwinfo attach.fault-capable)
	skips=1
	passes=$(smmunest-ctl run -l hwinfo | wc -l)
}

# model NAME ARGUMENT...: what run says on it
model() {
	smmunest-ctl --backend="model:$1" run "${suite[@]}" "${@:2}" || [[ $? == 1 ]]
}

@test "kunit.py of the kernel reads each case of the KTAP, and nothing it complains of" {
	model qemu >ktap
	run -0 "$top/scripts/kunit" <ktap
	assert_line --regexp "Ran $((passes + skips)) tests: passed: $passes, skipped: $skips\$"
	assert_line --regexp '\[PASSED\] hwinfo.flags$'
	assert_line --regexp '\[SKIPPED\] attach.fault-capable$'
	refute_line --partial ERROR
	model lax-hwinfo.flags >ktap
	run -1 "$top/scripts/kunit" <ktap
	assert_line --regexp "passed: $((passes - 1)), failed: 1, skipped: $skips\$"
	assert_line --regexp '\[FAILED\] hwinfo.flags$'
	refute_line --partial ERROR
	# what is cut off is a complaint of its
	run "$top/scripts/kunit" < <(sed '$d' ktap | sed '$d')
	assert_line --partial ERROR
}

@test "a reader of JUnit finds the same cases" {
	for machine in qemu=0 lax-hwinfo.flags=1; do
		model "${machine%=*}" --format=junit >junit.xml
		run -0 /usr/bin/python3 - <<-'EOT'
			from junitparser import JUnitXml, Failure, Skipped
			cases = [case for suite in [JUnitXml.fromfile("junit.xml")] for case in suite]
			results = [type(result) for case in cases for result in case.result]
			print(len(cases), results.count(Skipped), results.count(Failure))
		EOT
		assert_output "$((passes + skips)) $skips ${machine#*=}"
	done
}
