# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# scripts/vm itself, from the host.
# shellcheck disable=SC2016,SC2154  # '$words' are for the machine's shell; $stderr is bats'

bats_require_minimum_version 1.8.0

# What the first start makes, and tells of, is made here.
setup_file() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ ! -x $top/scripts/vm ]] || "$top/scripts/vm" run true
}

setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/vm ]] || skip "scripts/vm runs on the host"
	cd "$BATS_TEST_TMPDIR" || return
}

vm() {
	"$top/scripts/vm" run "$@"
}

# vm_until WORD ARGUMENT...: starts a machine like a terminal does, and waits until its COMMAND has said WORD. bats and
# its background jobs ignore SIGINT, a user's shell does not.
vm_until() {
	local word=$1
	shift
	env --default-signal=INT setsid "$top/scripts/vm" run "$@" >started 2>&1 3>&- &
	pid=$!
	for _ in {1..300}; do
		! grep -q "$word" started || return 0
		sleep 0.1
	done
	cat started
	return 1
}

# The QEMU that was given this -name, if it runs. What is killed needs a moment.
qemu_is_gone() {
	for _ in {1..30}; do
		pgrep -f "qemu-system-aarch64 .*$1" >/dev/null || return 0
		sleep 0.1
	done
	return 1
}

@test "usage: each mistake ends with 64 and a word about it" {
	while read -r words; do
		# shellcheck disable=SC2086  # words of a command line
		run --separate-stderr vm $words
		assert_equal "$status" 64
		assert_equal "$output" ""
		[[ $stderr == *"scripts/vm --help"* ]]
	done <<-EOF

		--no-bind
		--device toaster true
		--device edu,addr=7 true
		--timeout soon true
		--timeout
		--icount --smp 2 true
		--copy /does/not/exist true
		--frobnicate true
	EOF
	run -64 "$top/scripts/vm"
	run -64 "$top/scripts/vm" fly
}

@test "usage: --help names every option" {
	run -0 "$top/scripts/vm" --help
	for option in device no-bind icount smp stock-iort no-smmu kernel qemu-arg copy replug timeout; do
		assert_output --partial "--$option"
	done
	run -0 vm --help
}

@test "streams: separate, byte for byte; --copy, \$OUT and the exit status come through" {
	head -c 1000000 /dev/urandom >blob
	status=0
	# What COMMAND leaves running does not keep the machine.
	vm --copy blob 'cat blob; tac blob >/dev/stderr; mkdir $OUT/d; cp blob $OUT/d; setsid sleep 100 & exit 7' \
		>out 2>err || status=$?
	assert_equal "$status" 7
	cmp out blob
	cmp err <(tac blob)
	cmp "$top/build/vm/out/d/blob" blob
}

@test "streams: of a COMMAND that has ended before its output is taken, nothing is lost" {
	for words in 'echo all; exit 3' 'echo all >/dev/stderr; exit 3' 'echo all; echo all >$OUT/all; exit 3'; do
		run -3 vm "$words"
		assert_output all
	done
	assert_equal "$(<"$top/build/vm/out/all")" all
}

@test "streams: \$OUT of the run before is gone" {
	mkdir -p "$top/build/vm/out"
	touch "$top/build/vm/out/old"
	vm true
	[[ ! -e $top/build/vm/out/old ]]
}

@test "streams: COMMAND ends when nobody reads it any more, or nobody can" {
	run -141 bash -c 'set -o pipefail; "$1" run --timeout 60 yes | head -n 1' _ "$top/scripts/vm"
	assert_output y
	run -70 bash -c '"$1" run --timeout 60 yes >/dev/full' _ "$top/scripts/vm"
	assert_output --partial 'cannot be written'
}

@test "status: a COMMAND that a signal ended is 128+N" {
	run -143 vm 'kill -TERM $$'
}

@test "status: words are joined with blanks, and bash gets them" {
	run -0 --separate-stderr vm -- 'a=(x' 'y); echo' '"${#a[@]}' '  ${BASH_VERSION%%[!0-9]*}"'
	assert_output --regexp '^2   [0-9]+$'
}

