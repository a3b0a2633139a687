# The packages this project needs, by purpose, and how to get those that are missing.
# Sourced by ./try and ./check; not a program.
# shellcheck shell=sh disable=SC2034 # the lists are used by who sources this

# to build it
PACKAGES_BUILD="gcc libc6-dev meson ninja-build pkg-config libuv1-dev libpcre2-dev libmagic-dev
	libclamav-dev libseccomp-dev libarchive-dev libytnef0-dev nettle-dev zlib1g-dev libzstd-dev
	libsqlite3-dev libxml2-dev"

# to run every test: real scanners, oracles, linters
PACKAGES_TEST="c-icap libc-icap-mod-virus-scan libcmocka-dev python3-pytest clamav clamav-daemon
	clamdscan binutils xz-utils gir1.2-gmime-3.0 python3-gi mandoc recutils shellcheck
	busybox strace procps util-linux p7zip-full xorriso bogofilter chromium-headless-shell
	tidy zstd tzdata libnsl2 libsasl2-2 codespell jq sqlite3 valgrind"

# to compare with, in bench/ (by hand; no test needs them)
PACKAGES_BENCH="ripmime clamsmtp rspamd clamassassin procmail ripgrep libarchive-tools unzip p7zip-full
	goaccess pflogsumm valgrind"

packages_missing() { # PACKAGE... : prints those that are not installed
	for package in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*' installed') ;;
		*) echo "$package" ;;
		esac
	done
}

packages_need() { # PACKAGE... : installs what is missing, or says what to install
	if ! command -v dpkg-query >/dev/null; then
		echo "This is no Debian: please see to these packages yourself:" "$@" >&2
		return 0
	fi
	# shellcheck disable=SC2046
	set -- $(packages_missing "$@")
	[ $# -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "Some packages are missing. As root, please run:" >&2
		echo "	apt-get install --no-install-recommends $*" >&2
		return 1
	fi
	echo "installing: $*"
	apt-get update -q >/dev/null || return 1
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null
}

# axe-core looks at the report pages with the eyes of those who cannot see them; it is on npm only.
AXE=axe-core@4.14.1
AXE_SHA256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

axe_need() { # DIRECTORY : puts it there, unless it is there, and sets and exports QMVC_AXE
	export QMVC_AXE="$1/node_modules/axe-core/axe.min.js"
	axe_is_right "$QMVC_AXE" && return 0
	command -v npm >/dev/null || packages_need npm || return 1
	echo "fetching $AXE"
	rm -rf "$1/node_modules"
	npm install --prefix "$1" --ignore-scripts --no-audit --no-fund --silent "$AXE" &&
		axe_is_right "$QMVC_AXE" && return 0
	echo "$AXE could not be fetched with npm, or is not the one that is known here" >&2
	return 1
}

axe_is_right() { # FILE
	echo "$AXE_SHA256  $1" | sha256sum --check --status 2>/dev/null
}
