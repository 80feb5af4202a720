# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/lint finds each breach of the house rules, and nothing where there is none.
# shellcheck disable=SC2016  # '$1' and the like stand in the broken scripts

bats_require_minimum_version 1.8.0

# A small house in which all is well.
setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ -x $top/scripts/lint ]] || skip "scripts/lint is not here"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p scripts/lib lib/{arch,abi,sys,host,nest} smmunest-ctl man
	cp "$top"/scripts/{lint,.shellcheckrc} scripts
	cp "$top/scripts/lib/say.sh" scripts/lib
	git init -q .
	tee lib/{arch/a,abi/a,sys/kernel,sys/sys,host/a,nest/a}.{c,h} lib/smmunest.h smmunest-ctl/{cmd-a.c,out.c} \
		<<<'/* SPDX-License-Identifier: GPL-2.0-or-later */' >/dev/null
}

lint() {
	scripts/lint "$@"
}

# finds CHECK FILE:LINE "WORDS OF THE MESSAGE": once stdin is at the end of FILE, CHECK ends with 1 and says just that.
finds() {
	local check=$1 place=$2 message=$3 file=${2%%:*}
	[[ ! -e $file ]] || cp "$file" kept
	cat >>"$file"
	run lint "$check"
	[[ $status == 1 && ${#lines[@]} == 1 && $output == "$place:"*"$message"* ]] ||
		batslib_decorate "not '$place: $message'" <<<"status $status"$'\n'"$output" | fail
	rm "$file"
	[[ ! -e kept ]] || mv kept "$file"
}

# passes CHECK FILE: the same with stdin, and CHECK says nothing.
passes() {
	cat >>"$2"
	run -0 lint "$1"
	assert_output ""
}

@test "a house in order: silence" {
	run -0 lint
	assert_output ""
}

@test "usage: an unknown check is 64, --help names every check" {
	run -64 lint nonsense
	run -0 lint --help
	read -ra checks < <(sed -n 's/^checks=(\(.*\))/\1/p' scripts/lint)
	for check in "${checks[@]}"; do assert_output --partial "  $check "; done
}

@test "several breaches are all told" {
	echo '#include "sys/sys.h"' >>lib/arch/a.c
	printf 'int x; \n' >>lib/nest/a.c
	run -1 lint
	assert_line --partial lib/arch/a.c:2
	assert_line --partial lib/nest/a.c:2
}

@test "rooms: nobody looks upstairs" {
	finds rooms lib/arch/a.c:2 'may not include "abi/a.h"' <<<'#include "abi/a.h"'
	finds rooms lib/arch/a.c:2 'may not include <linux/iommufd.h>' <<<'#include <linux/iommufd.h>'
	finds rooms lib/arch/a.c:2 'may not include <unistd.h>' <<<'#include <unistd.h>'
	finds rooms lib/abi/a.h:2 'may not include "sys/sys.h"' <<<'#include "sys/sys.h"'
	finds rooms lib/sys/sys.c:2 'may not include "smmunest.h"' <<<'#  include "smmunest.h"  // why'
	finds rooms lib/host/a.c:2 'may not include "nest/a.h"' <<<'#include "nest/a.h"'
	finds rooms lib/nest/a.c:2 'may not include "host/a.h"' <<<'#include "host/a.h"'
	finds rooms lib/nest/a.c:2 'may not include <json-c/json.h>' <<<'#include <json-c/json.h>'
	finds rooms lib/smmunest.h:2 'may not include "nest/a.h"' <<<'#include "nest/a.h"'
	finds rooms smmunest-ctl/out.c:2 'may not include "nest/a.h"' <<<'#include "nest/a.h"'
	mkdir lib/shed
	finds rooms lib/shed/a.c:1 'lib/shed/ is no room' <<<'int x;'
	passes rooms lib/nest/a.c <<-'EOF'
		#include <errno.h>
		#include <linux/iommufd.h>
		#include "nest/a.h" /* ours */
		#include "smmunest.h"
	EOF
}

@test "funnel: one file calls ioctl()" {
	finds funnel lib/nest/a.c:2 'ioctl()' <<<'	return ioctl(fd, 1, &arg);'
	finds funnel smmunest-ctl/out.c:2 'syscall()' <<<'	return syscall (29, fd);'
	finds funnel lib/host/a.c:2 'stat()' <<<'	if (stat(path, &st))'
	finds funnel lib/host/a.c:2 'flock()' <<<'	return flock(fd, LOCK_EX);'
	finds funnel lib/host/a.c:2 'nl_connect()' <<<'	ret = nl_connect(sk, NETLINK_GENERIC);'
	finds funnel lib/host/a.c:2 'genl_ctrl_resolve()' <<<'	ret = genl_ctrl_resolve(sk, "devlink");'
	passes funnel lib/sys/kernel.c <<<'	return ioctl(fd, 1, &arg);'
	passes funnel lib/sys/sys.c <<-'EOF'
		/* not ioctl(2),
		 * ioctl(fd) in a comment */
		int (*ioctl)(void *be, int fd);	// ioctl(fd)
		char *s = "\"ioctl(1)", c = '"', *t = "open(x)";
		ret = sys->be->ioctl(be, fd) + be.ioctl(fd) + smn_sys_ioctl(fd);
	EOF
	passes funnel lib/host/a.c <<<'	return genlmsg_parse(h, 0, tb, 1, policy) + nlmsg_free(msg) + be->lock(fd);'
	passes funnel lib/host/a.c <<<'	return journal_write(fd) + smn_sys_unlink(path) + be->open(path);'
}

@test "quiet: lib/ does not print, exit, or know the program's libraries" {
	finds quiet lib/abi/a.c:2 'printf()' <<<'	printf("x");'
	finds quiet lib/abi/a.c:2 'fputs()' <<<'	fputs(x, y);'
	finds quiet lib/abi/a.c:2 'exit()' <<<'	exit(1);'
	finds quiet lib/abi/a.c:2 'abort()' <<<'	abort();'
	finds quiet lib/abi/a.c:2 'assert()' <<<'	assert(x);'
	finds quiet lib/abi/a.c:2 JSON <<<'/* for the JSON */'
	finds quiet lib/abi/a.c:2 argp <<<'struct argp_state *state;'
	finds quiet smmunest-ctl/cmd-a.c:2 'fprintf()' <<<'	fprintf(stderr, "x");'
	passes quiet smmunest-ctl/out.c <<<'	printf("x");'
	passes quiet lib/abi/a.c <<-'EOF'
		_Static_assert(1, "printf(");
		__attribute__((format(printf, 2, 3)))
		/* printf(x), exit(1) */
		static void f(void) { snprintf(x, 1, "y"); vsnprintf(x, 1, y, z); s->exit(); }
	EOF
}

@test "symbols: headers and definitions agree" {
	finds symbols lib/arch/a.h:2 'smn_a_get() is declared here and defined nowhere' <<-'EOF'
		int smn_a_get(const struct smn_a *a,
			      int i);
	EOF
	finds symbols lib/arch/a.c:2 'smn_a_get() is in no header' <<-'EOF'
		const char *smn_a_get(const struct smn_a *a,
				      int i)
		{
		}
	EOF
	echo 'int smn_a_put(struct smn_a *a);' >>lib/arch/a.h
	passes symbols lib/arch/a.c <<-'EOF'
		static int smn_a_own(void);
		static int smn_a_own(void)
		{
			return smn_a_elsewhere(1);
		}

		int smn_a_put(struct smn_a *a)
		{
		}
	EOF
}

# function_of LINES: the whole of it has that many
function_of() {
	printf '%s\n' 'int f(int a,' '	int b)' '{'
	yes '	a++;' | head -n $(($1 - 4))
	echo '}'
}

@test "size: long functions, files and lines" {
	finds size lib/nest/a.c:2 'a function of 61 lines' < <(function_of 61)
	finds size smmunest-ctl/new.sh:2 'a function of 61 lines' < <(echo '#!/bin/sh'; echo 'f() {'; yes ' true' | head -n 59; echo '}')
	finds size lib/nest/a.c:501 'a file of 501 lines' < <(yes '' | head -n 500)
	finds size lib/nest/a.c:2 '81 columns' < <(printf '\t  \t%65s\n' x)
	finds size lib/nest/a.c:2 '81 columns' < <(printf '\t"%70s"\n\n' x | sed 's/^\t/\t /')
	passes size lib/nest/a.c < <(function_of 60; printf '\t  \t%64s\n' x; yes '' | head -n 438)
}

@test "licence: every source file names it" {
	for file in scripts/new lib/new.h Makefile tests.bats man/new.8 conf; do
		finds licence $file:1 'no line SPDX' <<<'something'
		finds licence $file:1 'no line SPDX' <<<'# SPDX-License-Identifier: MIT'
	done
	passes licence README.md <<<'# a page'
	passes licence .gitignore <<<'build/'
	passes licence empty </dev/null
}

@test "text: trailing blanks, mirrors, one machine's paths" {
	local place=/wo scheme=https:
	place+=rk
	finds text README.md:1 'trailing blank' <<<'word '
	finds text README.md:1 'trailing blank' <<<$'word\t'
	finds text README.md:1 'trailing blank' <<<$'word\r'
	finds text README.md:2 'a path of one machine' <<<$'\n'"see $place/main"
	finds text scripts/new:1 'a path of one machine' <<<"cd $place"
	finds text scripts/new:1 'a package mirror' <<<"get $scheme//deb.example/x"
	finds text scripts/new:1 'a package mirror' <<<"get $scheme//host.example/debian/pool"
	finds text scripts/new:1 'a package mirror' <<<"get $scheme//mirror.example/"
	passes text README.md <<<"the workshop, build/work trees, ${place}ers, $scheme//project.example/docs"
}

@test "shell: what shellcheck finds" {
	command -v shellcheck || skip "no shellcheck"
	finds shell scripts/new:2 SC2086 < <(echo '#!/bin/bash'; echo 'rm $1')
	finds shell new.bats:3 SC2086 < <(printf '%s\n' '#' '@test "x" {' ' rm $1' '}')
}

@test "without git, nothing is called clean" {
	rm -rf .git
	GIT_CEILING_DIRECTORIES=$PWD/.. run -70 lint quiet
}

@test "shell: a shellcheck that dies is not silence" {
	mkdir bin
	printf '#!/bin/sh\nexit 3\n' >bin/shellcheck
	chmod +x bin/shellcheck
	PATH=$PWD/bin:$PATH run -70 lint shell
}

@test "shell, manual: a missing tool is told, not an error" {
	mkdir bin
	for tool in bash env dirname git sort awk xargs sed; do ln -s "$(command -v $tool)" bin; done
	PATH=$PWD/bin run -0 lint shell manual
	assert_line --partial 'shellcheck is not installed'
	assert_line --partial 'mandoc is not installed'
}

@test "manual: what mandoc finds" {
	command -v mandoc || skip "no mandoc"
	finds manual man/a.8:5 WARNING < <(printf '%s\n' '.Dd January 1, 2026' '.Dt A 8' .Os '.Sh NAME' '.Nx y' '.Nm a' '.Nd b')
}
