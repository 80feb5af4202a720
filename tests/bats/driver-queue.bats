# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# inval --cmdq of a queue that nobody made up: Linux's SMMUv3 driver wrote it, in an emulated machine that was booted for it.
# shellcheck disable=SC2016,SC2154  # '$SMMUNEST_DEVICE' is for the machine's shell; $top is need_vm's

load helper

setup_file() {
	need_vm
	cd "$BATS_FILE_TMPDIR" || return
	. "$top/scripts/vm.d/qmp.sh"
	save_queue
}

setup() {
	need_vm
	cd "$BATS_FILE_TMPDIR" || return
}

# The driver lets its SSD go and takes it again, and reads from it: its stream table, its context descriptors and its
# translations change. The queue is looked at while nothing more is added.
work='cd /sys/bus/pci/drivers/nvme && echo $SMMUNEST_DEVICE >unbind && echo $SMMUNEST_DEVICE >bind
	for _ in {1..50}; do if [[ -b /dev/nvme0n1 ]]; then break; fi; sleep .2; done
	dd if=/dev/nvme0n1 of=/dev/null bs=1M count=4 iflag=direct status=none && echo worked && sleep 20'

# register OFFSET SIZE: of the SMMU, as QEMU's monitor reads it
register() {
	qmp human-monitor-command '{"command-line":"xp /1'"$2"'x '"$((0x09050000 + $1))"'"}'
	[[ $answer =~ :\ (0x[0-9a-f]+) ]] && value=$((BASH_REMATCH[1]))
}

# The queue as far as it was written, in ./queue; how many entries are in it is in ./prod, and its size in ./log2size.
save_queue() {
	local base i
	mkfifo q.in q.out
	"$top/scripts/vm" run --timeout 60 --no-bind --device nvme --qemu-arg -chardev --qemu-arg "pipe,id=q,path=$PWD/q" \
		--qemu-arg -mon --qemu-arg chardev=q,mode=control -- "$work" >said 2>&1 3>&- 4>&- &
	for ((i = 0; i < 300; i++)); do
		if grep -qx worked said; then break; fi
		sleep 0.2
	done
	grep -qx worked said
	qmp_open q
	register 0x90 g # CMDQ_BASE
	base=$value
	echo $((base & 31)) >log2size
	register 0x98 w # CMDQ_PROD
	echo $((value & (1 << (base & 31)) - 1)) >prod
	qmp pmemsave '{"val":'"$((base & 0xfffffffffffe0))"',"size":'"$((16 << (base & 31)))"',"filename":"'"$PWD"'/queue"}'
	[[ $answer == *'"return": {}'* ]]
	qmp quit
	wait || true
}

# opcodes: how many entries there are of each, by their number and stream or ASID
opcodes() {
	head -c $(($(<prod) * 16)) queue | od -An -v -tx8 -w16 | awk '{ print substr($1, 15), substr($1, 1, 8) }'
}

# replayed COMMAND...: of the whole queue, to the device with the driver's StreamID; what is another stream's is left
replayed() {
	"$@" smmunest-ctl --json inval --vsid=0x10 --cmdq=queue "--log2size=$(<log2size)" "--prod=$(<prod)" --leave-others
}

# follows FILE: what came of it is what od(1) finds in the queue
follows() {
	local n sync sent
	n=$(<prod)
	sync=$(opcodes | grep -c '^46')
	# TLBI of each kind that a guest may use, and CFGI_CD of the stream
	sent=$(opcodes | grep -cE '^(1[0-3]|30) |^0[56] 00000010$')
	run jq -c '.result | [.cons, .entries, .syncs, .issued, .cerror, .registers.GERROR, .errno]' "$1"
	assert_output "[$n,$n,$sync,$sent,\"NONE\",\"0x00000000\",0]"
}

@test "a real driver's queue: it has commands of every kind" {
	[[ $(<prod) -ge 50 ]]
	opcodes | cut -c1-2 | sort -u >kinds
	# CFGI_STE, CFGI_ALL, CFGI_CD, TLBI_NH_VA, TLBI_NSNH_ALL, CMD_SYNC
	run comm -13 kinds <(printf '%s\n' 03 04 05 12 30 46)
	assert_output ""
}

@test "a real driver's queue: the model executes all of it" {
	SMMUNEST_BACKEND=model replayed env >model.json
	follows model.json
}

@test "a real driver's queue: the real kernel executes all of it" {
	replayed "$top/scripts/vm" run --timeout 60 --copy queue -- >kernel.json
	follows kernel.json
}

# What takes the place of the driver's last TLBI_NH_VA: word 0, word 1; who refuses it: no such command, a reserved bit, an
# address, a size or a stream that is nobody's, what is a hypervisor's.
damaged=(
	"0xff 0 tool" "0x00 0 tool" "0x20 0 tool" "0x28 0 tool" "0x2a 0 tool" "0x45 0 tool"
	"0x60 0 tool" "0x07 0 tool" "0x70 0 tool" "0x146 0 tool" "0x3046 0 tool" "0x403 0 tool"
	"0x11 1 kernel" "0x30 1 kernel" "0x130 0 kernel" "0x10 0x1000 kernel" "0x13 0xf0 kernel"
	"0x12 0x80 kernel" "0x1000000405 0 kernel" "0x1000000006 2 kernel"
)

# damage ENTRY: the queue with each of them there, in ./bad-N
damage() {
	local i w0 w1 rest
	for i in "${!damaged[@]}"; do
		read -r w0 w1 rest <<<"${damaged[i]}"
		cp queue "bad-$i"
		perl -e 'print pack "Q<2", map { hex } @ARGV' "$w0" "$w1" | dd of="bad-$i" bs=16 seek="$1" conv=notrunc status=none
	done
}

@test "a real driver's queue, damaged: the real kernel's CONS, code and account are right" {
	local at before i copies=() rest who
	at=$(opcodes | awk '$1 == 12 { n = NR } END { print n - 1 }')
	before=$(opcodes | head -n "$at" | grep -cE '^(1[0-3]|30) |^0[56] 00000010$')
	head -c $(($(<prod) * 16)) queue >short
	mv short queue
	damage "$at"
	for i in "${!damaged[@]}"; do copies+=(--copy "bad-$i"); done
	"$top/scripts/vm" run --timeout 60 "${copies[@]}" -- "for ((i = 0; i < ${#damaged[@]}; i++)); do
		smmunest-ctl -q --json inval --vsid=0x10 --cmdq=bad-\$i --leave-others
		echo \$? >>\$OUT/statuses
	done" >answers
	[[ $(sort -u "$top/build/vm/out/statuses") == 2 ]]
	for i in "${!damaged[@]}"; do
		read -r rest rest who <<<"${damaged[i]}"
		jq -s ".[$i]" answers >answer
		run jq -c '[.result.cons, .result.cerror, .result.registers.GERROR, .result.issued + .result.again, .result.errno]' answer
		assert_output "[$at,\"ILL\",\"0x00000001\",$before,$([[ $who == tool ]] && echo 0 || echo 5)]"
		run jq -r 'if .error.op == null then .error.causes[0].id[:5] else .error.op + " " + .error.causes[0].verdict end' answer
		assert_output "$([[ $who == tool ]] && echo cmdq. || echo IOMMU_HWPT_INVALIDATE certain)"
	done
}
