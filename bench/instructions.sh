#!/bin/sh
# bench/instructions.sh [BUILD]: the instructions of one plain mail through qmvc, counted by callgrind
# (valgrind), all conditions on and no scanner, so that nothing but our own code is counted. The number does
# not depend on how busy the machine is. BUILD is a build directory, default build.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$here/build}" && pwd)
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }
home=$(mktemp -d "${TMPDIR:-/tmp}/qmvc-count.XXXXXX")
trap 'rm -rf "$home"' EXIT
mkdir "$home/control"
cp "$here"/control/* "$home/control/"
printf '%s\n' 'errors=y' 'subject=y' 'bodytext=y' 'filename=y' 'mimetype=y' 'loadertype=y' \
	>"$home/control/filters"
echo 'from=r' >"$home/control/mailheaders"
echo 'no such subject' >"$home/control/badsubjects"
echo 'no such text' >"$home/control/badbodytexts"
{
	printf 'From: Alice <alice@example.org>\nTo: Bob <bob@example.net>\nSubject: Minutes\n'
	printf 'Date: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n'
	printf 'Content-Type: text/plain; charset=us-ascii\n\n'
	i=0
	while [ $i -lt 100 ]; do
		echo 'The quick brown fox jumps over the lazy dog, and nobody minds.'
		i=$((i + 1))
	done
} >"$home/mail"
# Nothing of our environment: MALLOC_PERTURB_, which test runners set, alone doubles the number.
run() { # COMMAND...
	env -i PATH=/usr/bin:/bin QMVC_HOME="$home" HOME="$home" SENDER=a@example.org LOCAL=bob HOST=example.net \
		USER=alias RECIPIENT=bob@example.net "$@" <"$home/mail" >/dev/null
}
run "$build/src/programs/qmvc"
run valgrind --tool=callgrind --callgrind-out-file="$home/out" "$build/src/programs/qmvc" 2>"$home/err"
sed -n 's/.*Collected : *\([0-9]*\).*/\1 instructions for a plain mail of 6 KB/p' "$home/err"
