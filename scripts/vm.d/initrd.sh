# SPDX-License-Identifier: GPL-2.0-or-later
# What the machine starts with: a corrected IORT, the userland, and what this run puts in.
# shellcheck shell=bash disable=SC2154  # the options are in options.sh

# The kernel looks for ACPI tables in the uncompressed archive at the very beginning.
make_initrd() {
	local corrected=/dev/null
	"$top/scripts/vm.d/userland"
	payload "$run/payload"
	if [[ $iort == corrected ]]; then
		corrected=$(iort_archive)
		[[ -e $corrected ]] || correct_iort "$corrected"
	fi
	{
		cat "$corrected"
		cat "$state/base.cpio"
		pack "$run/payload"
	} >"$run/initrd"
}

payload() {
	local to=$1 n
	mkdir -p "$to"/{etc/smmunest,root,usr/bin,usr/lib/smmunest/tests}
	cp "$top/scripts/vm.d/init" "$to/init"
	printf '%s\n' "$command" >"$to/etc/smmunest/command"
	for n in "${!devices[@]}"; do
		printf '%s 0000:00:%s.0\n' "$(is_hotplug "$n" && echo port || echo device)" "$(device_slot "$n")"
	done >"$to/etc/smmunest/devices"
	if [[ $bind == yes ]]; then : >"$to/etc/smmunest/bind"; fi
	if [[ -f $build/arm64/smmunest-ctl ]]; then cp "$build/arm64/smmunest-ctl" "$to/usr/bin/"; fi
	if [[ -d $build/arm64/tests ]]; then
		find "$build/arm64/tests" -maxdepth 1 -type f -executable -exec cp -t "$to/usr/lib/smmunest/tests" {} +
	fi
	if [[ -e $top/tests ]]; then cp -R "$top/tests" "$to/"; fi
	ln -s /tests "$to/root/tests"
	if [[ ${copies[*]} ]]; then cp -R "${copies[@]}" "$to/root/"; fi
}

# Where the corrected table is kept. The one QEMU makes depends on QEMU itself, on the machine it is asked for, and on
# the buses behind root ports: the table gives their numbers to the SMMU.
iort_archive() {
	local key
	machine_args
	key=$({
		stat -L -c '%n %s %Y' "$(command -v "${qemu[0]}")"
		printf '%s\n' "${qemu[@]}" "${qemu_args[@]}" "$(root_ports)"
	} | sha256sum)
	echo "$state/iort-${key:0:16}.cpio"
}

# An option for each device that is behind a root port of its own.
root_ports() {
	local n
	for n in "${!devices[@]}"; do
		if is_hotplug "$n"; then echo --device=edu,hotplug; fi
	done
}

# correct_iort ARCHIVE: the table comes from the machine itself, which is started once to read it.
correct_iort() {
	local args=() tree=$run/iort/kernel/firmware/acpi
	say "reading the machine's IORT, once"
	mapfile -t args < <(root_ports)
	args+=("${qemu_args[@]/#/--qemu-arg=}")
	mkdir -p "$tree"
	env -u SMMUNEST_VM_QEMU_ARGS "$top/scripts/vm" run --stock-iort --no-bind --kernel "$kernel" "${args[@]}" \
		cat /sys/firmware/acpi/tables/IORT >"$run/iort.stock"
	"$top/scripts/vm.d/iort" <"$run/iort.stock" >"$tree/iort.aml"
	pack "$run/iort" >"$run/iort.cpio"
	mv "$run/iort.cpio" "$1"
}
