# SPDX-License-Identifier: GPL-2.0-or-later
# How the scripts talk: progress and errors go to stderr, results to stdout.
# shellcheck shell=bash

# The first word of every message: who speaks.
me=${0##*/}

# The repository, and the folder for everything that can be made again.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$top/build

say() {
	printf '%s: %s\n' "$me" "$*" >&2
}

# die STATUS MESSAGE...
die() {
	local status=$1
	shift
	say "$@"
	exit "$status"
}

# logged COMMAND...: runs COMMAND with its chatter in $log; the end of it is shown if COMMAND fails.
log=$build/log/$me
logged() {
	mkdir -p "$(dirname "$log")"
	"$@" </dev/null >"$log" 2>&1 && return
	say "failed: $*"
	tail -n 15 "$log" | sed 's/^/    /' >&2
	say "the whole log is $log"
	return 1
}
