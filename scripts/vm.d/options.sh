# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of `scripts/vm run`.
# shellcheck shell=bash disable=SC2034  # the variables are for whoever sources this file

usage() {
	cat <<-EOF
		usage: scripts/vm run [OPTION]... [--] COMMAND...
		       scripts/vm kernel

		run     boots an arm64 Linux on an emulated SMMUv3, runs COMMAND in it as root (its words joined
		        with blanks, by bash -c, as ssh does), and ends with its exit status: 124 when it took too
		        long, 70 when the machine itself failed
		kernel  finds or builds the kernel image and prints its path

		  --device edu|nvme|e1000e[,hotplug][,QEMU-PROPS]
		                    a device of the machine (repeatable; without: one edu); hotplug: behind a root port
		  --no-bind         leave the devices alone; otherwise they are bound to vfio-pci
		  --replug SECS     plug a hotplug device in again that long after each removal
		  --icount          one CPU whose clock counts instructions, and the same chance and date: each boot is the same
		  --smp N           number of CPUs (default 2)
		  --stock-iort      leave the IORT as QEMU makes it, without CANWBS
		  --no-smmu         no IOMMU at all, so nothing is bound to vfio-pci
		  --kernel IMAGE    boot this kernel
		  --qemu-arg ARG    append ARG to QEMU's command line (repeatable)
		  --copy FILE       put FILE into COMMAND's working directory (repeatable)
		  --timeout S       end COMMAND after S seconds (default 600)
		  --help            this text

		COMMAND finds smmunest-ctl, bats and the tests in PATH, and the first device in \$SMMUNEST_DEVICE.
		What it writes under \$OUT is then in build/vm/out; the console log is build/vm/console.log.
		Environment: SMMUNEST_KERNEL (an image, may be gzip), SMMUNEST_VM_QEMU_ARGS (appended, split at blanks),
		SMMUNEST_VM_BOOT_TIMEOUT (seconds until COMMAND must have started, default 60).
	EOF
}

bad_usage() {
	say "$@"
	say "see scripts/vm --help"
	exit 64
}

parse_options() {
	devices=() qemu_args=() copies=()
	bind=yes smmu=yes iort=corrected icount=no smp='' replug='' timeout=600
	kernel=${SMMUNEST_KERNEL-}
	boot_timeout=${SMMUNEST_VM_BOOT_TIMEOUT:-60}
	while [[ ${1-} == -* ]]; do
		case $1 in
		--) shift; break ;;
		--help) usage; exit 0 ;;
		--no-bind) bind=no ;;
		--no-smmu) smmu=no bind=no iort=stock ;;
		--stock-iort) iort=stock ;;
		--icount) icount=yes ;;
		--*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
		*) parse_value "$@"; shift ;;
		esac
		shift
	done
	command=$*
	[[ $command ]] || bad_usage "no COMMAND"
	[[ $icount == no || ${smp:-1} == 1 ]] || bad_usage "--icount has one CPU"
	: "${smp:=$([[ $icount == yes ]] && echo 1 || echo 2)}"
	[[ ${devices[*]} ]] || devices=(edu)
	# bus numbers 2 to 1d: the last slots of the root bus are the machine's own
	((${#devices[@]} <= 28)) || bad_usage "more than 28 devices"
	read -ra extra <<<"${SMMUNEST_VM_QEMU_ARGS-}"
	qemu_args+=("${extra[@]}")
}

# parse_value OPTION VALUE ...
parse_value() {
	[[ $1 == --@(device|smp|kernel|qemu-arg|copy|replug|timeout) ]] || bad_usage "unknown option $1"
	[[ $# -ge 2 ]] || bad_usage "$1 needs a value"
	case $1 in
	--device) check_device "$2"; devices+=("$2") ;;
	--kernel) kernel=$2 ;;
	--qemu-arg) qemu_args+=("$2") ;;
	--copy) [[ -e $2 ]] || bad_usage "--copy: there is no $2"; copies+=("$2") ;;
	*) [[ $2 =~ ^[1-9][0-9]{0,5}$ || $1$2 == --replug0 ]] || bad_usage "$1 needs a number, not '$2'"
		printf -v "${1#--}" %s "$2" ;;
	esac
}

check_device() {
	[[ ,$1, =~ ^,(edu|nvme|e1000e), ]] || bad_usage "--device: edu, nvme or e1000e, not '$1'"
	[[ ! ,$1, =~ ,(bus|addr|id)= ]] || bad_usage "--device: bus, addr and id are the script's, not '$1'"
}
