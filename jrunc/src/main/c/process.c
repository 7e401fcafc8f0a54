/* What the process is: limits, scheduling, identity, capabilities, seccomp, directory, program. */
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "run.h"

enum { KEYCTL_JOIN_SESSION_KEYRING = 1, IOPRIO_WHO_PROCESS = 1 };

CALL_STEP(keyring, "keyctl", a[0].text, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, a[0].text) < 0)
CALL_STEP(personality, "personality", "", syscall(SYS_personality, a[0].number) < 0)
CALL_STEP(io_priority, "ioprio_set", "", syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, (int)a[0].number))
CALL_STEP(scheduler, "sched_setattr", "", syscall(SYS_sched_setattr, 0, a[0].text, 0))
CALL_STEP(affinity, "sched_setaffinity", "", syscall(SYS_sched_setaffinity, 0, a[0].number, a[0].text) < 0)
CALL_STEP(memory_policy, "set_mempolicy", "",
          syscall(SYS_set_mempolicy, (int)a[0].number, a[1].text, a[1].number ? 8 * a[1].number + 1 : 0))
CALL_STEP(keep_capabilities, "prctl", "PR_SET_KEEPCAPS", prctl(PR_SET_KEEPCAPS, a[0].number != 0, 0, 0, 0))
CALL_STEP(dumpable, "prctl", "PR_SET_DUMPABLE", prctl(PR_SET_DUMPABLE, a[0].number != 0, 0, 0, 0))
CALL_STEP(no_new_privileges, "prctl", "PR_SET_NO_NEW_PRIVS", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))

STEP(rlimit) {
  uint64_t limits[2] = {a[1].number, a[2].number}; /* struct rlimit64 */
  if (!syscall(SYS_prlimit64, 0, (unsigned)a[0].number, limits, NULL)) return 0;
  char text[64];
  snprintf(text, sizeof text, "resource %u to %llu:%llu", (unsigned)a[0].number, (unsigned long long)limits[0],
           (unsigned long long)limits[1]);
  return failed(run, "prlimit", text);
}

STEP(umask) {
  run->umask = (mode_t)a[0].number;
  if (run->umask_is_set) umask(run->umask); /* after seccomp */
  return 0;
}

STEP(bounding_set) {
  for (int cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
    if (!(a[0].number >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
      return failed(run, "prctl", "PR_CAPBSET_DROP");
  }
  return 0;
}

/* System calls themselves: the C library's functions would look for other threads. */
STEP(identity) {
  uid_t uid = (uid_t)a[0].number;
  gid_t gid = (gid_t)a[1].number;
  if (a[2].number && syscall(SYS_setgroups, a[3].number, a[3].text)) return failed(run, "setgroups", "");
  if (syscall(SYS_setresgid, gid, gid, gid)) return failed(run, "setresgid", "");
  return syscall(SYS_setresuid, uid, uid, uid) ? failed(run, "setresuid", "") : 0;
}

STEP(capabilities) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  for (int i = 0; i < 2; i++) {
    data[i].effective = (uint32_t)(a[0].number >> 32 * i);
    data[i].permitted = (uint32_t)(a[1].number >> 32 * i);
    data[i].inheritable = (uint32_t)(a[2].number >> 32 * i);
  }
  if (syscall(SYS_capset, &header, data)) return failed(run, "capset", "");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)) return failed(run, "prctl", "PR_CAP_AMBIENT");
  for (int cap = 0; cap < 64; cap++) {
    if (a[3].number >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
      return failed(run, "prctl", "PR_CAP_AMBIENT_RAISE");
  }
  return 0;
}

/* Whatever we hold, known or not, ends at exec (CVE-2024-21626). */
int close_at_exec(struct run *run) {
  run->placed = 1;
  return syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) ? failed(run, "close_range", "") : 0;
}

/* What exec needs, once, and before a filter can refuse it. */
static int prepare_process(struct run *run) {
  if (!run->umask_is_set) umask(run->umask);
  run->umask_is_set = 1;
  return run->placed ? 0 : close_at_exec(run);
}

