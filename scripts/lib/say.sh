# SPDX-License-Identifier: GPL-2.0-or-later
# How the scripts talk: progress and errors go to stderr, results to stdout.
# shellcheck shell=bash

# A failure inside $(...) is one, too.
shopt -s inherit_errexit

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
	local status=0 ticker
	mkdir -p "$(dirname "$log")"
	tick &
	ticker=$!
	"$@" </dev/null >"$log" 2>&1 || status=$?
	kill "$ticker"
	wait "$ticker" 2>/dev/null || true
	((status)) || return 0
	say "failed: $*"
	tail -n 15 "$log" | sed 's/^/    /' >&2
	say "the whole log is $log"
	return $status
}

# Minutes of silence would look like a fault: every 15 s it is told what COMMAND is at. (A sleep would outlive the kill.)
tick() {
	local never line since=$SECONDS
	exec {never}<> <(:)
	until read -r -t 15 -u "$never" || ! kill -0 $$ 2>/dev/null; do
		line=$(tail -n 1 "$log" | cut -c 1-100)
		say "$((SECONDS - since)) s${line:+: $line}"
	done
}
