# SPDX-License-Identifier: GPL-2.0-or-later
# An archive that depends on nothing but the names and contents of what is in it: the machine unpacks it into its memory,
# and where that lies, and so how long a call takes to the instruction, is then the same at each boot.
# shellcheck shell=bash

# when the machine's time begins, too
first_day=2026-01-01T00:00:00

# pack DIR: a cpio archive of what is in it
pack() (
	cd "$1" || exit
	find . -exec touch -h -d "${first_day}Z" {} +
	find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0
)
