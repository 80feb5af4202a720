# SPDX-License-Identifier: GPL-2.0-or-later
# The rules in abi/rules.c are the kernel's: every bit of what it takes from a VM, tried on it.
# shellcheck disable=SC2154  # $output is bats'

load helper

# bats test_tags=hw
@test "legality: the kernel takes and refuses what the rules say, bit by bit" {
	need_kernel "the rules would judge themselves"
	need_nesting
	command -v legality >/dev/null || skip "the program legality is not in PATH: make guest"
	cdev=$(cd "/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev" && echo *) || skip "$SMMUNEST_DEVICE is not vfio-pci's"
	run legality "/dev/vfio/devices/$cdev"
	assert_success
	refute_line --regexp '^(#|not ok)'
	# a base and its 128 neighbours, or every value of some fields
	run awk '
		/^ok .* words answered/ {
			n++
			sub(/.*: /, "")
			if ($1 == $3 && $3 == 129) bases++
			total += $1
		}
		/# SKIP/ { skipped++ }
		/^1[.][.]/ { plan = substr($0, 4) }
		END { print plan, n, bases, total, skipped + 0 }' <<<"$output"
	[[ $output != "7 5 4 580 1" ]] || skip "this kernel does not tell of a command what it thinks of it"
	assert_output "24 23 17 68369 0"
}

# bats test_tags=vm
@test "legality: nothing that is tried reaches the SMMU" {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
	cd "$BATS_TEST_TMPDIR" || return
	# shellcheck disable=SC2016  # for the machine's shell
	"$top/scripts/vm" run --timeout 60 --qemu-arg -D --qemu-arg "$PWD/smmu" --qemu-arg -trace --qemu-arg 'smmuv3_cmdq*' \
		--qemu-arg -trace --qemu-arg smmuv3_range_inval -- \
		'legality /dev/vfio/devices/$(cd /sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev; echo *) >$OUT/tap
		smmunest-ctl -q inval tlbi-nh-asid:ASID=0x1234'
	grep -q '^ok .*tlbi-nh-asid:ASID=0x5a: 129 of 129' "$top/build/vm/out/tap"
	# the trace works: it has the command that came after
	run grep -cE 'asid=4660( |$)' smmu
	assert_output 1
	# the ASID of the bases, and what the driver itself never sends
	run grep -cE 'asid=90( |$)|TLBI_NH_VAA|CFGI_CD_ALL' smmu
	assert_output 0
}
