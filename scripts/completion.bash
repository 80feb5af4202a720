# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of smmunest-ctl for bash. Everything it knows it asks of the program: commands, options, the fields of
# the tables and their values.
# shellcheck shell=bash

# The names that may stand where the cursor is, for the command and the layout at hand.
_smmunest_ctl_names() {
	local command=$1 layout=$2
	smmunest-ctl --dump-cli 2>/dev/null | awk -F '\t' -v command="$command" -v layout="$layout" '
		/^@/ { if (layout != "" && $1 == "@" layout) print $2; next }
		$1 == "" { print $2; next }
		command == "" { if ($2 == "") print $1; next }
		$1 == command && $2 != "" { print $2 }
	'
}

# The layout whose fields are wanted: that of "tlbi-nh-asid:" before the cursor, or the one the command works on.
_smmunest_ctl_layout() {
	local word
	case $1 in
	alloc | detach) echo STE ;;
	encode) echo "${2^^}" ;;
	esac
	word=${3%%:*}
	[[ $3 != *:* ]] || tr a-z- A-Z_ <<<"$word"
}

_smmunest_ctl() {
	local line=${COMP_LINE:0:COMP_POINT} word command='' first='' part layout i unwanted
	word=${line##* }
	for i in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $i != -* ]] || continue
		if [[ ! $command ]]; then command=$i; elif [[ ! $first ]]; then first=$i; fi
	done
	layout=$(_smmunest_ctl_layout "$command" "$first" "$word" | tail -n 1)
	part=${word##*[:,]}
	# a field first, its values when it is there
	unwanted='=.'
	[[ $part != *=* ]] || unwanted='=$'
	mapfile -t COMPREPLY < <(compgen -W "$(_smmunest_ctl_names "$command" "$layout")" -- "$part" | grep -v "$unwanted")
	# bash replaces only what follows the last = or :
	[[ $part != *=* ]] || COMPREPLY=("${COMPREPLY[@]#*=}")
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
}

complete -F _smmunest_ctl smmunest-ctl
