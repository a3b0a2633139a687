#!/bin/sh
# man.sh SOURCE-ROOT: every man page is clean mdoc. 77 (skipped) without mandoc or without a page.
set -eu
cd "$1"
command -v mandoc >/dev/null || exit 77
set -- man/*.[1-8]
[ -e "$1" ] || exit 77
mandoc -T lint -W warning "$@"
