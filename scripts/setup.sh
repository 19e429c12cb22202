#!/bin/sh
# setup.sh check|build|run|test: makes sure that the machine has what a task needs.
#
#   check   only looks, and says what is missing
#   build   a C compiler, pkg-config and libvips with its headers
#   run     the same
#   test    the same, and what some tests are skipped without: headless Chromium for the tests that open pages, nginx for
#           the test of a caching proxy, Node with npm for ImageKit's SDKs, curl, and small fonts with Chinese and
#           Devanagari letters
#
# What is there already is left alone: apt is asked only for what is missing, and sudo only then.
set -eu

vips_version=8.14

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
have_vips() { have pkg-config && pkg-config --exists "vips >= $vips_version"; }
have_cc() { have "${CC:-gcc}" || have cc || have clang; }
have_all_for_tests() { have_browser && have_nginx && have curl && have node && have npm && have_letters 6c38 && have_letters 915; }
# By the number of one of them, in Unicode: 6c38 is Chinese, 915 Devanagari.
have_letters() { have fc-list && fc-list ":charset=$1" | grep -q .; }
have_nginx() { have nginx || [ -x /usr/sbin/nginx ]; }
have_browser() { have chromium || have chromium-browser || have google-chrome || have google-chrome-stable; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif have sudo; then
		say "+ sudo $*"
		sudo "$@"
	else
		die "this needs root and there is no sudo; as root, run: $*"
	fi
}

# Lists that are a day old are good enough, lists that are not there are not. A mirror in the middle of an update
# answers with a mismatch; the second try finds it done.
apt_update() {
	as_root apt-get update -q || { sleep 5; as_root apt-get update -q; }
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

# Tests start an nginx of their own. The package would start one too, on port 80, now and with the machine.
apt_install_stopped() {
	policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ]; then
		apt_install "$@"
	else
		as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
		trap 'as_root rm -f "$policy"' EXIT
		apt_install "$@"
		as_root rm -f "$policy"
		trap - EXIT
	fi
	! have systemctl || as_root systemctl --quiet disable nginx || true
}

# The version that apt would install, or nothing.
candidate() { LC_ALL=C apt-cache policy "$1" | sed -n 's/^ *Candidate: *//p' | grep -vx '(none)' || true; }

too_old() {
	say "error: libvips $vips_version or newer is needed, and this system offers ${1:-none}."
	say "Debian 12, Ubuntu 24.04 and everything newer have it. On an older system build libvips from its source"
	say "(https://www.libvips.org/install.html) so that 'pkg-config --modversion vips' tells its version, and run this again."
	exit 1
}

# What cannot be done without.
install_needs() {
	wanted=
	have_cc || wanted="$wanted gcc libc6-dev"
	have pkg-config || wanted="$wanted pkg-config"
	have_vips || wanted="$wanted libvips-dev"
	[ -n "$wanted" ] || return 0
	say "installing:$wanted"
	apt_update

	case " $wanted " in *" libvips-dev "*)
		offered=$(candidate libvips-dev)
		dpkg --compare-versions "${offered:-0}" ge "$vips_version" || too_old "$offered"
		# Newer releases have libheif's codecs in packages of their own.
		for codec in aomenc aomdec libde265; do
			[ -z "$(candidate "libheif-plugin-$codec")" ] || wanted="$wanted libheif-plugin-$codec"
		done
	esac
	# shellcheck disable=SC2086 # a list of words
	apt_install $wanted
}

# What some tests are skipped without.
install_extras() {
	wanted=
	stopped=
	have_nginx || stopped=nginx
	have_browser || wanted="$wanted chromium"
	have node || wanted="$wanted nodejs"
	have npm || wanted="$wanted npm"
	have curl || wanted="$wanted curl"
	have fc-list || wanted="$wanted fontconfig"
	have_letters 6c38 || wanted="$wanted fonts-droid-fallback"
	have_letters 915 || wanted="$wanted fonts-lohit-deva"
	wanted=$(obtainable "$wanted")
	[ -n "$wanted$stopped" ] || return 0
	say "installing: $wanted $stopped"
	apt_update
	for package in $wanted; do
		[ -n "$(candidate "$package")" ] || wanted=$(printf '%s' " $wanted " | sed "s/ $package / /")
	done
	[ -n "$(candidate nginx)" ] || stopped=
	wanted=$(obtainable "$wanted")
	# shellcheck disable=SC2086 # a list of words
	[ -z "$wanted" ] || apt_install $wanted
	[ -z "$stopped" ] || apt_install_stopped "$stopped"
}

# Those of the packages that may be had. Ubuntu's chromium only points to a snap, which does not run in containers and
# cannot be installed unattended.
obtainable() {
	for package in $1; do
		case "$package:$(candidate "$package")" in
		chromium:*snap*) ;;
		*) printf '%s ' "$package" ;;
		esac
	done | sed 's/ $//'
}

missing() {
	have go || say "missing: Go 1.26 or newer, https://go.dev/dl/"
	have_cc || say "missing: a C compiler"
	have pkg-config || say "missing: pkg-config"
	if have pkg-config && ! have_vips; then
		say "missing: libvips $vips_version or newer with its headers (pkg-config finds $(pkg-config --modversion vips 2>/dev/null || echo none))"
	fi
}

advise() {
	if [ "$(uname -s)" = Darwin ]; then
		say "On macOS: xcode-select --install; brew install vips pkg-config"
	elif have apt-get; then
		say "Here 'make run' or 'make test' installs what is missing, or you do: apt-get install gcc pkg-config libvips-dev"
	elif have dnf; then
		say "Here: dnf install gcc pkgconf-pkg-config vips-devel (Fedora; libheif's HEVC codec is in RPM Fusion)"
	elif have apk; then
		say "Here: apk add build-base pkgconf vips-dev vips-heif"
	elif have pacman; then
		say "Here: pacman -S gcc pkgconf libvips libheif"
	else
		say "Install them with this system's package manager; libvips: https://www.libvips.org/install.html"
	fi
}

ready() { have go && have_cc && have_vips; }

task=${1:-}
case "$task" in check | build | run | test) ;; *) die "usage: setup.sh check|build|run|test" ;; esac

if [ "$task" != check ] && have apt-get; then
	install_needs
	if [ "$task" = test ] && ! have_all_for_tests; then
		# In a shell of its own, which may end.
		(install_extras) || say "note: not all that the tests want could be installed; those that need it are skipped"
		have_browser || say "note: there is no Chromium; the test that looks at the quickstart's page in it is skipped"
	fi
fi
if ! ready; then
	missing
	advise
	exit 1
fi
