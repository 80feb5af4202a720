# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/plot: pictures of what bench --csv wrote.
# shellcheck disable=SC2016,SC2154  # what is in '...' is sed's and gnuplot's; $output, $stderr, $status are bats'

load helper

setup() {
	plot=$BATS_TEST_DIRNAME/../../scripts/plot
	[[ -x $plot ]] || skip "scripts/plot runs on the host"
	cd "$BATS_TEST_TMPDIR" || return
	smmunest-ctl -q --backend=model bench -n 9 --csv=samples.csv hwinfo inval map --batch=1,2,64 --size=4K >/dev/null
}

# finds EXPRESSION: what an XPath is in the picture
finds() {
	xmllint --xpath "$1" picture.svg
}

# titles: what the key says, a line each
titles() {
	finds '//*[local-name()="g"]/@id | //*[local-name()="title"]/text()' | grep -E '^(hwinfo|inval|map)'
}

@test "plot: a curve for each row" {
	"$plot" samples.csv >picture.svg
	[[ $(titles) == "hwinfo"$'\n'"inval x1"$'\n'"inval x2"$'\n'"inval x64"$'\n'"map 4096 bytes" ]] || fail "$(titles)"
	"$plot" -o other.svg samples.csv
	cmp picture.svg other.svg
}

@test "plot --by: a point for each length, at its p50" {
	# 100 samples of 1 to 100 us: p50 is 50 us; twice as long for a batch of 10
	awk 'BEGIN { print "name,batch,bytes,objects,sample,ns"; for (i = 1; i <= 100; i++) {
		print "inval,1,,," i "," (i * 37 % 101) * 1000; print "inval,10,,," i "," (i * 37 % 101) * 2000 } print "hwinfo,,,,1,7" }' >known.csv
	"$plot" --by=batch known.csv -o picture.svg
	[[ $(titles) == inval ]]
	[[ $(finds 'count(//*[local-name()="use"][starts-with(@*[local-name()="href"], "#gpPt")])') -ge 2 ]]
	# what gnuplot is given
	mkdir bin
	printf '%s\n' '#!/bin/bash' '[[ $(</dev/stdin) =~ \"([^\"]*)\"\ index ]] && cat "${BASH_REMATCH[1]}"' >bin/gnuplot
	chmod +x bin/gnuplot
	PATH=$PWD/bin:$PATH run -0 "$plot" --by=batch known.csv
	assert_output '"inval"
1 0.000001000 0.000050000 0.000099000
10 0.000002000 0.000100000 0.000198000'
}

@test "plot: what is no file of samples is 64, and drawn nowhere" {
	for wrong in 2s/info/,info/ 4s/.*// '1s/ns/us/' '3s/[0-9]*$/-1/' '2,$d' 's/hwinfo/"hw/'; do
		sed "$wrong" samples.csv >bad.csv
		run -64 --separate-stderr "$plot" -o picture.svg bad.csv
		[[ ! -e picture.svg && $stderr == "plot: bad.csv:"* ]] || fail "$wrong: $stderr"
	done
	run -64 "$plot" --by=objects samples.csv
	run -64 "$plot" none.csv
	run -64 "$plot" --by=name samples.csv
	run -64 "$plot"
}
