# Sourced by bin/test. Lanes in a virtual machine with systemd, cgroup v2 alone and AppArmor: what is compiled here runs there (tools/vm/run),
# by JUnit's console launcher and not by Maven, of which the guest has nothing. Reports go where Maven's would, by a listener
# that writes them while the tests go on (tools/vm/launcher names it): a lane that is cut off keeps its results.

# seconds for one lane; far more than it takes, but for a very busy machine
vm_limit_kvm=1800 vm_limit_tcg=21600

options_of_vm_lane() { # LANE: sets modules, selection (for JUnit) and properties (for the JVM)
  properties=()
  case $1 in
    vm-root)
      modules=(linux jrunc)
      selection=(--include-tag root --include-classname '.*\.(JruncRootTest|(launch|keeper|cgroup|systemd)\..*RootTest)')
      ;;
    vm-oci) modules=(jrunc) selection=(--include-tag oci) properties=("-Doci.runtime=$PWD/dist/target/jcontainerd/bin/jrunc") ;;
    vm-oci-*) modules=(jrunc) selection=(--include-tag oci) properties=("-Doci.runtime=/usr/bin/${1#vm-oci-}") ;;
    vm-cri)
      modules=(tools/crictl-tests) selection=(--include-tag cri --include-classname '.*\.(StatsTest|ExecSyncTest|AppArmorTest)')
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

vm_accelerator() { # kvm or tcg
  echo "${JCONTAINERD_VM_ACCELERATOR:-$(cat "$(tools/vm/image)/accelerator")}"
}

shared_directories() { # what the class paths and the peers' links lead to
  local directory
  for directory in "$PWD" "$(readlink -f target/peers)" "$(readlink -f "$HOME")/.m2/repository" \
    "$(readlink -f "$JAVA_HOME")" "$(dirname "$(readlink -f "$JAVA_HOME/conf/security/java.security")")"; do
    [ ! -d "$directory" ] || printf -- '-r\n%s\n' "$directory" # the peers may have been left out
  done
}

run_vm_lane() { # LANE LOG: runs it; the exit code is the guest's
  local module modules selection properties reports tests= classes= shares limit=$vm_limit_kvm
  options_of_vm_lane "$1"
  for module in "${modules[@]}"; do
    tests+=$PWD/$module/target/test-classes:
    classes+=$PWD/$module/target/classes:$(cat "$module/target/test.classpath"):
  done
  reports=$PWD/$module/target/$1-reports
  mkdir -p "$reports" target/bench/images # images of the test registry are made, and kept, there
  mapfile -t shares < <(shared_directories)
  if [ "$(vm_accelerator)" = tcg ]; then # all that it does takes many times as long: the lane's is the only limit
    limit=$vm_limit_tcg properties+=(-Dtest.patience=10) selection+=(--config=junit.jupiter.execution.timeout.mode=disabled)
  fi
  tools/vm/run "${shares[@]}" -w "$reports" -w "$PWD/target/bench/images" -t "$limit" -- \
    "$JAVA_HOME/bin/java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
    "-Djcontainerd.basedir=$PWD" "-Dtest.reports=$reports" "${properties[@]}" \
    -cp "$PWD/tools/vm/launcher:$tests$classes$PWD/$launcher" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
    "--scan-classpath=${tests%:}" "${selection[@]}" "${more[@]}" 2>&1 |
    tee "$2" | vm_progress
}

vm_progress() { # turns the launcher's feed into one line a test
  sed -u -n -E 's/^.*JUnit Jupiter > (.*) :: (SUCCESSFUL|FAILED|ABORTED|SKIPPED)$/   \1: \L\2/p'
}
