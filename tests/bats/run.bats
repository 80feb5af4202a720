# SPDX-License-Identifier: GPL-2.0-or-later
# run: the conformance suite.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# model ARGUMENT...: run on a model, its report in the file ktap
model() {
	status=0
	SMMUNEST_BACKEND='' smmunest-ctl --backend=model "$@" >ktap 2>stderr || status=$?
}

# each KEY FILE: that of every case, from the lines of JSON
each() {
	jq -r "select(.event == \"case\") | .$1" "$2"
}

@test "run -l: each case has one name, of its topic, and each topic has 8 cases at least" {
	smmunest-ctl run -l >names
	[[ $(wc -l <names) -ge 400 ]]
	[[ -z $(sort names | uniq -d) ]]
	run ! grep -vE '^[a-z]+(\.[A-Za-z0-9_-]+)+$' names
	cut -d. -f1 names | sort | uniq -c >topics
	run ! grep -E '^ *[1-7] ' topics
	[[ $(wc -l <topics) -ge 24 ]]
	smmunest-ctl run -l --slow | grep -qx exhaustion.vmids
	run ! grep -x exhaustion.vmids names
	ctl 0 run -l vste
	holds '.result.cases | length > 40 and all(startswith("vste."))'
}

@test "run: patterns choose, -x leaves out, and what is no case's is a mistake" {
	smmunest-ctl run -l 'map.*' >a
	smmunest-ctl run -l map >b
	cmp a b
	smmunest-ctl run -l map -x 'map.file.*' >c
	[[ $(wc -l <c) -lt $(wc -l <b) ]]
	run ! grep -F map.file. c
	[[ $(smmunest-ctl run -l map.flags hwinfo.flags) == hwinfo.flags$'\n'map.flags ]]
	run -64 --separate-stderr smmunest-ctl run 'nothing.*'
	[[ $stderr == *"no case is called 'nothing.*'"*"run -l"* ]]
	run -64 smmunest-ctl -q run -l exhaustion.vmids
	run -64 smmunest-ctl -q run map -x map
	usage_error run --format=tap
	usage_error run --repeat=0
}

@test "run: on the model all of it passes, in KTAP as the kernel's tools want it" {
	model run
	[[ $status == 0 && ! -s stderr ]]
	[[ $(sed -n 1p ktap) == "KTAP version 1" && $(sed -n 2p ktap) == 1..+([0-9]) ]]
	n=$(sed -n 's/^1\.\.//p' ktap)
	[[ $n -ge 400 && $(grep -cE '^(not )?ok ' ktap) == "$n" ]]
	# the numbers count up, and nothing but a directive follows a name
	grep -E '^(not )?ok ' ktap | awk '$2 != NR { exit 1 }'
	run ! grep -E '^(not )?ok ' <(grep -vE '^ok [0-9]+ [A-Za-z0-9_.-]+( # SKIP)?$' ktap)
	run ! grep -vE '^(KTAP version 1|1\.\.[0-9]+|#.*|ok .*)$' ktap
	grep -q '^# model qemu' ktap
	grep -qE '^# Totals: pass:[0-9]+ fail:0 xfail:0 xpass:0 skip:[0-9]+ error:0$' ktap
	# whoever is skipped says why, before
	awk '/# SKIP$/ && last !~ "^# " $3 ": needs " { exit 1 } { last = $0 }' ktap
	# of which the model cannot have any
	[[ $(grep -c '^# stale\..*: needs a TLB: the model keeps no translations$' ktap) == "$(smmunest-ctl run -l stale | wc -l)" ]]
	[[ $(grep '# SKIP' ktap | grep -vc ' stale\.') -lt 12 ]]
}

@test "run: --json is a plan, cases and totals, a line each" {
	model run --json hwinfo attach.fault-capable
	jq -se 'all(type == "object") and (.[0] | .event == "plan" and .schema == 1 and .backend == "model" and .command == "run")
		and (map(select(.event == "case")) | length == (.[0] | 0) + $n and all(.ns >= 0 and (.diag | type == "array")))
		and (last | .event == "totals" and .fail == 0 and .exit == 0 and .pass + .skip == $n)' \
		--argjson n "$(smmunest-ctl run -l hwinfo attach.fault-capable | wc -l)" <ktap
	each status ktap | sort | uniq -c | grep -q ' 1 skip'
	cp ktap one
	model run --format=json hwinfo attach.fault-capable
	[[ $(each 'name + .status' ktap) == "$(each 'name + .status' one)" ]]
	model run --json=file hwinfo
	grep -q '^ok 1 hwinfo' ktap
	[[ $(each name file) == "$(smmunest-ctl run -l hwinfo)" ]]
}

