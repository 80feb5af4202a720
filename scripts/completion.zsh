#compdef smmunest-ctl
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of smmunest-ctl for zsh: what completion.bash does. All names are asked of the program.

_smmunest_ctl() {
	local -a before names
	local layout unwanted='*=?*'
	before=(${words[2,CURRENT-1]:#-*})
	# the layout whose fields are wanted: the one the command works on, or that of "tlbi-nh-asid:" before the cursor
	case $before[1] in
	alloc | detach) layout=STE ;;
	encode) layout=${(U)before[2]} ;;
	esac
	[[ $PREFIX != *:* ]] || layout=${${(U)PREFIX%%:*}//-/_}
	compset -P '*[:,]'
	# a field first, its values when it is there
	[[ $PREFIX != *=* ]] || unwanted='*='
	names=(${(f)"$(smmunest-ctl --dump-cli 2>/dev/null | awk -F '\t' -v command="$before[1]" -v layout="$layout" '
		/^@/ { if (layout != "" && $1 == "@" layout) print $2; next }
		$1 == "" { print $2; next }
		command == "" { if ($2 == "") print $1; next }
		$1 == command && $2 != "" { print $2 }
	')"})
	names=(${names:#$~unwanted})
	compadd -S '' -- ${(M)names:#*=}
	compadd -- ${names:#*=}
}

_smmunest_ctl "$@"
