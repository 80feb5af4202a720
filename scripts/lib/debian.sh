# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of any suite and architecture, through apt in a private root.
#
# Nothing on the machine changes: the root has its own lists, its own (empty) package database and its own cache. Only
# the mirror and the way to reach it (Acquire::*, a proxy for instance) come from the machine's apt configuration, so
# no host is named here.
# shellcheck shell=bash disable=SC2154  # $build is in say.sh

# The machine's release, bookworm for instance.
debian_codename() {
	(. /etc/os-release && echo "$VERSION_CODENAME")
}

# The mirror this machine takes Debian itself from.
debian_mirror() {
	local mirror
	mirror=$(debian_mirrors)
	if [[ -z $mirror && $EUID == 0 ]]; then
		say "reading the package lists of this machine (apt-get update)"
		logged apt-get update
		mirror=$(debian_mirrors)
	fi
	[[ -n $mirror ]] || die 70 "no Debian mirror in apt's lists: run 'apt-get update' as root, on Debian 12 or 13"
	head -n 1 <<<"$mirror"
}

# The origin is known only once the lists have been read, and tells Debian from those who copy its suite names.
debian_mirrors() {
	# shellcheck disable=SC2016  # apt's variables
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		sed -n 's/^Debian|Debian|//p' | sort -u
}

# debian_root DIR ARCH SUITE...: the calls below work on this root, which is this process's until it ends. Suites that
# do not exist (yet) are passed over.
debian_root() {
	local dir=$1 arch=$2 suite keyring mirror lock
	shift 2
	mkdir -p "$dir"/{lists,cache/archives}/partial
	exec {lock}>"$dir/lock"
	flock "$lock"
	# Older lists name packages that the mirror no longer has.
	if [[ -n $(find "$dir/ready" -mmin -1440 2>/dev/null) && $(<"$dir/ready") == "$arch $*" ]]; then
		export APT_CONFIG=$dir/apt.conf
		return
	fi
	unset APT_CONFIG
	mirror=$(debian_mirror)
	for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[[ -e $keyring ]] && break
	done
	: >"$dir/status"
	for suite; do
		echo "deb [signed-by=$keyring] $mirror $suite main"
	done >"$dir/sources.list"
	{
		apt-config dump | grep '^Acquire::[^ ]* "[^"]'
		cat <<-EOF
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "$dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Install-Recommends "false";
			APT::Sandbox::User "root";
			Acquire::Languages "none";
		EOF
	} >"$dir/apt.conf"

	export APT_CONFIG=$dir/apt.conf
	say "reading Debian's package lists ($arch: $*)"
	debian_update "$dir/update.log"
	grep -q '^W: Failed' "$dir/update.log" || echo "$arch $*" >"$dir/ready"
}

# apt ends in error after it has read the suites that are there, if one is not: only other errors count.
debian_update() {
	apt-get update >"$1" 2>&1 && return
	! grep '^E:' "$1" | grep -v 'does not have a Release file' >&2 || die 70 "no package lists: see $1"
}

# debian_newest PACKAGE: its highest version over all suites. (apt's own candidate avoids backports.)
debian_newest() {
	local version newest=
	while IFS=' |' read -r _ version _; do
		if dpkg --compare-versions "$version" gt "$newest"; then newest=$version; fi
	done < <(apt-cache madison "$1" 2>/dev/null)
	[[ -n $newest ]] || die 70 "no suite has the package $1: is the network there? (${APT_CONFIG%/*}/update.log)"
	echo "$newest"
}

# debian_unpack DIR PACKAGE[=VERSION]...: a new DIR with these packages' files, without what they depend on.
debian_unpack() {
	local dir=$1 debs=$1.debs
	shift
	rm -rf "$debs"
	mkdir -p "$debs"
	(cd "$debs" && logged apt-get download "$@")
	debian_extract "$dir" "$debs"
}

# debian_unpack_closure DIR PACKAGE...: the same, with all they depend on.
debian_unpack_closure() {
	local dir=$1 debs=$1.debs
	shift
	rm -rf "$debs"
	mkdir -p "$debs/partial"
	logged apt-get install --yes --download-only -o Dir::Cache::archives="$debs" "$@"
	debian_extract "$dir" "$debs"
}

# The tree has merged /usr, as every Debian since 12, whatever its packages still say.
debian_extract() {
	local dir=$1 debs=$2 deb part
	rm -rf "$dir"
	for part in bin lib sbin; do
		mkdir -p "$dir/usr/$part"
		ln -sfn "usr/$part" "$dir/$part"
	done
	for deb in "$debs"/*.deb; do
		dpkg --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir"
	done
	rm -rf "$debs"
}

# Where Debian's newest kernels are: the same packages are asked for headers and source. The aliases come last because
# some mirrors update them late, but they go on when the names are history.
debian_root_newest() {
	debian_root "$build/apt/newest" "$(dpkg --print-architecture)" \
		{bookworm,trixie,forky,stable}-backports unstable
}

# What runs in the emulated machine: arm64, of this machine's own release.
debian_root_guest() {
	debian_root "$build/apt/guest" arm64 "$(debian_codename)"
}
