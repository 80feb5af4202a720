# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# A signal after everything that a command asks of the machine, one at a time: whenever it comes, all is undone. SMMUNEST_EVERY=1 tries
# each point with each signal; without it a real kernel is tried at some of them: each 11th, or the more the closer to the beginning where
# most of the calls ask a device whether it is done.
# shellcheck disable=SC2154  # $status is bats'

load helper

setup() {
	need_nesting
	cd "$BATS_TEST_TMPDIR" || return
	step=1 times=1
	on_model || [[ ${SMMUNEST_EVERY-} ]] || step=11
}

# at SIGNAL N: the command of the test, with that; its exit status is $ended
at() {
	ended=0
	SMMUNEST_SIGNAL=$1:$2 smmunest-ctl --trace=trace "${command[@]}" >/dev/null 2>said 3>&- 4>&- || ended=$?
}

# whole: without a signal all is well, and $calls is how many calls it makes
whole() {
	at HUP 1000000
	calls=$(sed -n 's/.*it never came, for there were \([0-9]*\) calls$/\1/p' said)
	{ [[ $ended == 0 && $calls ]] && is_undone; } || batslib_decorate "${command[*]}: exit status $ended" <said | fail
}

# Everything that was made is destroyed, or has gone with its device; what was attached is detached: so the trace tells.
is_undone() {
	local line attached=0 live=()
	local made='^IOMMU_[A-Z_]*_ALLOC.*\}\) = 0 \{out_[a-z]*_id=([0-9]+)' gone='^IOMMU_DESTROY\(.*id=([0-9]+)\}\) = (0|-1 ENOENT) '
	while read -r line; do
		if [[ $line =~ $made ]]; then
			live[BASH_REMATCH[1]]=1
		elif [[ $line =~ $gone ]]; then
			unset "live[${BASH_REMATCH[1]}]"
		elif [[ $line == VFIO_DEVICE_*TACH_IOMMUFD_PT*"}) = 0 "* ]]; then
			attached=0
			[[ $line == *_DETACH_* ]] || attached=1
		fi
	done <trace
	[[ ${#live[@]} == 0 && $attached == 0 ]]
}

# one SIGNAL N: what is wrong is in $wrong
one() {
	at "$1" "$2"
	# how often one asks whether a device is done is not always the same
	[[ $ended != 0 || $(<said) != *"it never came"* ]] || return 0
	[[ $ended == $((128 + $(kill -l "$1"))) ]] || wrong+="$1 after call $2: exit status $ended"$'\n'
	is_undone || wrong+="$1 after call $2: not undone"$'\n'
	points=$((points + 1))
}

# What waits for a device is tried at some points only.
some() {
	[[ ! ${SMMUNEST_EVERY-} ]] || return 0
	if on_model; then step=7; else step=1 times=3; fi
}

# sweep LEAST ARGUMENT...: of a command that makes that many calls at least
sweep() {
	local least=$1 n signal wrong="" points=0 calls all=(HUP INT TERM) chosen
	command=("${@:2}")
	whole
	((calls >= least)) || fail "${command[*]}: only $calls calls"
	for ((n = 1; n <= calls; n = n * times + step)); do
		chosen=("${all[points % 3]}")
		[[ ! ${SMMUNEST_EVERY-} ]] || chosen=("${all[@]}")
		for signal in "${chosen[@]}"; do one "$signal" "$n"; done
	done
	((points >= 5))
	[[ -z $wrong ]] || batslib_decorate "${command[*]}: of $calls calls" <<<"$wrong" | fail
	echo "# ${command[*]}: $calls calls, $points points, 0 wrong outcomes" >&3
	whole
}

@test "signals: alloc undoes all whenever one comes" {
	sweep 40 alloc --attach Cfg=bypass
}

@test "signals: inval undoes all whenever one comes" {
	sweep 40 inval tlbi-nh-all
}

@test "signals: dma undoes all whenever one comes" {
	some
	sweep 80 dma
}

@test "signals: detach undoes all whenever one comes" {
	some
	sweep 100 detach --while=dma
}

@test "signals: which, and when, is said in two words" {
	for wrong in INT INT: INT:0 INT:x INT:-1 INT:1x FOO:1 :1 INT:99999999999999999999999; do
		SMMUNEST_SIGNAL=$wrong run -64 --separate-stderr smmunest-ctl alloc
		says "SMMUNEST_SIGNAL='$wrong' is not a signal"
	done
}
