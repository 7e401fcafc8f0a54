#!/bin/sh
# Writes an engine's seccomp profile as the engine writes it into config.json on x86-64 for a container with
# its default capabilities; names sorted, one rule a line. That is how the profiles of the tests were made:
#
#   resolve.sh default.json CAP_SYS_CHROOT > docker.json   (moby's profiles/seccomp/default.json)
#   resolve.sh seccomp.json CAP_SYS_CHROOT > podman.json   (/usr/share/containers/seccomp.json of Debian's
#                                                           golang-github-containers-common)
#
# The capabilities named are those of the engine's default set that a rule of its profile asks for.
set -eu
jq -c --arg caps "$2" '
  ($caps | split(",")) as $have | ["amd64", "x86", "x32"] as $machine
  | def meets(list; of): list == null or (list | length) == 0 or any(list[]; . as $one | of | index($one) != null);
  def has(list; of): list != null and any(list[]; . as $one | of | index($one) != null);
  .defaultErrnoRet as $errno
  | { defaultAction }
    + (if $errno == null then {} else { defaultErrnoRet: $errno } end)
    + { architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        syscalls: [ .syscalls[]
          | select(meets(.includes.arches; $machine) and meets(.includes.caps; $have))
          | select((has(.excludes.arches; $machine) or has(.excludes.caps; $have)) | not)
          | { names: (.names | sort), action }
            + (if .errnoRet == null then {} else { errnoRet } end)
            + (if (.args // []) == [] then {} else { args } end) ] }' "$1" |
  sed 's/"syscalls":\[/&\n  /; s/},{"names"/},\n  {"names"/g; s/\]}$/\n]}/'
