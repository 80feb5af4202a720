# SPDX-License-Identifier: GPL-2.0-or-later
# What users run into, as scripts: on the model, on the real kernel in the emulated machine, and on silicon.
# shellcheck disable=SC2154,SC2016  # bats sets $status; jq's $

load helper

setup() {
	scripts=$BATS_TEST_DIRNAME/../scripts
	cd "$BATS_TEST_TMPDIR" || return
}

# is_edu: does the device have the emulated machine's DMA, and is nothing skipped then?
is_edu() {
	on_model || [[ $(</sys/bus/pci/devices/"$SMMUNEST_DEVICE"/vendor) == 0x1234 ]]
}

# scenarios: each script ends with 0; one that needs what is not here says so in its head, or ends with 4 where it wants another device
scenarios() {
	local file name wrong="" n=0 status
	for file in "$scripts"/scenarios/*.script; do
		name=${file##*/}
		! grep -q '^# needs: edu$' "$file" || is_edu || continue
		status=0
		smmunest-ctl script "$file" >out 2>err 3>&- 4>&- || status=$?
		[[ $status != 4 ]] || { ! is_edu && grep -q dev1 "$file"; } || status=5
		[[ $status == 0 || $status == 4 ]] || wrong+="$name: $status: $(tail -n 2 out; cat err)"$'\n'
		n=$((n + 1))
	done
	[[ -z $wrong ]] || batslib_decorate "not as expected" <<<"$wrong" | fail
	[[ $n -ge 15 ]] && { ! is_edu || [[ $n -ge 30 ]]; }
}

@test "scenarios: the model goes through them" {
	SMMUNEST_BACKEND=model:qemu scenarios
}

# bats test_tags=hw
@test "scenarios: so does the kernel" {
	need_device
	need_kernel "the test before does that"
	scenarios
}

# The ioctls are those of the table; each is in a line that is expected to succeed or to be refused for one reason. All of them are run on
# the real kernel: here, or by errnos.bats.
@test "scenarios: every ioctl is in a script" {
	table=$BATS_TEST_DIRNAME/../../lib/abi/op.h
	[[ -r $table ]] || skip "the table is not here"
	sed -n '/^#define SMN_OPS(X)/,/^$/s/.*X(\(VFIO_DEVICE_\|IOMMU_\)\([A-Z_]*\),.*/\2/p' "$table" | tr A-Z_ a-z- | sort >ops
	[[ $(wc -l <ops) -ge 30 ]]
	cat "$scripts"/{scenarios,errnos}/*.script | sed -E 's/#.*//; s/^[ \t]*(let [^ ]+ = )?//; s/[ \t].*//' | sort -u >words
	run -0 comm -23 ops words
	assert_output ""
}

# The same by name: a script without this or that ioctl would be missed.
@test "scenarios: what is expected of them is more than that they end" {
	for file in "$scripts"/scenarios/*.script; do
		sed -n 's/^# \(S[0-9]*\).*/\1/p' "$file"
	done | sort -u >named
	[[ $(wc -l <named) -ge 25 ]]
	# another errno, another vSID, one that would succeed: the script fails
	sed '/^dma/s/SID=9$/SID=8/' "$scripts"/scenarios/s03-*.script >wrong
	ctl 1 --backend=model:qemu script wrong
	holds '.error.causes[0].text | test("wrong:[0-9]+: it went nowhere, and there was F_TRANSLATION SID=9 ")'
	sed 's/ENOENT/EINVAL/; s/attach.vdevice/attach.type/' "$scripts"/scenarios/s01-*.script >wrong
	ctl 1 --backend=model:qemu script wrong
	holds '.error.causes[0].text | test("expected EINVAL attach.type, and it was ENOENT attach.vdevice")'
	sed 's/expect nothing/expect event F_TRANSLATION/' "$scripts"/scenarios/s28-*.script >wrong
	ctl 1 --backend=model:qemu script wrong
	holds '.error.causes[0].text | test("it went nowhere, and there was no event")'
	sed 's/^dma dev0 iova=0x1400000.*/dma dev0 iova=0x1000000 expect nothing/' "$scripts"/scenarios/s26-*.script >wrong
	ctl 1 --backend=model:qemu script wrong
	holds '.error.causes[0].text | test("it went to mem[+]0x3000")'
}
