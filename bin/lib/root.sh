# Sourced. require_root: ends with one sentence where we are not root.

require_root() {
  if [ "$(id -u)" != 0 ]; then
    echo "${0##*/}: needs root (namespaces, mounts, cgroups): sudo $0" >&2
    exit 1
  fi
}
