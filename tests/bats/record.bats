# SPDX-License-Identifier: GPL-2.0-or-later
# What is recorded answers the same again: without a machine, without root, and not a word that was not said.
# shellcheck disable=SC2154,SC2016  # bats sets $status; jq's and the machine's $

load helper

setup() {
	export SMMUNEST_BACKEND=model:qemu
	cd "$BATS_TEST_TMPDIR" || return
}

# said FILE: without the line that tells who answered
said() {
	sed '/^model  /d; /^replay  /d; /^# model /d; /^# replay /d' "$1"
}

# alike STATUS COMMAND...: recorded, and replayed to the same words and the same document
alike() {
	local expected=$1 status=0
	shift
	smmunest-ctl --record=rec "$@" >text 2>words || status=$?
	assert_equal "$status" "$expected"
	status=0
	smmunest-ctl --backend=replay:rec "$@" >text.again 2>words.again || status=$?
	assert_equal "$status" "$expected"
	diff <(said text) <(said text.again)
	diff <(said words) <(said words.again)
	grep -q '^replay  ' text.again || grep -q '^# replay ' text.again || grep -q '^replay  ' words.again
}

# alike_in_json STATUS COMMAND...: but for the times of a model's cases, which are those of the process that runs them
alike_in_json() {
	local expected=$1 status=0
	shift
	smmunest-ctl -j --record=rec "$@" >json 2>/dev/null || status=$?
	assert_equal "$status" "$expected"
	status=0
	smmunest-ctl -j --backend=replay:rec "$@" >json.again 2>/dev/null || status=$?
	assert_equal "$status" "$expected"
	diff <(jq -c 'del(.backend, .ns)' json) <(jq -c 'del(.backend, .ns)' json.again)
	jq -es 'all(.backend == "replay")' <(head -n 1 json.again)
}

@test "record: what commands say is said again" {
	alike 0 info
	alike 0 alloc --attach Cfg=s1 S1ContextPtr=0x40001000
	alike 2 alloc --attach --vsid=none Cfg=s1 S1ContextPtr=0x40001000
	alike 2 inval --force tlbi-nh-all cfgi-cd-all:SID=77
	alike 0 dma
	alike 0 dma 0000:00:03.0
	alike 1 dma --break=s2-hole
	alike 0 msi 0000:00:03.0
	alike 0 detach --while=dma
	alike 0 script "$BATS_TEST_DIRNAME/../scripts/machines/peer.script"
	alike_in_json 0 info
	alike_in_json 2 inval --force tlbi-nh-all cfgi-cd-all:SID=77
	alike_in_json 0 msi 0000:00:03.0
}

@test "record: so is run, with all its processes and threads" {
	alike 0 run
	alike 0 run --repeat=2 'concurrency.*' object.destroy.busy
	SMMUNEST_BACKEND=model:lax-map.access alike 1 run 'map.*'
	alike_in_json 0 run 'object.*' 'dma.*'
	# memory comes and goes
	alike 0 detach --while=dma --repeat=40
}

@test "record: the device is the one that was recorded" {
	SMMUNEST_DEVICE=0000:00:03.0 smmunest-ctl --record=rec info >/dev/null
	SMMUNEST_DEVICE=0000:00:03.0 smmunest-ctl --record=rec alloc >text
	SMMUNEST_DEVICE=0000:77:00.0 run -0 smmunest-ctl --backend=replay:rec alloc
	assert_output --partial bdf=0000:00:03.0
}

@test "record: a line is a call, and none has an address of the process" {
	smmunest-ctl --record=rec dma >/dev/null
	jq -es '.[0] | .recording == 1 and .command == "dma" and .backend == "model" and .model == "qemu" and .page > 0' rec
	jq -es '.[1:] | all(has("call") and has("ret"))' rec
	jq -es 'any(.call == "ioctl" and .op == "IOMMU_IOAS_MAP" and (.arg.user_va | test("^map[0-9]+[+]0x")))' rec
	jq -es 'any(.memory | length > 0)' rec
	run -1 grep -oE '0x(55|56|7f)[0-9a-f]{10}\b' rec
}