STEP(seccomp) {
  struct { /* struct sock_fprog */
    unsigned short length;
    const void *filter;
  } program = {(unsigned short)(a[1].number / 8), a[1].text};
  if (a[1].number % 8 || a[1].number / 8 > UINT16_MAX) return refused(run, EINVAL, "seccomp", "program length");
  if (prepare_process(run)) return -1;
  int rc = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)a[0].number, &program);
  if (rc < 0) return failed(run, "seccomp", "");
  if (!(a[0].number & SECCOMP_FILTER_FLAG_NEW_LISTENER)) return 0;
  OWNED listener = rc;
  char byte = MSG_LISTENER; /* the filter must let sendmsg pass unnotified */
  return send_all(run->inner, &byte, 1, &listener, 1) ? failed(run, "sendmsg", "seccomp listener") : 0;
}

/* After chdir the kernel says where we are: "(unreachable)" is a directory of the host (CVE-2024-21626). */
STEP(chdir) {
  char where[4096];
  if (chdir(a[0].text)) return failed(run, "chdir", a[0].text);
  if (syscall(SYS_getcwd, where, sizeof where) < 0) return failed(run, "getcwd", a[0].text);
  return where[0] == '/' ? 0 : refused(run, EPERM, "chdir", "the directory is outside of the container's root");
}

static int is_null(int fd) {
  struct stat st;
  return !fstat(fd, &st) && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

/* The host's /dev/null becomes the container's: a file from outside could not be checkpointed. */
STEP(own_stdio) {
  OWNED null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  for (int fd = 0; fd < 3; fd++) {
    struct stat st;
    if (fstat(fd, &st)) return failed(run, "fstat", "stdio");
    int gone = is_null(fd);
    if (gone && null >= 0 && is_null(null) && dup2(null, fd) < 0) return failed(run, "dup2", "/dev/null");
    /* EPERM: not of this user namespace; EINVAL: no such id there; EROFS, ENOSYS: no such idea */
    if (!gone && st.st_uid != a[0].number && fchown(fd, (uid_t)a[0].number, st.st_gid) && errno != EPERM &&
        errno != EINVAL && errno != EROFS && errno != ENOSYS)
      return failed(run, "fchown", "stdio");
  }
  return 0;
}

static int is_program(const char *path) {
  struct stat st;
  if (stat(path, &st)) return 0;
  errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
  return S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* As execvp looks, but with the container's PATH; a denial is told if nothing better is found. */
STEP(find_program) {
  const char *name = a[0].text, *path = a[1].text;
  int direct = strchr(name, '/') != NULL, error = ENOENT;
  do {
    size_t size = direct ? 0 : strcspn(path, ":");
    int n = snprintf(run->program, sizeof run->program, "%.*s%s%s", (int)size, path, size ? "/" : "", name);
    if (name[0] && n < (int)sizeof run->program && is_program(run->program)) return 0;
    if (direct || errno == EACCES) error = errno;
    path += size;
  } while (!direct && *path++);
  run->program[0] = 0;
  return refused(run, error, "exec", name);
}

/* Pointers to the strings of a list, ended by NULL, in pages of their own. */
static char **pointers(const struct value *list) {
  size_t size = (list->number + 1) * sizeof(char *);
  char **all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return NULL;
  char *text = (char *)list->text;
  for (uint64_t i = 0; i < list->number; i++, text += strlen(text) + 1) all[i] = text;
  return all;
}

/* Everything that exec needs but execve itself, while no filter is there that could refuse it. */
int prepare_exec(struct run *run) {
  run->arguments = pointers(&run->plan.arguments);
  run->environment = pointers(&run->plan.environment);
  return run->arguments && run->environment ? 0 : failed(run, "mmap", "arguments");
}

STEP(exec) {
  const char *program = a[0].text[0] ? a[0].text : run->program;
  if (!program[0]) return refused(run, EINVAL, "exec", "no program was found before");
  if (prepare_process(run)) return -1;
  run->page->executing = 1;
  execve(program, run->arguments, run->environment);
  run->page->executing = 0;
  return failed(run, "execve", program);
}
