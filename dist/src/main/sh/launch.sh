# Sourced by every launcher, which has set: program (its name), home (absolute), main (class), jars, kind.
# The only place where JVM flags stand. Nothing here starts a process: a launcher costs about 1 ms.

# The java of the build comes first: the AOT caches fit no other.
read -r java < "$home/lib/java"
if [ ! -x "$java" ]; then
  case $(cat "${JAVA_HOME:-}/release" 2> /dev/null) in
    *'JAVA_VERSION="25'*) java=$JAVA_HOME/bin/java ;;
    *)
      echo "$program: there is no '$java'. Set JAVA_HOME to a JDK 25." >&2
      exit 127
      ;;
  esac
fi

# -XX:-UsePerfData: no file in /tmp per process.
# -Xlog: the JVM's own warnings go to stderr; stdout belongs to the program.
# AOTAdapterCaching: the machine code in a cache is that of the build's processor; JDK 25 runs it on any other, which may not know it (SIGILL).
flags="-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr --enable-native-access=ALL-UNNAMED"
flags="$flags -XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching"

# ArchiveRelocationMode=0 keeps the pages of the archive shared between JVMs (11 MB less per further process).
shared="-XX:TieredStopAtLevel=1 -XX:ArchiveRelocationMode=0"

# A command ends before a compiler has paid for itself; interpreted it takes a fifth less. Reflection through native accessors spins no classes.
# Huge pages for the heap, and one call for all pages of heap and archive: else each is a fault, and most of a command's
# time are faults (on a virtual machine 20 us each, by one call 2). It costs memory that processes would share, 12 MB.
touch="-XX:+UseTransparentHugePages -XX:+AlwaysPreTouch"
short="-Xint $touch -Djdk.reflect.useNativeAccessorOnly=true"

case $kind in
  command)
    flags="$flags $shared $short -Xms8m -Xmx128m"
    # System calls by native methods: linking those of java.lang.foreign takes a tenth of a command.
    flags="$flags -Djcontainerd.calls=$home/lib/libjcalls.so"
    # The same for what malloc gives: one arena, in huge pages.
    tunables=glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1:glibc.malloc.top_pad=4194304
    export GLIBC_TUNABLES="$tunables${GLIBC_TUNABLES:+:$GLIBC_TUNABLES}"
    ;;
  client) flags="$flags $shared $touch -Xms8m -Xmx128m" ;;
  shim) flags="$flags $shared -Xms8m -Xmx256m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:+ExitOnOutOfMemoryError" ;;
  daemon)
    flags="$flags -Xms32m -Xmx768m -XX:MaxHeapFreeRatio=40 -XX:+ExitOnOutOfMemoryError"
    # Without it every start writes a copy to /tmp, which a kill leaves there, and a noexec /tmp keeps the daemon from starting.
    flags="$flags -Dorg.sqlite.lib.path=$home/lib"
    ;;
esac

path=
for jar in $jars; do
  path=$path${path:+:}$home/lib/$jar
done

# Where the cache does not fit (another JDK, changed jars) the JVM goes on without it.
cache=
# A program in training may start another one: only the one that the output is named after is in training.
case ${JCONTAINERD_AOT_OUTPUT:-} in */"$program".aot) training=yes ;; *) training= ;; esac
if [ -n "$training" ]; then
  cache=-XX:AOTCacheOutput=$JCONTAINERD_AOT_OUTPUT
  main=${JCONTAINERD_AOT_MAIN:-$main}
elif [ -r "$home/lib/$program.aot" ]; then
  cache=-XX:AOTCache=$home/lib/$program.aot
fi

# shellcheck disable=SC2086  # flags and options are lists of words
exec "$java" $flags ${cache:+"$cache"} -Djcontainerd.home="$home" ${JCONTAINERD_JAVA_OPTIONS:-} -cp "$path" "$main" $first "$@"
