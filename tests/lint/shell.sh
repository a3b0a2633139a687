#!/bin/sh
# shell.sh SOURCE-ROOT: shellcheck over every shell script, known by its name or its first line.
# 77 (skipped) without shellcheck.
set -eu
cd "$1"
command -v shellcheck >/dev/null || exit 77
list=$(mktemp)
trap 'rm -f "$list"' EXIT
find . \( -name .git -o -path './build*' -o -path './subprojects/*' \) -prune -o -type f -print |
	while IFS= read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*.c | *.h | *.py | *.eml) ;;
		*)
			if head -c 64 "$file" | head -n 1 | tr -d '\000' |
				grep -Eq '^#! *(/usr)?/bin/(env )?(ba|da)?sh( |$)'; then
				echo "$file"
			fi
			;;
		esac
	done >"$list"
[ -s "$list" ] || exit 77
tr '\n' '\000' <"$list" | xargs -0 shellcheck
