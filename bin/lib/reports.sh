# Sourced by bin/test. Reads Surefire's XML reports; NAME is the directory below each module's target.

report_files() { # NAME
  find . -path "*/target/$1/TEST-*.xml" -not -path './target/*'
}

clear_reports() { # NAME
  report_files "$1" | xargs -r rm
}

progress() { # turns Maven's output into one line a test class
  sed -u -n -E \
    -e 's/^\[(INFO|WARNING|ERROR)\].*Tests run: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+), Skipped: ([0-9]+), Time elapsed: ([^ ]+ s).* in (.*)$/   \7: \2 run, \3 failed, \4 errors, \5 skipped, \6/p' \
    -e 's/^\[INFO\] Building (jcontainerd[^ ]*) .*/   \1/p'
}

count_reports() { # NAME: sets lane_passed, lane_failed, lane_skipped; says failures, and a class's skips by their reason
  local counts
  counts=$(mktemp)
  report_files "$1" | sort | xargs -r cat | awk -v counts="$counts" '
    function attribute(name) {
      if (match($0, " " name "=\"[^\"]*\"")) {
        value = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        gsub(/&quot;/, "\"", value); gsub(/&lt;/, "<", value); gsub(/&gt;/, ">", value)
        gsub(/&#10;/, " ", value); gsub(/&apos;/, "\047", value); gsub(/&amp;/, "\\&", value)
        return value
      }
      return ""
    }
    /<testcase / { total++; test = attribute("classname") "." attribute("name"); seen = 0 }
    /<(failure|error)[ >\/]/ && !seen { failed++; seen = 1; print "   failed: " test ": " substr(attribute("message"), 1, 300) }
    /<skipped[ >\/]/ && !seen {
      skipped++; seen = 1; reason = attribute("message")
      # an assumption has its reason in the text: Type: Assumption failed: reason
      if (reason == "" && match($0, /CDATA\[.*/)) reason = substr($0, RSTART + 6)
      sub(/^[A-Za-z0-9_.$]+: (Assumption failed: )?/, "", reason); sub(/\]\]>.*/, "", reason)
      if (reason == "") reason = "no reason given"
      skip = attribute("classname") SUBSEP reason
      if (!(skip in skips)) order[++kinds] = skip
      skips[skip]++; name[skip] = test
    }
    END {
      for (kind = 1; kind <= kinds; kind++) {
        skip = order[kind]; split(skip, part, SUBSEP)
        print "   skipped: " (skips[skip] == 1 ? name[skip] : part[1] ", " skips[skip] " tests") ": " part[2]
      }
      printf "%d %d %d\n", total - failed - skipped, failed, skipped > counts
    }' | tee -a target/logs/results
  read -r lane_passed lane_failed lane_skipped < "$counts"
  rm "$counts"
}
