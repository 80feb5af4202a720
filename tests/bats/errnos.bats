# SPDX-License-Identifier: GPL-2.0-or-later
# Every errno row is the cause of a refusal that a script brings about: on any machine with one device in errnos/, on
# special machines in machines/. A script's line fails unless that very row is found to be the cause.
# shellcheck disable=SC2154,SC2016  # bats sets $status; jq and the machine's shell have a $ of their own

load helper

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	scripts=$BATS_TEST_DIRNAME/../scripts
	cd "$BATS_TEST_TMPDIR" || return
}

# as_expected STATUS DOCUMENT...: no line of these went otherwise
as_expected() {
	local wrong
	wrong=$(jq -r '.exit, (.result.lines // [] | .[] | select(.ok | not) | "\(.line): \(.text): \(.errno) \(.row)"), (.error // empty |
		tojson)' "$@" | grep -vx 0) || return 0
	batslib_decorate "not as expected" <<<"$wrong" | fail
}

# runs SCRIPT COMMAND...: which ends with smmunest-ctl, on the running kernel
runs() {
	local script=$scripts/machines/$1.script
	shift
	"$@" -j script -k "$script" >document 2>stderr || true
	as_expected document
}

@test "errnos: the scripts reach every row that says so, and no other" {
	smmunest-ctl -j explain --coverage | jq -r '.result.rows[] | select(.reached) | .id' | sort >rows
	awk '$1 == "expect" && $2 != "ok" && $3 != "" && $3 != "within" { print $3 }' "$scripts"/{errnos,machines}/*.script | sort -u >reached
	diff rows reached
}

@test "errnos: each script is run here" {
	(cd "$scripts/machines" && printf "%s\n" *.script) | sed 's/[.]script$//' >there
	sed -nE 's/^\t(runs|on_machine) ([a-z0-9]+) .*/\2/p; s/.*machines\/([a-z]+)[.]script.*/\1/p' \
		"$BATS_TEST_FILENAME" | sort -u >run
	diff there run
}

# on_model SCRIPT SPEC: the model answers from the same rows, so that it is the scripts that are tried here
on_model() {
	smmunest-ctl -j --backend="model:$2" script -k "$scripts/machines/$1.script" >document 2>stderr || true
	as_expected document
}

@test "errnos: the model answers the scripts alike" {
	for script in "$scripts"/errnos/*.script; do
		smmunest-ctl -j --backend=model:qemu script -k "$script" >"${script##*/}" || true
	done
	as_expected ./*.script
	on_model two qemu
	on_model peer qemu
	on_model stock qemu:no-canwbs
	on_model stage1 no-s2
	on_model bridge qemu:aliased
	on_model neighbour qemu:group-busy
	on_model user qemu:unprivileged
}

# bats test_tags=hw
@test "errnos: any machine with a device that nests" {
	need_nesting
	for script in "$scripts"/errnos/*.script; do
		smmunest-ctl -j script -k "$script" >"${script##*/}" 2>/dev/null || true
	done
	as_expected ./*.script
}

# bats test_tags=hw
@test "errnos: a process that may less" {
	need_nesting
	need_kernel "its processes have no capabilities to give up"
	[[ $EUID == 0 ]] || skip "only root can give up what root has"
	truncate -s 1M /run/smmunest-file
	ulimit -l 64
	runs caps setpriv --bounding-set -ipc_lock,-sys_resource smmunest-ctl
	rm /run/smmunest-file
	runs user setpriv --reuid 65534 --clear-groups smmunest-ctl
}

# bats test_tags=hw
@test "errnos: a process with no more files" {
	need_nesting
	need_kernel "its files are no files of this process"
	# how many it has before the device is open is its own affair
	for files in {6..12}; do
		(ulimit -n "$files" && exec smmunest-ctl -j script -k "$scripts/machines/files.script") >document 2>stderr 3>&- 4>&- || true
		! jq -e '.exit == 0' document >/dev/null || break
	done
	as_expected document
}

# on_machine SCRIPT DEVICES OPTION...: a machine of its own for it
on_machine() {
	local script=$1 devices=$2
	shift 2
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
	"$top/scripts/vm" run --copy "$scripts/machines/$script.script" "$@" -- "for i in $devices; do smmunest-ctl -q bind \$i >/dev/null; done
		smmunest-ctl -j script -k $script.script $devices" >document 2>stderr || true
	as_expected document
}

edu() {
	printf '%s\n' --qemu-arg -device --qemu-arg "edu,$1"
}

# bats test_tags=vm
@test "errnos: an edu; two devices; two of one group; one in a driver's use" {
	on_machine edu ""
	on_machine two "" --device edu --device edu
	mapfile -t first < <(edu addr=6.0,multifunction=on)
	mapfile -t second < <(edu addr=6.1)
	on_machine group "0000:00:06.0 0000:00:06.1" "${first[@]}" "${second[@]}"
	on_machine neighbour 0000:00:06.0 "${first[@]}" --qemu-arg -device --qemu-arg virtio-rng-pci-transitional,addr=6.1
}

# bats test_tags=vm
@test "errnos: a device writes to registers of another, until those are revoked" {
	on_machine peer "" --device edu --device nvme
	# nothing else would have told that DMA arrived
	sed 's/0xd3a50003/0xd3a50002/' "$scripts/machines/peer.script" >wrong
	ctl 1 --backend=model:qemu script wrong
	holds '.error.causes[0].text | test("it begins with 0xd3a50003, and 0xd3a50002 is expected")'
}

# bats test_tags=vm
@test "errnos: a device behind a PCI bridge" {
	mapfile -t device < <(edu bus=bridge,addr=1.0)
	on_machine bridge 0000:01:01.0 --qemu-arg -device --qemu-arg pcie-pci-bridge,id=bridge,bus=pcie.0,addr=5.0 "${device[@]}"
}

# bats test_tags=vm
@test "errnos: no CANWBS, no stage 2, no stage 1" {
	on_machine stock "" --stock-iort
	# a newer board sets the SMMU's stages itself
	on_machine stage1 "" --qemu-arg -machine --qemu-arg virt-8.2 --qemu-arg -global --qemu-arg arm-smmuv3.stage=1
	on_machine stage2 "" --qemu-arg -machine --qemu-arg virt-8.2 --qemu-arg -global --qemu-arg arm-smmuv3.stage=2
}
