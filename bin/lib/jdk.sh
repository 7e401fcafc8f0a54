# Sourced. find_jdk: prints the home of a JDK 25, from JAVA_HOME or from what /usr/lib/jvm has; fails if there is none.

jdk_feature() { # HOME: prints its feature version, nothing if this is no JDK
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ "$(jdk_feature "$jdk")" = 25 ]; then
      echo "$jdk"
      return 0
    fi
  done
  return 1
}

require_jdk() { # sets and exports JAVA_HOME, or ends with a sentence
  if ! JAVA_HOME=$(find_jdk); then
    echo "${0##*/}: there is no JDK 25. Put one in /usr/lib/jvm or name it in JAVA_HOME; bin/setup installs it where the distribution has it." >&2
    exit 1
  fi
  export JAVA_HOME
}