@test "run: --format=junit is well-formed, with its sums" {
	model run --format=junit hwinfo attach.fault-capable
	[[ $status == 0 ]]
	xmllint --noout ktap
	n=$(smmunest-ctl run -l hwinfo attach.fault-capable | wc -l)
	[[ $(xmllint --xpath 'string(/testsuite/@tests)' ktap) == "$n" ]]
	[[ $(xmllint --xpath 'count(//testcase)' ktap) == "$n" && $(xmllint --xpath 'count(//skipped)' ktap) == 1 ]]
	run -1 smmunest-ctl --backend=model:lax-s1.ste run --format=junit vste
	[[ $(xmllint --xpath 'count(//failure) = /testsuite/@failures' - <<<"$output") == true ]]
}

@test "run: prove, too, reads it" {
	model run hwinfo
	prove -e cat ktap
	run -1 smmunest-ctl --backend=model:lax-hwinfo.flags run hwinfo
	printf '%s\n' "$output" >ktap
	run ! prove -e cat ktap
}

@test "run: a case that fails says what was sent, expected and seen, why, and how to see it again" {
	run -1 smmunest-ctl --backend=model:EINVAL-for-inval.nested run inval.inval.nested inval.nested || true
	run -1 smmunest-ctl --backend=model:EINVAL-for-inval.nested run inval
	assert_line '# inval.nested: hwpt-invalidate hwpt_id=s1 cmds=tlbi-nh-all'
	assert_line --regexp '^# inval.nested: IOMMU_HWPT_INVALIDATE\([0-9]+, \{hwpt_id=.*\}\) = -1 EINVAL'
	assert_line '# inval.nested: it is EINVAL, and EOPNOTSUPP is expected'
	assert_line --regexp '^# inval.nested: (certain|likely|possible): .*\[inval'
	assert_line --regexp '^# inval.nested: try: '
	again=$(sed -n 's/^# inval.nested: again: //p' <<<"$output")
	assert_line --regexp '^not ok [0-9]+ inval.nested$'
	run -1 bash -c "$again"
	assert_line 'not ok 1 inval.nested'
	assert_line '1..1'
	# what was to be refused is told by the row that should have done it
	run -1 smmunest-ctl --backend=model:lax-viommu.nest run viommu
	assert_line --regexp '^# viommu.nest: should be refused: .*NEST_PARENT \[viommu.nest\]$'
}

@test "run: a case that hangs, or dies, is one case, and the next ones run" {
	run -1 smmunest-ctl --backend=model:hangs run --case-timeout=1 option.huge.usual option.ioas
	assert_line '# option.huge.usual: not done after 1 seconds'
	assert_line --regexp '^not ok [0-9]+ option.huge.usual # TIMEOUT$'
	assert_line --regexp '^ok [0-9]+ option.ioas$'
	run -1 smmunest-ctl --backend=model:dies run option.huge.usual option.ioas
	assert_line "# option.huge.usual: the case's process died of Killed"
	assert_line --regexp '^not ok [0-9]+ option.huge.usual # ERROR$'
	assert_line --regexp '^ok [0-9]+ option.ioas$'
}

@test "run: --stop-on-fail, --repeat, --shuffle" {
	run -1 smmunest-ctl --backend=model:no-bypass run --stop-on-fail vste
	[[ $(grep -c '^not ok' <<<"$output") == 1 && $(grep -E '^(not )?ok' <<<"$output" | tail -n 1) == "not ok"* ]]
	run -1 smmunest-ctl --backend=model:no-bypass run --repeat=3 vste.bypass
	assert_line '# vste.bypass: in round 1 of 3'
	model run --repeat=3 vste.bypass
	[[ $status == 0 && $(grep -c '^ok' ktap) == 1 ]]
	model run --shuffle=7 batch
	grep -v '^1' ktap >a
	grep -qx '# --shuffle=7' a
	model run --shuffle=7 batch
	cmp a <(grep -v '^1' ktap)
	model run --shuffle=8 batch
	run ! cmp a <(grep -v '^1' ktap)
	model run batch
	cmp <(awk '/^ok/ { print $3 }' a | sort) <(awk '/^ok/ { print $3 }' ktap | sort)
}

@test "run: exit statuses are those of the contract" {
	model run hwinfo.flags
	[[ $status == 0 ]]
	model run attach.fault-capable
	[[ $status == 4 ]]
	run -4 --separate-stderr smmunest-ctl --backend=model:qemu:no-iommufd run
	assert_output 'KTAP version 1
1..0 # SKIP this kernel has no iommufd: it was built without CONFIG_IOMMUFD'
	run -124 smmunest-ctl -q --backend=model:hangs --timeout=1 run option.huge.usual
	smmunest-ctl -q --backend=model:hangs run option.huge.usual >ktap &
	pid=$!
	while ! grep -q '^1\.\.' ktap; do sleep 0.1; done
	sleep 0.3
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[[ $status == 143 ]]
	grep -q '^# option.huge.usual: stopped' ktap
}

