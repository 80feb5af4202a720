# SPDX-License-Identifier: GPL-2.0-or-later
# inval --cmdq: a guest's command queue, what it makes of the VM, and where it stops.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	# no device is needed where the test names its model
	[[ $BATS_TEST_DESCRIPTION == *"model:"* ]] || need_nesting
	cd "$BATS_TEST_TMPDIR" || return
}

# words W...: each as 8 little-endian bytes, N times; nothing is started for it, which is slow in an emulated machine
words() {
	local w i bytes="" byte
	for w; do
		for ((i = 0; i < 64; i += 8)); do
			printf -v byte '\\x%02x' $((w >> i & 255))
			bytes+=$byte
		done
	done
	for ((i = 0; i < ${n-1}; i++)); do
		# shellcheck disable=SC2059  # it is a format
		printf "$bytes"
	done
}

# entry WORD0[:WORD1][*COUNT]...: commands of a queue
entry() {
	local e n
	for e; do
		n=1
		[[ $e != *'*'* ]] || n=${e#*'*'} e=${e%'*'*}
		[[ $e == *:* ]] || e+=:0
		words "${e%:*}" "${e#*:}"
	done
}

# The vSID of all these tests is 0x42. Without a word 1 it is 0.
asid=0x0005000000000011 sync=0x46 prefetch=0x4200000001 cfgi_cd=0x4200000005:1 cfgi_ste=0x4200000003:1 cfgi_all=0x4:31

# queue STATUS ENTRY...: executed
queue() {
	local want=$1
	shift
	entry "$@" >queue
	ctl "$want" inval --vsid=0x42 --cmdq=queue
}

# bats test_tags=hw
@test "cmdq: runs end at CMD_SYNC, what is a VMM's own is not sent" {
	queue 0 $asid $prefetch $cfgi_cd $sync $sync 0x30 $cfgi_ste 0x10
	holds '.result | .entries == 8 and .cons == 8 and .runs == 3 and .issued == 4 and .cerror == "NONE" and .errno == 0' \
		'.result | .syncs == 2 and .ignored == 1 and .unfollowed == 1 and .registers.GERROR == "0x00000000"'
	queue 0
	holds '.result | .entries == 0 and .cons == 0 and .runs == 0'
}

# What a guest must not send, or no guest can mean: word 0, word 1; who refuses, kernel or tool. The first of 72 entries is good, and so is
# all behind.
damaged=(
	0xff:0:tool 0x00:0:tool 0x20:0:tool 0x28:0:tool 0x2a:0:tool 0x45:0:tool 0x60:0:tool 0x07:0:tool 0x70:0:tool
	0x146:0:tool 0x3046:0:tool 0x403:0:tool 0x4200000001:1:tool
	0x11:1:kernel 0x30:1:kernel 0x130:0:kernel 0x10:0x1000:kernel 0x4300000005:1:kernel 0x4200000405:0:kernel 0x4200000006:2:kernel
	0x4300000006:0:kernel 0x13:0xf0:kernel 0x12:0x80:kernel
)

# bats test_tags=hw
@test "cmdq: a damaged queue stops at the entry, with CERROR_ILL" {
	for bad in "${damaged[@]}"; do
		queue 2 "$sync" "$asid*70" "${bad%:*}" "$asid*3" "$sync"
		holds '.result | .cons == 71 and .cerror == "ILL" and .entries == 76 and .command.entry == 71 and .registers.GERROR == "0x00000001"' \
			".result.command.words[0][-8:] == \"$(printf %016x "${bad%%:*}" | tail -c 8)\""
		if [[ $bad == *tool ]]; then
			holds '.result | .issued == 70 and .again == 0 and .errno == 0' '.error.op == null and .error.causes[0].id[:5] == "cmdq."'
		else
			# whole blocks of 63 on 7.3: the rest of what is before cons is the VMM's to send again
			holds '.result | .errno == 5 and .issued + .again == 70 and (.issued | IN(63, 70))' \
				'.error.op == "IOMMU_HWPT_INVALIDATE" and .error.causes[0].verdict == "certain"'
		fi
	done
}

# bats test_tags=hw
@test "cmdq: a ring that wraps, from CONS to PROD" {
	# entries 6, 7, 0, 1, 2: all else in the file is bad
	entry $asid $sync 0x30 0xff*3 $asid $sync >queue
	ctl 0 inval --vsid=0x42 --cmdq=queue --log2size=3 --cons=6 --prod=11
	holds '.result | .entries == 5 and .cons == 5 and .runs == 3 and .registers.CMDQ_CONS == "0x0000000b"'
	ctl 2 inval --vsid=0x42 --cmdq=queue --log2size=3 --cons=14 --prod=4
	holds '.result | .entries == 6 and .cons == 5 and .registers.CMDQ_CONS == "0x01000003"' '.error.causes[0].text | test("entry 5")'
	# a file that is shorter than the queue
	entry $asid*3 >short
	ctl 2 inval --vsid=0x42 --cmdq=short --log2size=3 --prod=5
	holds '.result | .cons == 3 and .issued == 3 and .cerror == "ABT" and .entries == 5' '.error.causes[0].id == "cmdq.unread"'
	head -c 40 queue >torn
	ctl 2 inval --vsid=0x42 --cmdq=torn
	holds '.result | .cons == 2 and .issued == 1 and .cerror == "ABT"'
}

# bats test_tags=hw
@test "cmdq: CFGI_STE takes the STE from the guest's memory and replaces the attachment" {
	# a linear table of 128 streams at 0x40002000, in an image from 0x40001000 on; SHCFG is the VMM's
	{
		head -c $((0x1000 + 0x42 * 64)) /dev/zero
		words 0x4000100b 0x0000100000000000
	} >memory
	truncate -s 16384 memory
	entry $asid $cfgi_ste $sync $cfgi_all 0x9900000003 $cfgi_cd $sync >queue
	ctl 0 --trace -v inval --vsid=0x42 --cmdq=queue --mem=memory@0x40001000 --strtab=0x40002000,7
	holds '.result | .stes == 2 and .left == 1 and .runs == 2 and .issued == 2 and .cons == 7' \
		'[.result.plan[].what] == ["invalidate", "ste", "ste", "invalidate"]' \
		'.result.plan[1] | .vsid == "0x42" and .ste.words == ["0x000000004000100b", "0x0000000000000000"]' \
		'.result.plan[1].dropped == ["0x0000000000000000", "0x0000100000000000"]'
	says 'VFIO_DEVICE_ATTACH_IOMMUFD_PT*IOMMU_DESTROY*IOMMU_HWPT_INVALIDATE'
	# Cfg=s2 is not a VM's to ask for
	printf '\x0d' | dd of=memory bs=1 seek=$((0x1000 + 0x42 * 64)) conv=notrunc status=none
	ctl 2 inval --vsid=0x42 --cmdq=queue --mem=memory@0x40001000 --strtab=0x40002000,7
	holds '.result | .cons == 1 and .issued == 1 and .errno == 5 and .cerror == "ILL" and .command.name == "CFGI_STE"' '.error.op == "IOMMU_HWPT_ALLOC"'
	ctl 2 inval --vsid=0x42 --cmdq=queue --mem=memory@0x40001000 --strtab=0x80000000,7
	holds '.result | .cons == 1 and .cerror == "NONE"' '.error.causes[0] | .id == "cmdq.memory" and (.text | test("0x80001080"))'
}

# bats test_tags=hw
@test "cmdq: commands of other streams, left or refused" {
	entry $asid 0x9900000006 $sync >queue
	ctl 2 inval --vsid=0x42 --cmdq=queue
	holds '.result.cons == 1' '.error.causes[0].id == "inval.vsid"'
	ctl 0 inval --vsid=0x42 --cmdq=queue --leave-others
	holds '.result | .left == 1 and .issued == 1 and .cons == 3'
}

# bats test_tags=hw
@test "cmdq: --dry-run has the plan, and - is stdin" {
	need_kernel "it is a model already"
	entry $asid $sync >queue
	ctl 0 --dry-run inval --vsid=0x42 --cmdq=- <queue
	holds '.backend == "model"' '.result.plan == [{first: 0, last: 0, what: "invalidate", commands: 1, errno: 0}]'
	ctl 0 inval --vsid=0x42 --cmdq=- <queue
	holds '.result | .issued == 1 and (has("plan") | not)'
}

@test "cmdq on model: what never completes is told apart" {
	entry $asid*64 $sync $asid >queue
	ctl 2 --backend=model:qemu:cmdq-stuck inval --cmdq=queue
	holds '.result | .cons == 64 and .errno == 110 and .cerror == "NONE" and .issued == 0 and .unknown == 63 and .again == 1' \
		'.error.causes[0].id == "inval.sync"' '.result.command.name == "SYNC"'
	entry $asid 0x1000000040 $sync >queue
	ctl 2 --backend=model:mmu700:cmdq-stuck inval --vsid=0x10 --cmdq=queue
	holds '.result | .cons == 2 and .errno == 110 and .cerror == "ATC_INV" and .unknown == 2'
}

@test "cmdq on model: a kernel that looks at opcodes alone is sent nothing that is illegal" {
	entry $asid 0x11:1 $sync >queue
	ctl 2 --backend=model:qemu:kernel=7.0 --trace inval --cmdq=queue
	holds '.result | .cons == 1 and .errno == 0 and .cerror == "ILL" and .issued == 1' '.error.causes[0].id == "cmdq.illegal"'
	ctl 2 --backend=model:qemu:kernel=7.4 inval --cmdq=queue
	holds '.result | .cons == 1 and .errno == 5 and .issued == 0 and .again == 1'
}

# sanitizers want address space of their own
# bats test_tags=cost
@test "cmdq on model: memory does not grow with the file" {
	# 64 MiB of commands and syncs
	entry $asid*4 $sync*4 >one
	for _ in {1..10}; do cat one one >two && mv two one; done
	for _ in {1..512}; do cat one; done >queue
	run -0 bash -c 'ulimit -v 60000; smmunest-ctl --backend=model inval --cmdq=queue'
	assert_line --regexp '^entries +4194304$'
	assert_line --regexp '^issued +2097152$'
}

@test "cmdq on model: options that do not go together" {
	entry $asid >queue
	for wrong in --prod=1 --log2size=3 --strtab=0,7 --leave-others "--cmdq=queue tlbi-nh-all" "--cmdq=queue --force" "--cmdq=queue --repeat=2" \
		"--cmdq=queue --strtab=0,7" "--cmdq=queue --mem=queue@0" "--cmdq=queue --cons=2 --prod=1" "--cmdq=queue --log2size=20" \
		"--cmdq=queue --vsid=none" "--cmdq=queue --cmdq=queue" "--cmdq=none" "--cmdq=queue --log2size=3 --prod=16" \
		"--cmdq=queue --mem=queue@0 --strtab=0,0x20000"; do
		# shellcheck disable=SC2086  # words
		usage_error --backend=model inval $wrong
	done
	run --separate-stderr bash -c 'cat queue | smmunest-ctl --backend=model inval --cmdq=- --cons=1'
	assert_equal "$status" 64
}
