# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU's command line.
# shellcheck shell=bash disable=SC2054,SC2154  # commas are QEMU's; the options are in options.sh

# Where the machine's device number N (from 0) is on the root bus: itself, or the root port it is behind.
device_slot() {
	printf %02x $((2 + $1))
}

# device_arg N: what `-device` takes for it, and the monitor's device_add when it is plugged in again.
device_arg() {
	local n=$1 spec=${devices[$1]} where args
	where=bus=pcie.0,addr=$(device_slot "$n").0
	if is_hotplug "$n"; then where=bus=port$n; fi
	args=${spec//,hotplug/}
	case $spec in
	# One that was unplugged may keep its disk (see replug): the next shares it.
	nvme*) args+=,drive=disk$n,share-rw=on,serial=smmunest$n ;;
	e1000e*) args+=,romfile= ;; # nobody boots from it
	esac
	echo "$args,id=dev$n,$where"
}

is_hotplug() {
	[[ ,${devices[$1]}, == *,hotplug,* ]]
}

# The machine as its firmware tables see it.
machine_args() {
	local iommu=
	if [[ $smmu == yes ]]; then iommu=,iommu=smmuv3; fi
	qemu=(qemu-system-aarch64 -machine "virt,gic-version=3,its=on$iommu" -global arm-smmuv3.stage=nested
		-cpu max -m 1G -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd)
}

# What counts instructions shall also throw the same dice (its CPU is a source of random numbers, and addresses are random)
# and begin on the same day: then the same input boots to the same state, to the instruction.
cpu_args() {
	qemu+=(-smp "$smp")
	if [[ $icount == yes ]]; then
		qemu+=(-icount shift=0,sleep=off -seed 1 -rtc "base=$first_day,clock=vm")
	fi
}

device_args() {
	local n
	for n in "${!devices[@]}"; do
		if is_hotplug "$n"; then
			qemu+=(-device "pcie-root-port,id=port$n,chassis=$((n + 1)),bus=pcie.0,addr=$(device_slot "$n").0")
		fi
		if [[ ${devices[$n]} == nvme* ]]; then
			# A -drive would go away with the device when that is unplugged.
			truncate -s 16M "$run/disk$n"
			qemu+=(-blockdev "driver=raw,node-name=disk$n,file.driver=file,file.filename=$run/disk$n")
		fi
		qemu+=(-device "$(device_arg "$n")")
	done
}

# One virtio-serial port for each stream, so that the bytes arrive as they are. Without ioeventfd a write is at once
# handed to QEMU's device, and nothing about time is left to chance.
port_args() {
	local name
	qemu+=(-device virtio-serial-pci,ioeventfd=off,bus=pcie.0,addr=1e.0)
	for name in "${ports[@]}"; do
		qemu+=(-chardev "file,id=$name,path=$run/port/$name" -device "virtserialport,chardev=$name,name=$name")
	done
}

qemu_command() {
	machine_args
	cpu_args
	device_args
	port_args
	qemu+=(-nodefaults -display none -no-reboot -serial "file:$run/console"
		-kernel "$run/kernel" -initrd "$run/initrd" -append 'console=ttyAMA0 panic=-1')
	if [[ $replug ]]; then
		qemu+=(-chardev "pipe,id=qmp,path=$run/qmp" -mon chardev=qmp,mode=control)
	fi
	qemu+=("${qemu_args[@]}")
}