# departs TEXT COMMAND...: it ends with 70 and says where
departs() {
	local expected=$1
	shift
	run -70 --separate-stderr smmunest-ctl --backend=replay:rec "$@"
	[[ $stderr =~ $expected ]] || fail "$stderr"
}

@test "replay: where the program asks otherwise is told with both calls" {
	smmunest-ctl --record=rec alloc Cfg=s1 S1ContextPtr=0x40001000 >/dev/null
	line=$(grep -n '"op":"IOMMU_HWPT_ALLOC".*"behind":' rec | cut -d: -f1)
	departs "rec:$line: recorded is .*IOMMU_HWPT_ALLOC.*, and asked is .*IOMMU_HWPT_ALLOC" alloc Cfg=s1 S1ContextPtr=0x40002000
	departs 'rec:[0-9]+: recorded is .*, and asked is ' info
	# nothing more than was recorded
	head -n -3 rec >short
	mv short rec
	departs 'rec: the recording ends, and asked is ' alloc Cfg=s1 S1ContextPtr=0x40001000
	# a case of run says so, and fails
	smmunest-ctl --record=rec run object.destroy.busy copy.whole >/dev/null
	sed -i '/"stream":"object.destroy.busy"/{0,/"op":"IOMMU_DESTROY"/s/"ret":-16/"ret":0/}' rec
	run -1 smmunest-ctl --backend=replay:rec run object.destroy.busy copy.whole
	assert_output --partial 'not ok 1 object.destroy.busy'
	assert_output --partial 'ok 2 copy.whole'
}

# refused LINE TEXT: what is in the file rec is no recording, by that line and reason
refused() {
	run -64 --separate-stderr smmunest-ctl --backend=replay:rec info
	[[ $stderr == *"rec:$1: "*"$2"* ]] || fail "$stderr"
}

@test "replay: a damaged recording is refused, with line and reason" {
	smmunest-ctl --record=good info >/dev/null
	: >rec; refused 1 'it is empty'
	echo '[]' >rec; refused 1 'it is no line of JSON'
	echo '{}' >rec; refused 1 'it is no recording'
	sed '1s/"recording":1/"recording":2/' good >rec; refused 1 'recording of version 2'
	sed '1s/"page":[0-9]*/"page":65536/' good >rec; refused 1 'pages of 65536 bytes'
	sed '5s/"/\x27/' good >rec; refused 5 'it is no line of JSON'
	sed '5s/$/}/' good >rec; refused 5 'it is no line of JSON'
	sed '7s/"call":"[a-z]*"/"call":"reboot"/' good >rec; refused 7 '"call"'
	sed '7s/"ret":[-0-9]*/"ret":"0"/' good >rec; refused 7 '"ret"'
	sed '7s/"ret"/"memory":[[1,0]],"ret"/' good >rec; refused 7 'memory'
	head -c 3000 good >rec; refused "$(head -c 3000 good | grep -c '')" 'it is no line of JSON'
	printf 'a\0b' >rec
	run -64 smmunest-ctl --backend=replay:rec info
	assert_output --partial 'it is no text'
	run -64 smmunest-ctl --backend=replay:/nowhere info
	assert_output --partial 'No such file'
	run -64 smmunest-ctl --backend=replay info
	run -64 smmunest-ctl --backend=replay:. info
}

