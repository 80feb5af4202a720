# SPDX-License-Identifier: GPL-2.0-or-later
# The emulated machine's kernel from Debian's source. Whoever sources this has set $work, the folder of the tree, and
# sourced say.sh and debian.sh.
# shellcheck shell=bash disable=SC2154  # $top and $work are set elsewhere

config=$top/scripts/kernel.config

# Linux as Debian packs it, an archive under $work, and its version on stdout: the metapackage has that of the newest
# source.
kernel_archive() {
	local version series
	debian_root_newest
	version=$(debian_newest linux-source)
	series=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$version")
	say "fetching the source of Linux $version (about 160 MB)"
	debian_unpack "$work" "linux-source-$series=$version"
	echo "$version"
}

# The tree, and its version on stdout.
kernel_unpack() {
	kernel_archive
	say "unpacking it"
	logged tar -xJf "$work"/usr/src/linux-source-*.tar.xz -C "$work" --strip-components=1
}

kmake() {
	make -C "$work" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KBUILD_BUILD_USER=smmunest \
		KBUILD_BUILD_HOST=smmunest "$@"
}

kernel_configure() {
	local option
	logged kmake tinyconfig
	cat "$config" >>"$work/.config"
	logged kmake olddefconfig
	while read -r option; do
		grep -qx "$option" "$work/.config" || say "this kernel does not have $option"
	done < <(grep '=y$' "$config")
}

# kernel_compile IMAGE: the tree as it is, and what comes of it in IMAGE
kernel_compile() {
	logged kmake "-j$(nproc)" Image
	cp "$work/arch/arm64/boot/Image" "$1.new"
	mv "$1.new" "$1"
}