@test "run: where nothing can be tried, each format says so, and why" {
	skips() {
		run -4 smmunest-ctl --backend=model:qemu:no-iommufd -q "$@"
	}
	skips run --format=junit
	run -0 xmllint --xpath 'concat(/testsuite/@tests, " ", /testsuite/@skipped, " ", //skipped/@message)' - <<<"$output"
	assert_output '1 1 this kernel has no iommufd: it was built without CONFIG_IOMMUFD'
	skips run --json
	document=$output
	[[ $(jq -r '.exit, .error.causes[0].id' <<<"$document") == $'4\nopen.iommu' ]]
	for words in 'run --format=json' '--json=here run --format=json' '--json=here run'; do
		# shellcheck disable=SC2086  # words of a command line
		skips $words
		[[ $words != *--format* ]] || assert_output "$document"
		[[ $words != *=here* ]] || diff here - <<<"$document"
	done
	assert_line --partial '1..0 # SKIP'
}

@test "run: each need that a machine does not meet is a SKIP in the probe's words" {
	smmunest-ctl --backend=model:qemu:no-canwbs run >ktap
	grep -qE '^# vste.bypass: needs vIOMMU: IOMMU_VIOMMU_ALLOC: EOPNOTSUPP: .*\[viommu.canwbs\]$' ktap
	run ! grep '^not ok' ktap
	smmunest-ctl --backend=model:no-s2 run >ktap
	grep -qE '^# vste.bypass: needs stage 2: IOMMU_HWPT_ALLOC: EOPNOTSUPP: .*\[s2.stage\]$' ktap
	run ! grep '^not ok' ktap
	for preset in mmu700 mmu-s3 full asid8 two mmu600-r2p2; do
		smmunest-ctl --backend=model:$preset run >ktap || { grep -B5 '^not ok' ktap; fail "$preset"; }
	done
	for kernel in 6.12 6.13 6.15 7.0; do
		smmunest-ctl --backend=model:qemu:kernel=$kernel run >ktap || { grep -B5 '^not ok' ktap; fail "$kernel"; }
	done
	grep -q ': needs Linux 7.2' ktap
}

@test "run: a model that does one thing wrong is caught, whichever it is" {
	ctl 0 run --broken
	holds '.result.broken | length >= 30 and all(.wrong | length > 8)'
	broken=$BATS_TEST_DIRNAME/../../scripts/broken
	run -0 "$broken"
	[[ ${#lines[@]} -ge 30 ]]
	# and the check of this sees one that is not, and a table that is wrong
	run -1 "$broken" qemu
	assert_output 'qemu 0 of the whole suite'
	printf 'lax-hwinfo.flags %s\n' hwinfo.flags hwinfo.reserved >table
	run -1 "$broken" --table=table lax-hwinfo.flags
	assert_output 'lax-hwinfo.flags 2, but not hwinfo.reserved'
	echo 'lax-nothing hwinfo.flags' >table
	run -1 "$broken" --table=table lax-hwinfo.flags
	run -1 "$broken" --all qemu
}

@test "run: for kselftest and for LAVA" {
	scripts=$BATS_TEST_DIRNAME/../../scripts
	SMMUNEST_BACKEND=model "$scripts/run-kselftest" hwinfo >ktap
	"$scripts/ktap2lava" <ktap >lava 2>log
	cmp ktap log
	grep -qx '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=hwinfo.flags RESULT=pass>' lava
	[[ $(wc -l <lava) == "$(smmunest-ctl run -l hwinfo | wc -l)" ]]
	SMMUNEST_BACKEND=model run -4 "$scripts/run-kselftest" attach.fault-capable
	"$scripts/ktap2lava" <<<"$output" 2>/dev/null | grep -qx '<.*=attach.fault-capable RESULT=skip>'
	SMMUNEST_BACKEND=model:lax-hwinfo.flags run -1 "$scripts/run-kselftest" hwinfo
	printf '%s\n' "$output" >ktap
	run -1 --separate-stderr "$scripts/ktap2lava" <ktap
	assert_line '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=hwinfo.flags RESULT=fail>'
	# a report that was cut off is no success
	run -1 --separate-stderr "$scripts/ktap2lava" < <(sed 5q ktap)
}

# bats test_tags=hw
@test "run: nothing fails where there is an SMMU, and it is much where it nests" {
	need_device
	least=400
	[[ -z $(cannot_nest) ]] || least=150
	run -0 --separate-stderr smmunest-ctl --json run
	[[ -z $stderr ]]
	printf '%s\n' "$output" >lines
	jq -se "last | .pass >= $least and .fail + .error + .timeout == 0" lines
}
