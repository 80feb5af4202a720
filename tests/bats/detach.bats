# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=hw
# detach: every promise of the kernel as a check.
# shellcheck disable=SC2016  # '$names' are jq's

load helper

setup() {
	need_nesting
}

@test "detach --via=ioctl: every check holds, and the time line tells every ioctl" {
	ctl 0 detach --via=ioctl --while=idle
	holds '.result.checks | length >= 5 and all(keys == ["name", "ok", "why"] and .ok and .why == "")' \
		'.result.timeline | all((.ns | type == "number") and (.source | type == "string") and (.what | type == "string"))' \
		'[.result.timeline[].ns] | . == sort and .[0] >= 0' \
		'[.result.timeline[].what] | index("VFIO_DEVICE_ATTACH_IOMMUFD_PT ok") < index("IOMMU_DESTROY EBUSY")
			and index("IOMMU_DESTROY EBUSY") < index("VFIO_DEVICE_DETACH_IOMMUFD_PT ok")' '.error == null'
}

@test "detach: from a translating STE, with both queues" {
	ctl 0 detach --veventq --faultq --vsid=0x42 Cfg=s1 S1ContextPtr=0x40001000
	holds '.result.checks | all(.ok)' '[.result.steps[].object] | contains(["veventq", "faultq"])'
}

@test "detach --repeat: the device can be taken and given back again and again" {
	ctl 0 detach --repeat=3
	holds '.result.repeated == 3' '.result.checks | all(.ok)' '.result.checks[-1].name == "nothing is left behind"' \
		'[.result.left[] | select(.what == "objects" or .what == "children") | .first == .last] == [true, true]'
}

@test "detach --via=ioctl: the device is closed in the right order, and in the wrong one" {
	ctl 0 detach
	holds '[.result.checks[].name] | index("no number is kept") and index("a vDEVICE left alive keeps its number")
			and index("every object goes away") and (index("the kernel asks for the device") | not)' \
		'[.result.timeline[] | select(.source == "act").what] | length == 2'
}

# at_work ARGUMENT...: the same while the device moves memory
at_work() {
	status=0
	output=$(smmunest-ctl --json detach "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	[[ $status != 4 ]] || skip "nothing makes $SMMUNEST_DEVICE move memory: $stderr"
	[[ $status == 0 ]] || fail "$stderr $output"
}

@test "detach --while=dma: nothing arrives once the device is detached" {
	at_work --while=dma
	holds '.result.checks | all(.ok)' '[.result.checks[].name] | contains(["DMA does what the tables say", "DMA is blocked",
			"what was under way does not arrive", "no event comes any more", "DMA does so again"])' \
		'.result.via == "ioctl" and .result.while == "dma"' '.result.source != "edu" or .backend == "model" or .result.under_way'
}

@test "detach --while=faulting: events come until it is detached" {
	at_work --while=faulting --vsid=0x42
	holds '.result.checks | all(.ok)' '[.result.checks[].name] | index("a fault comes as an event") != null' \
		'[.result.timeline[] | select(.source == "vevent").what] | any(startswith("F_TRANSLATION SID=0x42"))' \
		'.result.timeline | (map(.source == "vevent") | rindex(true)) as $last
			| (map(.what == "VFIO_DEVICE_DETACH_IOMMUFD_PT ok") | indices(true)) as $detach
			| $last < $detach[1]'
}

@test "detach: a source that cannot be asked for a transfer in the background is no failure" {
	ctl 4 detach --while=dma --dma=exec:true
	holds '.error.causes[0].id == "detach.source"'
}

# away WAY STATE: the device is taken from us, and comes back to vfio-pci
away() {
	need_kernel "taking devices away is the driver core's, which it has not"
	at_work --via="$1" --while="$2"
	holds '.result.checks | all(.ok)' '[.result.checks[].name] | contains(["the kernel asks for the device", "the device attaches again", "uevents come in order",
			"the device is away", "its driver is back", "it opens and attaches again", "the kernel warns of nothing"])' \
		'[.result.timeline[].ns] | . == sort' '.result.witnesses | .uevent == "heard" and .req == "heard"' \
		'def at($s; $w): map(.source == $s and (.what | startswith($w))) | index(true);
			.result.timeline | at("child"; "writes") < at("req"; "") and at("req"; "") < at("act"; "the device is closed")
			and at("act"; "the device is closed") < at("uevent"; "unbind pci")
			and at("uevent"; "remove vfio-dev") < at("uevent"; "unbind pci")
			and at("uevent"; "unbind pci") < at("uevent"; "bind pci")' \
		'.result.timeline | any(.source == "log" and (.what | contains("Relaying device request")))'
	[[ $(readlink "/sys/bus/pci/devices/$SMMUNEST_DEVICE/driver") == */vfio-pci ]]
	! grep -qsx smmunest-ctl /proc/[0-9]*/comm
}

@test "detach --via=unbind: the driver is told to let go" {
	away unbind idle
}

@test "detach --via=unbind --while=dma" {
	away unbind dma
}

@test "detach --via=remove: Linux is told to forget the device" {
	away remove idle
	holds '[.result.timeline[] | select(.source == "uevent").what] | any(startswith("remove pci"))'
}

@test "detach --via=remove --while=faulting" {
	away remove faulting
}

@test "detach --via=unbind --repeat: again and again" {
	need_kernel "taking devices away is the driver core's, which it has not"
	ctl 0 detach --via=unbind --repeat=3
	holds '.result.repeated == 3' '.result.checks | all(.ok)'
}

@test "detach: stopped while the kernel waits for us, the device is given back and no child is left" {
	need_kernel "nothing waits for it"
	for signal in INT TERM HUP; do
		env --default-signal=INT smmunest-ctl --json detach --via=unbind --while=dma >/dev/null 2>&1 3>&- &
		pid=$!
		node=/sys/bus/pci/devices/$SMMUNEST_DEVICE/vfio-dev
		for _ in {1..200}; do [[ -e $node ]] || break; sleep 0.05; done
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		assert_equal "$status" $((128 + $(kill -l $signal)))
		[[ $(readlink "/sys/bus/pci/devices/$SMMUNEST_DEVICE/driver") == */vfio-pci ]]
		run ! grep -qsx smmunest-ctl /proc/[0-9]*/comm
	done
}

@test "detach --via=unplug: without a slot there is nothing to switch off" {
	need_kernel "it has no slots"
	! grep -qs "${SMMUNEST_DEVICE%.*}" /sys/bus/pci/slots/*/address || skip "$SMMUNEST_DEVICE is in a slot"
	ctl 4 detach --via=unplug
	holds '.error.causes[0].id == "detach.way"'
}

@test "detach: only the kernel takes devices away" {
	ctl 4 --backend=model detach 00:02.0 --via=remove
	holds '.error.causes[0].id == "detach.model"'
}

@test "detach: mistakes in its options" {
	usage_error detach --via=hammer
	says "*--via: 'hammer'*ioctl, unbind, remove, unplug*"
	usage_error detach --while=asleep
	says "*--while: 'asleep'*idle, dma, faulting*"
	usage_error detach --beside=elsewhere
	usage_error detach --repeat=0
}

@test "detach: a chain that cannot be built is the kernel's refusal, not a failed check" {
	ctl 2 detach --vsid=none Cfg=s1
	holds '.error.name == "ENOENT"' '.result.checks | all(.ok)'
}