@test "replay: a hostile recording ends where it lies" {
	smmunest-ctl --record=good alloc --attach Cfg=s1 S1ContextPtr=0x40001000 >/dev/null
	n=$(grep -n '"op":"IOMMU_HWPT_ALLOC"' good | head -n 1 | cut -d: -f1)
	sed "${n}s/\"got\":{/&\"nonsense\":\"0x1\",/" good >rec
	departs "rec:$n: a member of \"got\"" alloc --attach Cfg=s1 S1ContextPtr=0x40001000
	sed "${n}s/\"ret\":/\"memory\":[[1,99999999,\"00\"]],&/" good >rec
	departs "rec:$n: memory" alloc --attach Cfg=s1 S1ContextPtr=0x40001000
	sed "${n}s/\"ret\":/\"memory\":[[-1,0,\"0g\"]],&/" good >rec
	departs "rec:$n: memory" alloc --attach Cfg=s1 S1ContextPtr=0x40001000
	n=$(grep -n '"call":"read"' good | head -n 1 | cut -d: -f1)
	sed "${n}s/\"ret\":[0-9]*/\"ret\":30/" good >rec
	departs "rec:$n: \"out\"" alloc --attach Cfg=s1 S1ContextPtr=0x40001000
	sed "${n}s/\"out\":\"/&$(printf '%0100000d' 0)/" good >rec
	departs "rec:$n: \"out\"" alloc --attach Cfg=s1 S1ContextPtr=0x40001000
}

@test "record: what cannot be written is told" {
	run -70 smmunest-ctl --record=/nowhere/rec info
	assert_output --partial '--record: /nowhere/rec: No such file'
	run -70 smmunest-ctl --record=/dev/full info
	assert_output --partial 'not all could be written'
	smmunest-ctl --record=rec info >/dev/null
	run -64 smmunest-ctl --backend=replay:rec --record=other info
}

# bats test_tags=vm
@test "record: a failing run of one machine is diagnosed alike on another, without root" {
	need_vm
	unset SMMUNEST_BACKEND
	"$top/scripts/vm" run --timeout 300 --device edu 'cd $OUT
		ulimit -l 64
		setpriv --bounding-set -ipc_lock,-sys_resource smmunest-ctl -j=failing.json --record=failing.rec run "map.*" "copy.*" >failing.text
		echo $? >failing.status
		smmunest-ctl --record=refused.rec alloc --attach --vsid=none Cfg=s1 S1ContextPtr=0x40001000 >refused.text 2>refused.words
		echo $? >refused.status
		smmunest-ctl --record=detach.rec detach --via=unbind --while=dma >detach.text 2>detach.words
		echo $? >detach.status
		smmunest-ctl -j=whole.json --record=whole.rec run >whole.text
		echo $? >whole.status'
	cp "$top"/build/vm/out/* .
	mapfile -t them < <(cat failing.status refused.status detach.status whole.status)
	assert_equal "${them[*]}" "1 2 0 0"
	local nobody=()
	[[ $EUID != 0 ]] || nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	other() { status=0; "${nobody[@]}" smmunest-ctl "$@" || status=$?; }
	# who is nobody has to reach the files
	for dir in . .. ../..; do chmod o+rx "$BATS_TEST_TMPDIR/$dir" 2>/dev/null || true; done
	mkdir -m 777 seen
	for run in failing whole; do
		patterns=()
		[[ $run == whole ]] || patterns=('map.*' 'copy.*')
		other -j=seen/$run.json --backend=replay:$run.rec run "${patterns[@]}" >$run.again
		assert_equal "$status" "$(<$run.status)"
		diff <(said $run.text) <(said $run.again)
		diff <(sed 's/"backend":"kernel"/"backend":"replay"/' $run.json) seen/$run.json
	done
	grep -q RLIMIT_MEMLOCK failing.again
	other --backend=replay:refused.rec alloc --attach --vsid=none Cfg=s1 S1ContextPtr=0x40001000 >refused.again 2>words
	assert_equal "$status" 2
	diff refused.text <(said refused.again)
	diff refused.words <(said words)
	other --backend=replay:detach.rec detach --via=unbind --while=dma >detach.again 2>words
	assert_equal "$status" 0
	diff detach.text <(said detach.again)
}
