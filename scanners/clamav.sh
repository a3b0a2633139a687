# shellcheck shell=sh
#
# clamav.sh: what clamscan and clamdscan have in common: the lines they print, versions, freshclam.

# "PATH: WHAT", the PATH being one of ours.
# shellcheck disable=SC2016,SC2034 # $0 is awk's; the plug-ins use it
clamav_rules='
/^LibClamAV (Warning|debug|info)/ { next }

part($0) != "" && substr(rest, 1, 2) == ": " {
	file = part($0)
	what = substr(rest, 3)
	if (what == "OK" || what == "Empty file")
		scanned(file)
	else if (what ~ /. FOUND$/) {
		sub(/ FOUND$/, "", what)
		if (what ~ /^Heuristics\.Limits\.Exceeded/ || what ~ /^\(null\)/)
			found("limit", what, file)
		else if (what ~ /^Heuristics\.Encrypted\./)
			found("encrypted", what, file)
		else if (what ~ /^(Heuristics|PUA)\./)
			found("suspicious", what, file)
		else
			found("infected", what, file)
	} else if (what ~ /^(Can.t (parse|unpack)|Bad format|Exceeded time limit).* ERROR$/ ||
		what ~ /^Error during bytecode.* ERROR$/)
		found("limit", what, file)
	else {
		scanned(file)
		trouble(what ": " file)
	}
	next
}'

# Tells ENGINE/PATTERNS/DATE, the date in local time; the latter two are missing where the official
# signatures are.
clamav_versions() { # VERSION
	engine=${1%%/*}
	rest=${1#"$engine"}
	rest=${rest#/}
	plugin_say engine "$engine"
	plugin_say patterns "${rest%%/*}"
	case $rest in
	*/*) plugin_say date "$(plugin_date "${rest#*/}" local)" ;;
	esac
}

# freshclam exits 0 when the signatures are current, whether it had to fetch them or not.
clamav_update() { # [OPTION...]
	plugin_which /usr/bin/freshclam /usr/local/bin/freshclam freshclam ||
		plugin_error "freshclam is not here"
	# shellcheck disable=SC2154 # plugin_which sets it
	plugin_update "$found" --stdout "$@"
}
