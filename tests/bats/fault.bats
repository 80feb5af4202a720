# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw,qemu
# The kernel runs out of memory, piece by piece, and what a killed command leaves of having it do so.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_device
	cd "$BATS_TEST_TMPDIR" || return
}

failslab=/sys/kernel/debug/failslab

settings() {
	(cd "$failslab" && grep . ignore-gfp-wait cache-filter verbose)
}

@test "run fault: each call that allocates is refused memory, tells so, and leaves nothing" {
	need_nesting
	on_model || settings >before
	run -0 smmunest-ctl run fault
	printf '%s\n' "$output" >ktap
	n=$(sed -n 's/^1\.\.//p' ktap)
	[[ $n -ge 20 ]]
	# a case that injects nothing says 0, and fails
	[[ $(grep -cE '^# fault\.[a-z.-]+: memory refused [1-9][0-9]* times' ktap) == "$n" ]]
	run ! grep -E '# SKIP' ktap
	on_model || diff before <(settings)
}

# what is to be recovered is all there is, the device's driver too
teardown() {
	[[ ! ${recovered-} ]] || smmunest-ctl --quiet bind "$SMMUNEST_DEVICE" >/dev/null
	settle
}

@test "unbind --recover: failslab is as it was before a command that was killed" {
	need_kernel "its settings die with it"
	recovered=yes
	settings >before
	# what such a one leaves: the record, and the change
	mkdir -p /run/smmunest
	printf '%s\n' '4194305 inject' 'ignore-gfp-wait Y' 'cache-filter N' 'verbose 2' end >/run/smmunest/failslab.lock
	echo N >"$failslab/ignore-gfp-wait"
	run -0 --separate-stderr smmunest-ctl unbind --recover
	says "failslab is as it was"
	diff before <(settings)
	run -0 --separate-stderr smmunest-ctl unbind --recover
	[[ $stderr != *failslab* ]]
}