@test "status: --timeout is 124, with the output until then" {
	run --separate-stderr vm --timeout 1 'echo before; sleep 100; echo after'
	assert_equal "$status" 124
	assert_equal "$output" before
	[[ $stderr == *"has not ended in 1 s"* ]]
}

@test "failure: a kernel panic is 70 and told" {
	run -70 vm 'echo c >/proc/sysrq-trigger; sleep 100'
	assert_output --partial 'Kernel panic'
	assert_output --partial "$top/build/vm/console.log"
	grep -q 'Kernel panic' "$top/build/vm/console.log"
}

@test "failure: what is no kernel image is 70 before anything starts" {
	head -c 100000 /dev/urandom >image
	run -70 vm --kernel image true
	assert_output --partial 'not an arm64 kernel image'
	gzip image
	run -70 vm --kernel image.gz true
	assert_output --partial 'not an arm64 kernel image'
	truncate -s 50000 image.gz
	run -70 vm --kernel image.gz true
	assert_output --partial 'damaged'
	SMMUNEST_KERNEL=/does/not/exist run -70 vm true
	assert_output --partial 'no kernel image'
}

@test "failure: a kernel image that does not start is 70, and the console log is named" {
	image=$("$top/scripts/vm" kernel)
	{ zcat -f "$image" || true; } | head -c 100000 >half
	SMMUNEST_VM_BOOT_TIMEOUT=5 run -70 vm --stock-iort --kernel half true
	assert_output --partial "$top/build/vm/console.log"
	[[ -s $top/build/vm/console.log ]]
}

@test "failure: no QEMU in PATH is 70" {
	mkdir bin
	ln -s /usr/bin/[!q]* bin/
	PATH=$PWD/bin run -70 vm true
	assert_output --partial 'not in PATH'
}

@test "failure: QEMU's own complaint is shown, with 70" {
	run -70 vm --stock-iort --device edu,no_such_property=1 true
	assert_output --partial no_such_property
}

