# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # exec sets the numbers of the files
# Asks QEMU's monitor, through the FIFOs that its chardev "pipe" has.

# qmp_open PATH: of the FIFOs, without .in and .out
qmp_open() {
	exec {qmp_in}<>"$1.in" {qmp_out}<>"$1.out"
	qmp_asked=0 answer=
	qmp qmp_capabilities
}

# qmp COMMAND [ARGUMENTS]: the answer to it, in $answer
qmp() {
	local id=ask-$((++qmp_asked))
	printf '{"execute":"%s","arguments":%s,"id":"%s"}\n' "$1" "${2-"{}"}" "$id" >&"$qmp_in"
	until [[ $answer == *"\"id\": \"$id\""* ]]; do read -r answer <&"$qmp_out"; done
}
