# bash completion for jrunc(8). Made from the commands' option tables; ManualTest says how.

_jrunc() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verb= root= i
  local global="--debug --log --log-format --root --systemd-cgroup --rootless --criu --version --help"
  local verbs="check checkpoint create delete events exec features kill list pause plan ps restore resume run spec start state update"
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --root) root=${COMP_WORDS[++i]} ;;
      --log | --log-format | --rootless | --criu) ((i++)) ;;
      -*) ;;
      *) verb=${COMP_WORDS[i]} && break ;;
    esac
  done
  case $verb in
    '')
      case $prev in
        --log) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --log-format) COMPREPLY=($(compgen -W "text json" -- "$cur")); return ;;
        --root) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --rootless) COMPREPLY=($(compgen -W "auto true false" -- "$cur")); return ;;
        --criu) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      COMPREPLY=($(compgen -W "$global $verbs help" -- "$cur"))
      return ;;
    check)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -d -- "$cur")) ;;
    checkpoint)
      case $prev in
        --image-path) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --work-path) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --manage-cgroups-mode) COMPREPLY=($(compgen -W "soft full strict ignore" -- "$cur")); return ;;
        --empty-ns) return ;;
        --parent-path) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --page-server) return ;;
        --status-fd) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--image-path --work-path --manage-cgroups-mode --empty-ns --tcp-established --ext-unix-sk --shell-job --file-locks --auto-dedup --lazy-pages --parent-path --page-server --status-fd --leave-running --pre-dump --link-remap --tcp-skip-in-flight --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    create)
      case $prev in
        --bundle | -b) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --console-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pidfd-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pid-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --preserve-fds) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--bundle --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --trace --help" -- "$cur"))
        return
      }
      ;;
    delete)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--force --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    events)
      case $prev in
        --interval) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--interval --stats --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    exec)
      case $prev in
        --console-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pidfd-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --cwd) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --env | -e) return ;;
        --user | -u) return ;;
        --additional-gids | -g) return ;;
        --process | -p) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pid-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --process-label) return ;;
        --apparmor) return ;;
        --cap | -c) return ;;
        --preserve-fds) return ;;
        --cgroup) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--console-socket --pidfd-socket --cwd --env --tty --user --additional-gids --process --detach --pid-file --process-label --apparmor --no-new-privs --cap --preserve-fds --cgroup --trace --ignore-paused --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    features)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      ;;
    kill)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--all --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    list)
      case $prev in
        --format | -f) COMPREPLY=($(compgen -W "table json" -- "$cur")); return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--format --quiet --help" -- "$cur"))
        return
      }
      ;;
    pause)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    plan)
      case $prev in
        --bundle | -b) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --diff) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --format | -f) COMPREPLY=($(compgen -W "text steps json" -- "$cur")); return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--bundle --diff --format --help" -- "$cur"))
        return
      }
      ;;
    ps)
      case $prev in
        --format | -f) COMPREPLY=($(compgen -W "table json" -- "$cur")); return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--format --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    restore)
      case $prev in
        --image-path) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --work-path) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --manage-cgroups-mode) COMPREPLY=($(compgen -W "soft full strict ignore" -- "$cur")); return ;;
        --empty-ns) return ;;
        --bundle | -b) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --console-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pid-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --lsm-profile) return ;;
        --lsm-mount-context) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--image-path --work-path --manage-cgroups-mode --empty-ns --tcp-established --ext-unix-sk --shell-job --file-locks --auto-dedup --lazy-pages --bundle --console-socket --pid-file --lsm-profile --lsm-mount-context --detach --no-subreaper --no-pivot --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    resume)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    run)
      case $prev in
        --bundle | -b) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --console-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pidfd-socket) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --pid-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --preserve-fds) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--bundle --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --trace --detach --keep --no-subreaper --help" -- "$cur"))
        return
      }
      ;;
    spec)
      case $prev in
        --bundle | -b) COMPREPLY=($(compgen -d -- "$cur")); return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--bundle --rootless --help" -- "$cur"))
        return
      }
      ;;
    start)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    state)
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W " --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
    update)
      case $prev in
        --resources | -r) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --blkio-weight) return ;;
        --cpu-period) return ;;
        --cpu-quota) return ;;
        --cpu-burst) return ;;
        --cpu-share) return ;;
        --cpu-rt-period) return ;;
        --cpu-rt-runtime) return ;;
        --cpu-idle) COMPREPLY=($(compgen -W "0 1" -- "$cur")); return ;;
        --cpuset-cpus) return ;;
        --cpuset-mems) return ;;
        --kernel-memory) return ;;
        --kernel-memory-tcp) return ;;
        --memory) return ;;
        --memory-reservation) return ;;
        --memory-swap) return ;;
        --pids-limit) return ;;
        --l3-cache-schema) return ;;
        --mem-bw-schema) return ;;
      esac
      [[ $cur != -* ]] || {
        COMPREPLY=($(compgen -W "--resources --blkio-weight --cpu-period --cpu-quota --cpu-burst --cpu-share --cpu-rt-period --cpu-rt-runtime --cpu-idle --cpuset-cpus --cpuset-mems --kernel-memory --kernel-memory-tcp --memory --memory-reservation --memory-swap --pids-limit --l3-cache-schema --mem-bw-schema --help" -- "$cur"))
        return
      }
      COMPREPLY=($(compgen -W "$(jrunc ${root:+--root "$root"} list --quiet 2> /dev/null)" -- "$cur")) ;;
  esac
}
complete -o filenames -F _jrunc jrunc
