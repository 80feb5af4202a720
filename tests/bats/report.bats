# SPDX-License-Identifier: GPL-2.0-or-later
# report: a page of what the tool wrote of a machine, or of two.
# shellcheck disable=SC2016,SC2154  # '$p' is jq's; $output, $stderr, $status are bats'

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	{ told qemu info; told qemu run hwinfo attach.replace attach.fault-capable; told qemu bench -n 20 --hist; } >of-model.json
	# what the same would be of a kernel's whole suite
	jq -c 'del(.model) | (select(.backend) | .backend) = "kernel" | (select(.left_out) | .left_out) = 0' of-model.json >machine.json
}

setup() {
	unset SMMUNEST_DEVICE
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/*.json .
}

# told MODEL ARGUMENT...: what the tool writes of it
told() {
	smmunest-ctl -q --backend="model:$1" --json "${@:2}"
}

# page FILE...: in the file page, which has to be well-formed
page() {
	smmunest-ctl report "$@" >page
	xmllint --noout page
}

# shows EXPRESSION...: each XPath expression is true of the page
shows() {
	local e
	for e; do
		[[ $(xmllint --xpath "boolean($e)" page) == true ]] || fail "not in the page: $e"
	done
}

# verdict CLASS HEADING JQ: what the page says of a machine that JQ has changed
verdict() {
	jq -c "$3" machine.json >changed.json
	page changed.json
	shows "//div[@class='verdict $1']/p[@class='answer'][.='$2']"
}

@test "report: all that the files tell is there" {
	page machine.json
	diff <(sed 's/machine.json/-/' page) <(smmunest-ctl report - <machine.json)
	shows '//h2[.="The suite"]' '//h2[.="Times"]' '//h2[.="The machine"]' 'count(//article) = 2' \
		"count(//details[summary='Every case']//tr) = 1 + $(smmunest-ctl run -l hwinfo attach.replace attach.fault-capable | wc -l)" \
		'//tr[td[1]="needs stall: IDR0.STALL_MODEL is 1"]/td[2][.="attach.fault-capable"]' \
		'//div[@class="good"][b>1]/span[.="passed"]' '//p[@class="register"][strong="IDR1"]/span[starts-with(., "SIDSIZE 16")]'
	# a row, a histogram of as many columns, and a point for each, as the document has them
	rows=$(jq -s 'map(select(.command == "bench"))[0].result | (.rows | length), (.rows | map(.histogram | length) | add), (.cost.points | length)' \
		machine.json)
	read -rd '' rows bars points <<<"$rows" || true
	shows "count(//h2[.='Times']/following-sibling::div[1]//tr) = 1 + $rows" "count(//figure) = $rows" \
		"count(//rect[@class='bar']) = $bars" "count(//svg[@class='plot'][1]/circle) = $points" 'count(//path[@class="curve"]) = 1'
	# files of one machine are as good as one file
	for kind in info run bench; do
		jq -c "select(.command == \"$kind\" or (.event and \"$kind\" == \"run\"))" machine.json >$kind.json
	done
	cp page one
	page info.json run.json bench.json
	diff <(sed 's/info.json, run.json, bench.json/machine.json/' page) one
	diff <(smmunest-ctl report -o - machine.json) <(smmunest-ctl report machine.json)
	smmunest-ctl report -o file machine.json >stdout
	cmp file one
	[[ ! -s stdout ]]
}

@test "report: it fetches nothing and runs nothing" {
	page machine.json machine.json
	shows 'not(//script | //link | //img | //iframe | //object | //base | //@style | //@href | //@src | //@*[starts-with(name(), "on")])' \
		'//meta[@http-equiv="Content-Security-Policy"][starts-with(@content, "default-src '"'none'"'")]'
	run ! grep -iE 'url\(|@import|[a-z]+://' page
}

@test "report: the verdict is no yes as long as anything is in doubt" {
	verdict good 'Nested translation works here' .
	verdict bad 'Nested translation is wrong here' '(select(.name == "hwinfo.flags") | .status) = "fail"'
	verdict bad 'Nested translation is wrong here' '(select(.name == "attach.replace") | .status) = "timeout"'
	verdict bad 'This machine cannot nest' '(select(.command == "info") | .result.devices[].nesting.verdict) = "no"'
	verdict unsure 'The suite did not come to its end' 'select(.event != "totals")'
	verdict unsure 'The suite did not come to its end' 'select(.name != "hwinfo.flags")'
	verdict unsure 'Nesting could not be tried' '(select(.name == "attach.replace") | .status) = "skip"'
	verdict unsure 'A part of the suite passes' '(select(.left_out) | .left_out) = 3'
	verdict unsure 'A part of the suite passes' 'del(.left_out)'
	verdict unsure 'No real kernel was tried' '(select(.backend) | .backend) = "model"'
	verdict good 'This machine can nest' 'select(.event == null)'
	verdict unsure 'Cannot tell whether this machine can nest' \
		'select(.event == null) | (select(.command == "info") | .result.devices[].nesting.verdict) = "cannot tell"'
	verdict unsure 'Only times' 'select(.command == "bench")'
	# what failed once, and what was cut off once, is not mended by another round
	jq -c 'select(.event)' machine.json >again.json
	for change in '(select(.name == "hwinfo.flags") | .status) = "fail"' 'select(.event != "totals")'; do
		{ jq -c "select(.event) | $change" machine.json; cat again.json; } >twice.json
		page twice.json
		shows 'not(//div[@class="verdict good"])'
	done
	page of-model.json
	shows '//p[@class="model"][.="model qemu answered, no real kernel"]' 'not(//div[@class="verdict good"])'
}

@test "report: of a case that fails there is what run said" {
	told lax-hwinfo.flags run hwinfo >bad.json || [[ $? == 1 ]]
	page bad.json
	shows '//article[@class="case"]/h3[contains(., "hwinfo.flags")]/span[.="fail"]' \
		'//article[@class="case"]/pre[contains(., "again: smmunest-ctl --backend=model:lax-hwinfo.flags run")]'
}

@test "report: two machines, and what compare finds" {
	jq -c '(select(.kernel) | .kernel.release) = "7.4.0" | (select(.command == "info") | .result.devices[].idr[1]) = "0x0e739d18" |
		(select(.name == "hwinfo.flags") | .status) = "fail" | (select(.command == "bench") | .result.rows[0]) |=
		(.p50_ns *= 3 | .p50_low_ns = .p50_ns | .p50_high_ns = .p50_ns)' machine.json >other.json
	page machine.json other.json
	shows 'count(//header) = 2' '//h2[.="A and B"]' '//tr[td[1]="IDR1.SSIDSIZE"]' 'count(//section[h2="A and B"]//tr[count(td) > 6]) = 0' \
		'//tr[td="hwinfo.flags" and td[2]="pass" and td[3]="fail"]' '//tr[td[1]="hwinfo" and td[6]="slower"]/td[.="3.000"]' \
		'count(//svg[@class="where"]) = '"$(jq -s 'map(select(.command == "bench"))[0].result.rows | length' machine.json)"
	# as many columns as heads, everywhere
	shows 'not(//tr[1][count(../tr[2]/td) > 0 and count(../tr[2]/td) != count(th)])'
	# nothing in common is no mistake: they stand side by side
	jq -c 'select(.command == "info")' machine.json >info.json
	jq -c 'select(.command == "bench") | .kernel.release = "7.4.0"' machine.json >bench.json
	page info.json bench.json
	shows 'count(//header) = 2' 'not(//h2[.="A and B"])'
	ctl 64 report machine.json other.json machine.json
	holds '.error.causes[0].text | test("machine.json is of a third machine")'
}

# what would do harm in a page, if it were taken for more than text
hostile='\"><script>alert(1)</script><b onload='"'x'"'>&lt;&#0;]]>\u0001\u007f\ufffe\ud83d\ude00<!--'

# variants JQ: the documents of a machine, one value of each kind of place in them changed by JQ, in a file each; one field,
# one option of the configuration stands for all
variants() {
	jq -sr '. as $all | [[paths] | unique_by(map(if tostring | test("^[0-9A-Z]") then "#" else . end) + [$all[.[0]] | .event, .command])[]
		as $p | '"$1"'] | to_entries[] | "\(.key)\t\(.value[] | tojson)"' machine.json |
		awk -F '\t' '{ print $2 >"variant." $1 ".json" }'
}

@test "report: no string of a document is more than text, wherever it stands" {
	variants '$all | select(getpath($p) | type == "string") | setpath($p; "'"$hostile"'")'
	for file in variant.*.json; do
		# what names a kind, or another machine, is refused
		smmunest-ctl -q report "$file" machine.json >"$file.html" || [[ $? == 64 ]]
		[[ -s $file.html ]] || rm "$file.html"
	done
	pages=(variant.*.html)
	[[ ${#pages[@]} -gt 40 ]]
	xmllint --noout variant.*.html
	run ! grep -lE '<script|onload=.x|<!--' variant.*.html
	grep -lF '&quot;&gt;&lt;script&gt;alert(1)' variant.*.html >shown
	[[ $(wc -l <shown) -gt 25 ]]
	# and names of cases, fields and options
	jq -c 'if .event == "case" then .name += "<i>" else . end | (select(.command == "info") | .result.devices[].fields[]) |=
		with_entries(.key += "\"<i>") | (select(.command == "info") | .result.config) |= with_entries(.key += "<i>")' machine.json >names.json
	page names.json
	shows '//h3 | //td[contains(., "<i>")]' 'not(//i)' '//span[contains(@title, "<i>")]' '//dt[contains(., "<i>")]'
	# neither is the name of a file
	cp machine.json '<i>&.json'
	page '<i>&.json'
	shows '//dd[.="<i>&.json"]'
}

@test "report: values of any type and size in the right places do no harm" {
	kinds='[7, null, [], {}, "x", -1, 1e308, true, 18446744073709551615, [[]], "", 9223372036854775807]'
	# one place in three: the fuzz target goes to the others
	variants "$kinds"' as $kinds | ($p | tojson | length) as $n | select($n % 3 == 0) | $all | setpath($p; $kinds[$n / 3 % ($kinds | length)])'
	for file in variant.*.json; do
		smmunest-ctl -q report "$file" >"$file.html" || [[ $? == 64 ]] || fail "$(<"$file")"
		[[ -s $file.html ]] || rm "$file.html"
	done
	pages=(variant.*.html)
	[[ ${#pages[@]} -gt 30 ]]
	xmllint --noout variant.*.html
	run ! grep -lE '(x|y|x1|y1|width|height|cx|cy|r)="[^"0-9-]' variant.*.html
	run ! grep -lE '<path[^>]*(nan|inf)' variant.*.html
}

@test "report: what is no evidence is 64, and no page is begun" {
	head -c 100 machine.json >cut.json
	echo '{"tool":"another"}' >foreign.json
	: >empty.json
	for bad in cut.json=JSON foreign.json='not a document of smmunest-ctl' empty.json='it is empty' none.json='No such file'; do
		ctl 64 report -o file machine.json "${bad%%=*}"
		[[ $(value text) == *"${bad#*=}"* && ! -e file ]] || fail "$output"
		run -64 --separate-stderr smmunest-ctl report "${bad%%=*}"
		[[ -z $output && ${#stderr_lines[@]} == 2 ]] || fail "$output$stderr"
	done
	usage_error report
	ctl 64 report machine.json machine.json machine.json
	# shellcheck disable=SC2046  # words
	usage_error report $(printf 'machine.json %.0s' {1..17})
}

@test "report: a page that cannot be written is said" {
	[[ -c /dev/full ]] || skip "there is no /dev/full"
	ctl 70 report -o /dev/full machine.json
	holds '.error.causes[0].text | test("/dev/full: No space")'
	ctl 70 report -o /nowhere/page machine.json
	holds '.error.causes[0].text | test("/nowhere/page: No such file")'
	run -70 bash -c 'smmunest-ctl report machine.json >/dev/full'
}
