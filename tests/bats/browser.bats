# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=vm
# What a browser makes of the page that `report` writes. Of the model, once, beside the machine.
# shellcheck disable=SC2154  # $output, $stderr, $status are bats'

load helper

setup() {
	need_vm
	cd "$BATS_TEST_TMPDIR" || return
	for command in 'info' 'run hwinfo attach.fault-capable' 'bench -n 20 --hist'; do
		# shellcheck disable=SC2086  # words
		smmunest-ctl -q --backend=model --json $command
	done >machine.json
}

# What a script finds on the page once it is drawn: the width it has and the width it takes; how many points its plots
# have; text that is hard to read, by its contrast to what is behind it or for its size; what no page of ours has; how
# much of its text has HOSTILE in it.
# shellcheck disable=SC2016  # the script's
probe='
	const luminance = rgb => rgb.map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const rgb = color => color.match(/[\d.]+/g).map(Number);
	const behind = e => !e ? [255, 255, 255] : (c => c.length > 3 && !c[3] ? behind(e.parentElement) : c.slice(0, 3))
		(rgb(getComputedStyle(e).backgroundColor));
	const hard = e => {
		const style = getComputedStyle(e), svg = e.namespaceURI.endsWith("svg");
		const [a, b] = [rgb(svg ? style.fill : style.color).slice(0, 3), behind(e)].map(luminance).sort((a, b) => b - a);
		const scale = svg ? e.getScreenCTM().a : 1;
		return (a + 0.05) / (b + 0.05) < 4.5 || parseFloat(style.fontSize) * scale < 9;
	};
	const all = [...document.querySelectorAll("body, body *:not(script, title)")];
	const texts = all.filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()));
	parent.postMessage(JSON.stringify({
		mode: document.compatMode, title: document.title, width: innerWidth, takes: document.documentElement.scrollWidth,
		points: document.querySelectorAll("svg.plot circle").length, texts: texts.length,
		paper: getComputedStyle(document.body).backgroundColor,
		hard: [...new Set(texts.filter(hard).map(e => e.parentElement.outerHTML.slice(0, 100)))],
		foreign: document.querySelectorAll("script, img, b[onload]").length - 1,
		hostile: texts.filter(e => e.textContent.includes("HOSTILE")).length,
	}), "*");'

# browser WIDTH [OPTION...]: that, of the file page, as JSON; what the console says fails. The page forbids scripts, so
# that is taken out of it. A frame can be as narrow as a phone, a window cannot.
browser() {
	local width=$1
	shift
	{
		sed 's/<meta http-equiv[^>]*>//' page
		printf '<script>%s</script>' "$probe"
	} >seen.html
	echo "<!DOCTYPE html><body><iframe width='$width' height='800' style='border:0' src='seen.html'></iframe>
		<script>onmessage = e => document.body.append(Object.assign(document.createElement('pre'), {textContent: e.data}))</script>" >frame.html
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/profile" --enable-logging=stderr \
		--hide-scrollbars --window-size=1400,900 --virtual-time-budget=5000 --dump-dom "$@" "file://$PWD/frame.html" 2>log |
		sed -n 's/.*<pre>\(.*\)<\/pre>.*/\1/p' | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
	! grep CONSOLE log >&2
}

# sees EXPRESSION: true of what the browser said last
sees() {
	[[ $(jq "$1" <<<"$output") == true ]] || fail "not so: $1"$'\n'"$output"
}

@test "report: a browser draws it without a word of complaint, on a phone no wider than it, and all is legible" {
	smmunest-ctl report machine.json machine.json >page
	points=$(jq -s 'map(select(.command == "bench"))[0].result.cost.points | length' machine.json)
	for width in 375 1200; do
		run -0 browser $width
		sees ".mode == \"CSS1Compat\" and .width == $width and .takes == $width and .points == 2 * $points"
		sees '.texts > 100 and .hard == [] and .foreign == 0'
	done
	light=$(jq .paper <<<"$output")
	run -0 browser 375 --blink-settings=preferredColorScheme=0
	sees ".paper != $light and .hard == []"
}

@test "report: a browser takes no string of a document for more than text" {
	hostile='\"><script>document.title=1</script><img src=x onerror=\"document.title=2\"><b onload=1>&lt;HOSTILE'
	# each string but those that say what a document is, and each name of a field
	jq -c "def spoil: walk(if type == \"string\" then \"$hostile\" else . end);
		if .event == \"case\" then .name |= spoil | .diag = [\"$hostile\"]
		elif .command == \"info\" then .result |= spoil | .kernel |= spoil |
			.result.devices[].fields[] |= with_entries(.key += \"$hostile\")
		elif .command == \"bench\" then .result.rows[].name |= spoil | .kernel |= spoil
		else .kernel |= spoil end" machine.json >spoilt.json
	smmunest-ctl report spoilt.json >page
	run -0 browser 375
	sees '.foreign == 0 and .hostile > 50 and (.title | length > 1)'
}
