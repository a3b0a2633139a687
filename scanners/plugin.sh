# shellcheck shell=sh
#
# plugin.sh: what the plug-ins of qmvc have in common. The protocol is in qmvc-scanners(5).
#
# A plug-in is one file for one engine, with three names: av_NAME scans, check_NAME tells versions,
# update_NAME fetches patterns; the latter two are links to the first. What is known about the
# engine, and nothing else, stands in that file; how not to be fooled by it stands here:
#
#	. "${0%/*}/plugin.sh"
#
#	engine_programs='/opt/fast/bin/fastscan fastscan'
#	engine_scan() {
#		plugin_run "$program" --recursive --report-only "$@" "$directory"
#		plugin_judge count '0 clean
#			7 infected
#			9 error: out of memory' '
#			/: Infected: / {
#				found("infected", after($0, ": Infected: "), before($0, ": Infected: "))
#				next
#			}
#			/^[0-9]+ files scanned/ { counted($1); next }'
#	}
#	engine_check() {
#		version=$(plugin_ask "$program" --version) || plugin_error "$version"
#		plugin_say engine "Fast Scan $version"
#	}
#	engine_update() {
#		plugin_beside fastupdate
#		plugin_update "$found" --now
#	}
#
#	plugin_main "$@"
#
# engine_programs   where the engine's program is, in the order of trying: paths, or names for PATH.
#                   QMVC_PROGRAM=PATH in the environment overrides it, for a script of your own that
#                   calls the plug-in; QMVC_ROOT=DIR is put before every path, for tests.
# engine_scan       is called with the OPTIONs that followed the directory. $program was found,
#                   $directory is absolute, $scratch a directory of its own, removed at the end.
# engine_check      prints what it knows by plugin_say; plugin_error when the engine is not usable.
#                   Where no call asks for the version, plugin_probe shows that it works.
# engine_update     ends in the command's exit code by plugin_update. Without it there is no update.
#
# plugin_run COMMAND [ARGUMENT...]
#	Runs it without input, keeps its output, its errors and its exit code.
# plugin_judge ACCOUNT CODES RULES
#	Reads all that and prints the verdict. What is not known to be clean is an error.
#	ACCOUNT: how the engine shows that it has looked at every file:
#		lines   a line for each, see scanned(); a line that is not understood is an error
#		count   a number of files, see counted()
#		code    only by its exit code
#	CODES: a line for each exit code, "NUMBER MEANING"; any other code is an error. MEANING:
#		clean       clean, when the lines and the account say so too
#		infected    something was found, even if no line says what
#		suspicious  the same, for what merely looks like a virus
#		told        some line has to tell what was found, else it is an error: for codes
#		            that the engine, or who starts it, may use for a failure as well
#		error: TEXT
#	RULES: awk, run on each line that is not blank, of its output (stage == "out") and its
#	errors (stage == "err"). A rule that knows the line ends with `next`; those for what was
#	found come first. What no rule knows is passed over, unless it tells of trouble
#	(trouble_words()). To be called:
#		found(KIND, WHAT, WHERE)
#			KIND: infected, suspicious, encrypted, limit; WHERE: the path of the file, that of
#			a member of an archive may follow
#		scanned(FILE)
#			this file was looked at to the end
#		counted(N)
#			so many files were looked at; what is said last holds, because the name of a
#			member can look like a line
#		unscanned(WHERE, WHY)
#			this file was not: encrypted, limit or error, by the words of WHY
#		trouble(TEXT)
#			the engine has failed
#		part(TEXT)
#			the file whose path TEXT begins with, "" when there is none; what follows it
#			is in `rest`
#		before(TEXT, SEPARATOR), after(TEXT, SEPARATOR)
#			TEXT up to, and behind, the first SEPARATOR
#		behind(TEXT, SEPARATOR)
#			TEXT behind the last SEPARATOR: so is read what follows the name of a member,
#			which may look like anything, also like a finding that the whitelist takes back
#
# What qmvc gives to an engine has names of digits only, so a path in a line is recognised exactly.

set -u
umask 077
LC_ALL=C
LANG=C
export LC_ALL LANG

