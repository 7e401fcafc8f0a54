# Sourced by bin/test. Lanes in a virtual machine with systemd, cgroup v2 alone and AppArmor: what is compiled here runs there (tools/vm/run),
# by JUnit's console launcher and not by Maven, of which the guest has nothing. Reports go where Maven's would.

vm_limit=1800 # seconds for one lane; far more than it takes, but for a very busy machine

options_of_vm_lane() { # LANE: sets modules, selection (for JUnit) and properties (for the JVM)
  properties=()
  case $1 in
    vm-root)
      modules=(linux jrunc)
      selection=(--include-tag root --include-classname '.*\.(JruncRootTest|launch\..*RootTest|keeper\..*RootTest|linux\.cgroup\..*RootTest)')
      ;;
    vm-oci) modules=(jrunc) selection=(--include-tag oci) properties=("-Doci.runtime=$PWD/dist/target/jcontainerd/bin/jrunc") ;;
    vm-oci-*) modules=(jrunc) selection=(--include-tag oci) properties=("-Doci.runtime=/usr/bin/${1#vm-oci-}") ;;
    vm-cri)
      modules=(tools/crictl-tests) selection=(--include-tag cri --include-classname '.*\.(StatsTest|ExecSyncTest)')
      properties=(-Dcri.runtimes=jcontainerd)
      ;;
  esac
}

# what Maven does besides building, for a lane in the virtual machine
vm_goals=(dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath)

prepare_vm() { # gets the launcher, makes the image
  local version
  version=$(sed -n 's:.*<junit.version>5\.\(.*\)</junit.version>.*:1.\1:p' pom.xml) # the platform of Jupiter 5.x is 1.x
  mkdir -p target/vm
  launcher=target/vm/junit-platform-console-standalone-$version.jar
  [ -r "$launcher" ] || mvn -q -B -N -Dstyle.color=never dependency:copy \
    "-Dartifact=org.junit.platform:junit-platform-console-standalone:$version" -DoutputDirectory=target/vm
  tools/vm/image > /dev/null
}

shared_directories() { # what the class paths and the peers' links lead to
  local directory
  for directory in "$PWD" "$(readlink -f target/peers)" "$(readlink -f "$HOME")/.m2/repository" \
    "$(readlink -f "$JAVA_HOME")" "$(dirname "$(readlink -f "$JAVA_HOME/conf/security/java.security")")"; do
    printf -- '-r\n%s\n' "$directory"
  done
}

run_vm_lane() { # LANE LOG: runs it; the exit code is the guest's
  local module modules selection properties reports tests= classes= shares
  options_of_vm_lane "$1"
  for module in "${modules[@]}"; do
    tests+=$PWD/$module/target/test-classes:
    classes+=$PWD/$module/target/classes:$(cat "$module/target/test.classpath"):
  done
  reports=$PWD/$module/target/$1-reports
  mkdir -p "$reports" target/bench/images # images of the test registry are made, and kept, there
  mapfile -t shares < <(shared_directories)
  tools/vm/run "${shares[@]}" -w "$reports" -w "$PWD/target/bench/images" -t "$vm_limit" -- \
    "$JAVA_HOME/bin/java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
    "-Djcontainerd.basedir=$PWD" "${properties[@]}" \
    -cp "$tests$classes$PWD/$launcher" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
    "--scan-classpath=${tests%:}" "${selection[@]}" "${more[@]}" "--reports-dir=$reports" 2>&1 |
    tee "$2" | vm_progress
}

vm_progress() { # turns the launcher's feed into one line a test
  sed -u -n -E 's/^.*JUnit Jupiter > (.*) :: (SUCCESSFUL|FAILED|ABORTED|SKIPPED)$/   \1: \L\2/p'
}
