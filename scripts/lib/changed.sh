# SPDX-License-Identifier: GPL-2.0-or-later
# The emulated machine's kernel with one file changed, again and again: the tree stays, and a further image takes a minute.
# Whoever sources this has sourced say.sh and debian.sh.
# shellcheck shell=bash disable=SC2154  # $top and $build are set elsewhere

changed=$build/changed
work=$changed/linux
. "$top/scripts/lib/kernel.sh"

changed_tree() {
	[[ ! -e $changed/ready ]] || return 0
	"$top/scripts/deps" kernel
	mkdir -p "$changed"
	kernel_unpack >"$changed/version"
	kernel_configure
	: >"$changed/ready"
}

# put FILE: stdin becomes that file of the tree. One that is the same already is not written: it would be compiled again.
put() {
	cat >"$changed/new"
	cmp -s "$changed/new" "$work/$1" || cp "$changed/new" "$work/$1"
}

# edit FILE SCRIPT: sed's SCRIPT, which has to change something
edit() {
	local usual=$changed/usual/$1
	[[ -e $usual ]] || { mkdir -p "${usual%/*}" && cp "$work/$1" "$usual"; }
	sed "$2" "$usual" | put "$1"
	! cmp -s "$usual" "$work/$1" || die 70 "$1 of Linux $(<"$changed/version") has become another one: no change by $2"
}

# changed_image NAME [FILE SCRIPT]: builds $changed/Image-NAME, of the tree as it was but for that one edit
changed_image() {
	local file
	changed_tree
	while read -r file; do
		[[ $file == "${2-}" ]] || put "$file" <"$changed/usual/$file"
	done < <(find "$changed/usual" -type f -printf '%P\n' 2>/dev/null || true)
	[[ $# == 1 ]] || edit "$2" "$3"
	say "compiling Linux $(<"$changed/version"), $1"
	kernel_compile "$changed/Image-$1"
}