plugin=${0##*/}

# --- scanning ---

# The awk program, but for the rules of the engine.
# shellcheck disable=SC2016 # $0 is awk's
plugin_before_rules='
function printable(text) {
	gsub(/[\001-\037\177]/, "?", text)
	return substr(text, 1, 200)
}

# The first hundreds are enough of each kind; qmvc takes no flood. But each name is told, as far as
# there is room: one that does not count (whitelist) must not hide one that does.
function report(kind, what, where,   line) {
	what = printable(what)
	if (reported[kind] >= 500)
		what = "more names than are told"
	line = kind "\t" what "\t" printable(where == "" ? directory : where)
	if ((line in said) || (reported[kind] >= 300 && ((kind, what) in named)))
		return
	said[line] = 1
	named[kind, what] = 1
	reported[kind]++
	print line
}

function part(text,   name) {
	rest = text
	if (substr(text, 1, length(directory) + 1) != directory "/")
		return ""
	name = substr(text, length(directory) + 2)
	sub(/^[.\/]+/, "", name)
	if (!match(name, /^[^]:\/<>|() \t"\047[]+/))
		return ""
	if (!((directory "/" substr(name, 1, RLENGTH)) in wanted))
		return ""
	rest = substr(name, RLENGTH + 1)
	return directory "/" substr(name, 1, RLENGTH)
}

function before(text, separator,   at) {
	at = index(text, separator)
	return at ? substr(text, 1, at - 1) : text
}

function after(text, separator,   at) {
	at = index(text, separator)
	return at ? substr(text, at + length(separator)) : ""
}

function behind(text, separator) {
	# A name made of nothing but separators must not cost its length times their number.
	if (length(text) > 2000)
		text = substr(text, length(text) - 1999)
	while (index(text, separator))
		text = after(text, separator)
	return text
}

function scanned(file) { seen[file] = 1 }

function counted(n) { count = n + 0 }

function found(kind, what, where) {
	finds[kind]++
	finds["all"]++
	if (part(where) != "")
		scanned(part(where))
	report(kind, what == "" ? "unnamed" : what, where)
}

function trouble(text) {
	errors++
	if (errors == 1)
		print printable(text) > why
	report("error", text, directory)
}

function unscanned(where, reason,   word) {
	word = tolower(reason)
	if (word ~ /encrypt|password/)
		found("encrypted", reason, where)
	else if (word ~ /corrupt|damaged|bomb|too (large|big|deep|many)|size limit/)
		found("limit", reason, where)
	else
		trouble(before(where, "\t") ": " reason)
}

# Does a line that no rule knows tell of trouble? "Errors: 0" does not.
function trouble_words(line) {
	line = tolower(line)
	if (line ~ /[:=][ \t]*0+[ \t.]*$/ || line ~ /^[ \t]*(0+|no) errors?/)
		return 0
	return line ~ /error|could not|cannot|can.t |unable to|fail|denied|no such file/ ||
		line ~ /password|encrypt|corrupt|skipped|excluded|not (been )?scanned/ ||
		line ~ /expired|abort|time[d ]*out/ ||
		line ~ /evaluation|licen[cs]e (is |has )?(invalid|missing)|(invalid|no) licen[cs]e/
}

BEGIN {
	directory = ENVIRON["directory"]
	why = ENVIRON["scratch"] "/why"
	for (i = split(ENVIRON["codes"], entry, "\n"); i > 0; i--) {
		sub(/^[ \t]+/, "", entry[i])
		meaning[before(entry[i], " ")] = after(entry[i], " ")
	}
}

# The listings of the directory, before and after: mode links uid gid size month day time NAME.
stage == "before" || stage == "after" {
	if (/^total /)
		next
	listed[stage]++
	if (stage == "after") {
		same += ($0 in listing)
		next
	}
	listing[$0] = 1
	for (i = 0; i < 8; i++)
		sub(/^[^ ]+ +/, "")
	wanted[directory "/" $0] = 1
	next
}
stage == "newer" { newer++; next }

{ sub(/\r$/, "") }
/^[ \t]*$/ { next }
stage == "err" { last = $0 }
'
# shellcheck disable=SC2016
plugin_after_rules='
account == "lines" { trouble("not understood: " $0); next }
trouble_words($0) {
	if (part($0) != "")
		unscanned($0, rest)
	else
		trouble($0)
}

END {
	if (code in meaning)
		means = meaning[code]
	else
		means = "error: its meaning is not known"
	if (means ~ /^error/)
		trouble("exit code " code ": " after(means, ": ") (last == "" ? "" : ": " last))
	else if (means == "infected" && !finds["infected"])
		found("infected", "unnamed, exit code " code, directory)
	else if (means == "suspicious" && !finds["infected"] && !finds["suspicious"])
		found("suspicious", "unnamed, exit code " code, directory)
	else if (means == "told" && !finds["all"])
		trouble("exit code " code " and nothing was found")

	if (account == "lines") {
		for (file in wanted)
			if (!(file in seen))
				trouble("nothing was said about " file)
	} else if (account == "count" && count + 0 < listed["before"])
		trouble((count == "" ? "no" : count) " files were looked at, of " listed["before"])

	if (!listed["before"])
		trouble("there is nothing to scan")
	if (newer || listed["after"] != listed["before"] || same != listed["before"])
		trouble("the files were changed while they were scanned")
	exit errors ? 2 : finds["all"] ? 1 : 0
}
'

plugin_run() { # COMMAND [ARGUMENT...]
	ls -lnA "$directory" > "$scratch/before" || plugin_error "cannot list $directory"
	: > "$scratch/started"
	"$@" > "$scratch/out" 2> "$scratch/err" < /dev/null
	code=$?
	ls -lnA "$directory" > "$scratch/after" || : > "$scratch/after"
	find "$directory" -newer "$scratch/started" > "$scratch/newer" ||
		echo gone > "$scratch/newer"
}

plugin_judge() { # ACCOUNT CODES RULES
	for file in out err; do
		tr '\000' '?' < "$scratch/$file" > "$scratch/$file.text" ||
			plugin_error "its output is lost"
	done
	codes=$2
	export directory scratch codes
	awk "$plugin_before_rules$3$plugin_after_rules" \
		account="$1" code="$code" \
		stage=before "$scratch/before" stage=after "$scratch/after" \
		stage=newer "$scratch/newer" \
		stage=out "$scratch/out.text" stage=err "$scratch/err.text"
	verdict=$?
	if [ -s "$scratch/why" ]; then
		cat "$scratch/why" >&2
	fi
	exit "$verdict"
}

plugin_scan() { # DIRECTORY [OPTION...]
	if [ $# -lt 1 ] || [ ! -d "$1" ]; then
		plugin_error "usage: $plugin DIRECTORY [OPTION...]"
	fi
	case $1 in
	/*) directory=${1%/} ;;
	*) directory=$PWD/${1%/} ;;
	esac
	shift
	for file in "$directory"/*; do
		if [ ! -f "$file" ] || [ -h "$file" ] || [ ! -r "$file" ]; then
			plugin_error "$file is no file that can be read"
		fi
	done
	plugin_find
	plugin_scratch
	engine_scan "$@"
	plugin_error "it has not judged"
}

plugin_scratch() {
	scratch=${TMPDIR:-/tmp}/$plugin.$$
	mkdir "$scratch" || plugin_error "no scratch directory"
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 2' HUP INT TERM
}

# --- versions ---

plugin_say() { # engine|patterns|date|warning|error TEXT : nothing when TEXT is empty
	if [ -n "$2" ]; then
		printf '%s\t%s\n' "$1" \
			"$(printf '%s\n' "$2" | head -n 1 | tr -d '\r' | tr '\t' ' ')"
	fi
}

# Scans the EICAR test file: the engine is usable when it finds it.
plugin_probe() {
	plugin_scratch
	directory=$scratch/probe
	mkdir "$directory" || plugin_error "no scratch directory"
	echo harmless > "$directory/0000"
	# In two pieces, or this file would be taken for it.
	# shellcheck disable=SC2016
	printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' 'ANTIVIRUS-TEST-FILE!$H+H*' \
		> "$directory/0001"
	said=$(engine_scan 2>&1)
	case $said in
	infected*) ;;
	*) plugin_error "the EICAR test file was not found: $(printf '%s\n' "$said" | head -n 1)" ;;
	esac
}

# Prints the output of a command without input, its errors too.
plugin_ask() { # COMMAND [ARGUMENT...]
	"$@" < /dev/null 2>&1
}

# Prints a date as the protocol wants it, or nothing. What names no zone is UTC, with `local` ours.
plugin_date() { # TEXT [local]
	if [ -z "$1" ]; then
		return
	elif [ $# -eq 1 ]; then
		date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ 2> /dev/null
	elif seconds=$(date -d "$1" +%s 2> /dev/null); then
		date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ
	fi
}

# Prints the date of a file, or nothing.
plugin_file_date() { # FILE
	if [ -e "$1" ]; then
		date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ 2> /dev/null
	fi
}

# --- patterns ---

plugin_update() { # COMMAND [ARGUMENT...] : exit 0 only when it has exited 0
	"$@" < /dev/null
	code=$?
	if [ "$code" -ne 0 ]; then
		plugin_error "the update has failed with exit code $code"
	fi
	exit 0
}

engine_update() {
	echo "$plugin: no command is known that updates this engine" >&2
	exit 2
}

# --- all three ---

# Says what is wrong in the way of the program, and ends.
plugin_error() { # TEXT
	case $plugin in
	check_*)
		plugin_say error "$1"
		exit 1
		;;
	update_*)
		echo "$plugin: $1" >&2
		exit 1
		;;
	*)
		echo "$plugin: $1" >&2
		exit 2
		;;
	esac
}

# Sets $found to the program of this name beside the engine's, or in PATH.
plugin_beside() { # NAME
	plugin_find
	found=${program%/*}/$1
	[ -f "$found" ] && [ -x "$found" ] || plugin_which "$1" || plugin_error "$1 is not here"
}

# Sets $found to the first that is a program: a path (QMVC_ROOT before it), or a name in PATH.
plugin_which() { # PATH-OR-NAME...
	for found; do
		case $found in
		/*) found=${QMVC_ROOT-}$found ;;
		*) found=$(command -v "$found") || continue ;;
		esac
		case $found in
		/*) [ -f "$found" ] && [ -x "$found" ] && return 0 ;;
		esac
	done
	return 1
}

plugin_find() {
	# shellcheck disable=SC2086,SC2154 # a list, which the plug-in sets
	if [ -n "${QMVC_PROGRAM-}" ]; then
		program=$QMVC_PROGRAM
		[ -x "$program" ] || plugin_error "$program cannot be run"
	elif plugin_which $engine_programs; then
		program=$found
	else
		plugin_error "the engine is not here: looked for $engine_programs"
	fi
}

plugin_main() { # ARGUMENT...
	case $plugin in
	av_*) plugin_scan "$@" ;;
	check_*)
		plugin_find
		engine_check "$@"
		;;
	update_*) engine_update "$@" ;;
	*) plugin_error "is to be called as av_NAME, check_NAME or update_NAME" ;;
	esac
}
