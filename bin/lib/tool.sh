# Sourced. run_tool MODULE MAIN ARGUMENT...: runs a program of tools/MODULE with the class path of its build.

run_tool() {
  module=$1 main=$2
  shift 2
  classes=tools/$module/target/classes
  if [ ! -f "$classes/$(echo "$main" | tr . /).class" ]; then
    echo "${0##*/}: '$main' is not there yet" >&2
    exit 1
  fi
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Djcontainerd.basedir="$PWD" \
    -Djcontainerd.home="$PWD/dist/target/jcontainerd" \
    -cp "$classes:$(cat "tools/$module/target/runtime.classpath")" "$main" "$@"
}