@test "failure: a full disk is 70" {
	unshare --mount true || skip "needs root, for a small file system"
	run -70 unshare --mount bash -euc '
		cp -p "$1"/build/vm/*.cpio .
		mount -t tmpfs -o size=$(($(cat ./*.cpio | wc -c) + 1000000)) tmpfs "$1/build/vm"
		cp -p ./*.cpio "$1/build/vm/"
		"$1/scripts/vm" run true' full "$top"
	assert_output --partial 'No space left'
}

@test "ending: Ctrl-C is 130 and leaves no QEMU" {
	name=smmunest-$RANDOM$RANDOM
	vm_until ready --stock-iort --qemu-arg=-name --qemu-arg=$name 'echo ready; sleep 100'
	run ! qemu_is_gone $name
	kill -INT -- -$pid
	status=0
	wait $pid || status=$?
	assert_equal "$status" 130
	qemu_is_gone $name
}

@test "ending: SIGKILL leaves no QEMU, and the next run removes its folder" {
	name=smmunest-$RANDOM$RANDOM
	vm_until ready --stock-iort --qemu-arg=-name --qemu-arg=$name 'echo ready; sleep 100'
	folder=$(readlink -f "$top/build/vm/console.log")
	folder=${folder%/console}
	[[ -d $folder ]]
	kill -KILL $pid
	qemu_is_gone $name
	vm true
	[[ ! -e $folder ]]
}

@test "ending: two machines side by side do not mix" {
	vm 'sleep 1; echo one; echo 1 >&2; exit 11' >one 2>one.err &
	first=$!
	status=0
	vm 'sleep 1; echo two; echo 2 >&2; exit 22' >two 2>two.err || status=$?
	assert_equal "$status" 22
	status=0
	wait $first || status=$?
	assert_equal "$status" 11
	assert_equal "$(cat one one.err two two.err | xargs)" "one 1 two 2"
}

@test "devices: each kind is bound to vfio-pci, wherever it is" {
	run -0 --separate-stderr vm --device nvme,hotplug --device edu --device e1000e 'echo $SMMUNEST_DEVICE
		cd /sys/bus/pci/drivers/vfio-pci; for d in *:*; do echo $d $(cat $d/vendor); done; ls /dev/vfio/devices | wc -l'
	assert_output - <<-EOF
		0000:01:00.0
		0000:00:03.0 0x1234
		0000:00:04.0 0x8086
		0000:01:00.0 0x1b36
		3
	EOF
}

@test "devices: --no-bind leaves them to their own drivers" {
	run vm --no-bind --device nvme 'echo $SMMUNEST_DEVICE; basename $(readlink /sys/bus/pci/devices/*2.0/driver)
		cat /sys/block/nvme0n1/size; ls /dev/vfio/devices'
	assert_output --partial '0000:00:02.0
nvme
32768'
	assert_output --partial 'cannot access'
}

# Another device in its place has another inode. (It can be there before the removal is over for who asked for it.)
@test "devices: --replug brings a removed one back" {
	run -0 --separate-stderr vm --device edu,hotplug --replug 1 'd=/sys/bus/pci/devices/$SMMUNEST_DEVICE
		was=$(stat -Lc %i $d)
		echo 0 >/sys/bus/pci/slots/0/power
		for i in {1..200}; do now=$(stat -Lc %i $d 2>/dev/null) && [ $now != $was ] && break; sleep 0.1; done
		[ $now != $was ] && cat $d/device'
	assert_output 0x11e8
}

# slot ANSWER...: a QEMU, as far as replug can tell, that is asked for as long as there are answers; what was asked
# goes to the file asked. It never tells that a device was deleted.
slot() {
	local line id
	mkfifo q.in q.out
	exec {from}<>q.in {to}<>q.out
	"$top/scripts/vm.d/replug" q 0 'edu,id=dev0,bus=port0' 2>said {from}>&- {to}>&- &
	replug=$!
	for answer; do
		read -t 10 -r line <&"$from"
		id=${line##*\"id\":\"} id=${id%%\"*}
		printf '%s\n' "$line" >>asked
		printf '{"event": "DEVICE_WHATEVER"}\n{"return": %s, "id": "%s"}\n' "$answer" "$id" >&"$to"
	done
}

@test "replug: looks whether the slot is empty, and tries again what QEMU refuses" {
	local there='[{"qdev_id": "dev0"}, {"qdev_id": ""}]' empty='[{"qdev_id": "dev01"}]'
	slot '{}' "$there" "$there" "$empty" '"Error: not yet"' "$empty" '""' "$there" "$empty" '""' "$there"
	kill "$replug"
	run -0 grep -o 'query-pci\|device_add[^"]*' asked
	assert_output - <<-EOF
		query-pci
		query-pci
		query-pci
		device_add edu,id=dev0,bus=port0
		query-pci
		device_add edu,id=dev0,bus=port0
		query-pci
		query-pci
		device_add edu,id=dev0,bus=port0
		query-pci
	EOF
	run ! grep . said
}

@test "replug: what QEMU refuses again and again is told, and left" {
	local refused=()
	for _ in {1..20}; do refused+=('[]' '"Error: no room"'); done
	slot '{}' "${refused[@]}"
	# it ends by itself
	timeout 60 tail --pid="$replug" -f /dev/null
	wait "$replug"
	run -0 cat said
	assert_output 'replug: dev0 cannot be plugged in again: {"return": "Error: no room", "id": "ask-41"}'
}

@test "detach --via=unplug: a card in a slot goes and comes back, whatever it does" {
	for device in edu nvme; do
		run -0 --separate-stderr vm --device $device,hotplug --device edu --replug 1 '
			for state in idle dma faulting; do
				smmunest-ctl --json detach --via=unplug --while=$state --beside=00:03.0
			done | jq -c "[.exit, (.result.checks | map(select(.ok | not).name)), (.result.checks | length > 15)]"
			! grep -qsx smmunest-ctl /proc/[0-9]*/comm'
		assert_output - <<-EOF
			[0,[],true]
			[0,[],true]
			[0,[],true]
		EOF
	done
}

