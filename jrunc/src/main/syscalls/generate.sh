#!/bin/sh
# Writes the table of system call numbers from the kernel headers of this machine.
#
#   generate.sh OUTPUT
#
# One line per call: name, then the numbers on x86-64, x86, x32 (with its bit) and arm64, "-" where the
# call does not exist. Calls newer than the headers come from newer.txt: since Linux 5.1 a new call has
# the same number everywhere. Names of elsewhere.txt have a line without numbers.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# numbers ARCH CPP_ARGUMENT...: lines "name ARCH number"
numbers() {
  arch=$1
  shift
  ${CC:-cc} -E -dM "$@" -x c /dev/null |
    sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' |
    sort -u | sed 's/.*/@ & __NR_&/' > "$work/names"
  ${CC:-cc} -E -P "$@" -x c "$work/names" | sed -n 's/^@ //p' |
    while read -r name number; do
      # arch_specific_syscall, syscalls and the like are bounds, not calls
      case $name in arch_specific_syscall | syscalls | syscall_max) continue ;; esac
      echo "$name $arch $(($number))"
    done
}

arm64='-D__ARCH_WANT_RENAMEAT -D__ARCH_WANT_NEW_STAT -D__ARCH_WANT_SET_GET_RLIMIT
  -D__ARCH_WANT_TIME32_SYSCALLS -D__ARCH_WANT_SYS_CLONE3 -D__ARCH_WANT_MEMFD_SECRET'
{
  numbers 1 -include asm/unistd_64.h
  numbers 2 -include asm/unistd_32.h
  numbers 3 -D__X32_SYSCALL_BIT=0x40000000 -include asm/unistd_x32.h
  # shellcheck disable=SC2086 # a list of words
  numbers 4 $arm64 -include asm-generic/unistd.h
  sed 's/#.*//' "$here/newer.txt" | while read -r name number only; do
    [ -n "$name" ] || continue
    for arch in ${only:-1 2 3 4}; do
      if [ "$arch" = 3 ]; then echo "$name 3 $((number + 0x40000000))"; else echo "$name $arch $number"; fi
    done
  done
  sed '/^#/d; s/$/ 0 -/' "$here/elsewhere.txt"
} | awk '
  { n[$1 " " $2] = $3; seen[$1] = 1 }
  END {
    for (name in seen) {
      line = name
      for (a = 1; a <= 4; a++) line = line " " (((name " " a) in n) ? n[name " " a] : "-")
      print line
    }
  }' | LC_ALL=C sort > "$work/table"
[ "$(wc -l < "$work/table")" -gt 400 ] || { echo "generate.sh: no kernel headers?" >&2; exit 1; }
mkdir -p "$(dirname "$out")"
cmp -s "$work/table" "$out" || cp "$work/table" "$out"
