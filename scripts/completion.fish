# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of smmunest-ctl for fish: what completion.bash does. All names are asked of the program.

# The layout whose fields are wanted: that of "tlbi-nh-asid:" before the cursor, or the one the command works on.
function __smmunest_ctl_layout --argument-names command first token
	if string match --quiet '*:*' -- $token
		string replace --regex ':.*' '' -- $token | string upper | string replace --all -- - _
		return
	end
	switch $command
		case alloc detach
			echo STE
		case encode
			string upper -- $first
	end
end

function __smmunest_ctl
	set -l before (commandline --tokenize --current-process --cut-at-cursor)
	set -l token (commandline --current-token --cut-at-cursor)
	set -l words (string match --invert -- '-*' $before[2..])
	set -l layout (__smmunest_ctl_layout "$words[1]" "$words[2]" "$token")
	set -l part (string replace --regex '^.*[:,]' '' -- $token)
	# a field first, its values when it is there
	set -l unwanted '=.'
	string match --quiet '*=*' -- $part; and set unwanted '=$'
	smmunest-ctl --dump-cli 2>/dev/null | awk -F '\t' -v command="$words[1]" -v layout="$layout" '
		/^@/ { if (layout != "" && $1 == "@" layout) print $2; next }
		$1 == "" { print $2; next }
		command == "" { if ($2 == "") print $1; next }
		$1 == command && $2 != "" { print $2 }
	' | grep -v $unwanted | string replace --regex '^' (string replace --regex '[^:,]*$' '' -- "$token")
end

complete --command smmunest-ctl --no-files --arguments '(__smmunest_ctl)'