@test "devices: without --replug a removed one stays away" {
	run vm --device edu,hotplug 'echo 0 >/sys/bus/pci/slots/0/power
		sleep 3; ls /sys/bus/pci/devices/$SMMUNEST_DEVICE'
	assert_output --partial 'No such file'
}

# table BYTES...: an IORT made of a header, an ITS group, two root complexes with different flags, and no more.
table() {
	printf IORT
	printf '\x70\0\0\0\x03\x00BOCHS BXPC    \x01\0\0\0BXPC\x01\0\0\0'
	printf '\x03\0\0\0\x30\0\0\0\0\0\0\0'
	printf '\x00\x10\0\x01\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\x02\x18\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0%b' "$1"
	printf '\x02\x18\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0%b' "$2"
}

@test "IORT: CANWBS is set in every root complex, and the table remains whole" {
	essence() { od -An -v -tx1 | tr -d ' \n' | cut -c 1-18,21-48,51-; } # without checksum and OEM revision
	table '\x03' '\x40' >stock
	"$top/scripts/vm.d/iort" <stock >corrected
	assert_equal "$(essence <corrected)" "$(table '\x07' '\x44' | essence)"
	assert_equal "$(od -An -v -tu1 -w1 corrected | awk '{ sum += $1 } END { print sum % 256 }')" 0
	assert_equal "$(od -An -tu4 -j24 -N4 corrected | xargs)" 2
	run ! "$top/scripts/vm.d/iort" </dev/null
}

@test "IORT: the machine has the corrected table, with --stock-iort QEMU's own" {
	vm --stock-iort 'cat /sys/firmware/acpi/tables/IORT' >stock
	vm 'cat /sys/firmware/acpi/tables/IORT' >corrected
	cmp corrected <("$top/scripts/vm.d/iort" <stock)
	run ! cmp stock corrected
}

@test "IORT: devices behind root ports have an SMMU too" {
	run -0 --separate-stderr vm --device edu,hotplug --device edu,hotplug 'ls /sys/bus/pci/devices/*/iommu_group -d | grep -c :0[12]:'
	assert_output 2
}

@test "machine: --no-smmu has no IOMMU" {
	run -0 --separate-stderr vm --no-smmu 'ls /sys/kernel/iommu_groups | wc -l; ls /sys/class/iommu | wc -l; echo $SMMUNEST_DEVICE'
	assert_output '0
0
0000:00:02.0'
}

@test "machine: --smp, --qemu-arg and \$SMMUNEST_VM_QEMU_ARGS" {
	export SMMUNEST_VM_QEMU_ARGS='-m 512M'
	run -0 --separate-stderr vm --stock-iort --smp 3 --qemu-arg=-smbios --qemu-arg 'type=1,product=a b' \
		'nproc; grep -c "MemTotal: *4" /proc/meminfo; cat /sys/class/dmi/id/product_name'
	assert_output '3
1
a b'
}

@test "machine: with --icount two boots are the same: dice, places in memory, and time to the instruction" {
	cat >look <<-'EOF'
		cat /proc/sys/kernel/random/{boot_id,uuid} /proc/self/maps /proc/buddyinfo
		for i in {1..21}; do
			start=${EPOCHREALTIME/./}
			for ((j = 0; j < 300; j++)); do :; done
			echo $((10#${EPOCHREALTIME/./} - 10#$start))
		done
	EOF
	vm --icount --copy look bash look >first
	# a file of another day in another folder is the same file
	sleep 1
	mkdir other
	cp look other
	vm --icount --copy other/look bash look >second
	run diff first second
	assert_output ""
	assert [ "$(wc -l <first)" -gt 40 ]
	assert [ "$(tail -n 1 first)" -gt 100 ]
}

@test "machine: bats and its libraries run in it" {
	# (A line that starts with @test would be this file's.)
	sed 's/^TEST/@test/' >inside.bats <<-'EOF'
		bats_load_library bats-support
		bats_load_library bats-assert
		TEST "good" { run echo x; assert_output x; }
		TEST "bad" { run echo x; assert_output y; }
	EOF
	run -1 vm --copy inside.bats bats inside.bats
	assert_output --partial 'ok 1 good'
	assert_output --partial 'not ok 2 bad'
}
