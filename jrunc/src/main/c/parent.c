/*
 * We are the helper that was just spawned. Our job is to read the plan, to prepare what the new
 * process inherits, to clone it and to set up what only its parent can. We end by becoming its
 * keeper, or with a report of the step that failed.
 */
#include <linux/sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "run.h"

static struct run self;

static int read_plan(struct run *run, uint8_t *buffer) {
  struct plan *plan = &run->plan;
  uint32_t got = 0, filled = 0;
  do {
    int count = (int)(FIRST_MADE_SLOT - filled);
    ssize_t n = receive(run->starter, buffer + got, PLAN_LIMIT - got, run->slots + filled, &count);
    if (n < 0) return failed(run, "recvmsg", "plan");
    if (!n) return refused(run, ECONNRESET, "recvmsg", "plan ends early");
    got += (uint32_t)n;
    filled += (uint32_t)count;
  } while (!plan_header(plan, buffer, got) && got < PLAN_LIMIT && (got < plan->length || filled < plan->passed));
  prctl(PR_SET_NAME, "jrunc-init", 0, 0, 0);
  const char *wrong = plan_check(plan, buffer, got, &run->step.index);
  if (wrong) return refused(run, EINVAL, "plan", wrong);
  return filled == plan->passed ? 0 : refused(run, EBADF, "plan", "has other descriptors than it says");
}

static int prepare(struct run *run) {
  static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_SETMASK, &set, NULL);      /* the keeper takes it from a signalfd */
  prctl(PR_SET_NAME, "jrunc-reserve", 0, 0, 0); /* the kernel took the number of our memory file */
  /* Between joining namespaces and exec nobody in the container may look into us (CVE-2016-9962). */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  run->page = mmap(NULL, sizeof *run->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (run->page == MAP_FAILED) return failed(run, "mmap", "report page");
  return chdir("/") ? failed(run, "chdir", "/") : 0;
}

/* Inline, and without the C library: a child that shares our memory goes on in the frame of our caller. */
static inline __attribute__((always_inline)) long clone3(const struct clone_args *args, long size) {
#ifdef __x86_64__
  long rc = SYS_clone3;
  __asm__ volatile("syscall" : "+a"(rc) : "D"(args), "S"(size) : "rcx", "r11", "memory");
#else
  register long rc __asm__("x0") = (long)args, second __asm__("x1") = size, number __asm__("x8") = SYS_clone3;
  __asm__ volatile("svc 0" : "+r"(rc) : "r"(second), "r"(number) : "memory");
#endif
  return rc;
}

/* A stage, which only leads to a further child (`fork`), lets us stand still until it has ended (CLONE_VFORK),
   so that it need not copy our memory (CLONE_VM), but for `run`. */
STEP(clone) {
  static struct run stage;
  int ends[2], cgroup = has_slot(run, 1) ? slot(run, 1) : -1;
  struct clone_args args = {.flags = a[0].number | (cgroup < 0 ? 0 : CLONE_INTO_CGROUP),
                            .exit_signal = SIGCHLD,
                            .cgroup = (uint64_t)cgroup};
  run->staged = !!(args.flags & CLONE_VFORK);
  if (proc_root(run)) return -1; /* before there is a container that could mount over it */
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) return failed(run, "socketpair", "");
  long pid = clone3(&args, cgroup < 0 ? CLONE_ARGS_SIZE_VER0 : CLONE_ARGS_SIZE_VER2);
  if (pid < 0) errno = (int)-pid;
  if (pid == -ENOSYS && cgroup < 0) /* seccomp profiles answer ENOSYS to clone3 */
    pid = syscall(SYS_clone, (args.flags & ~(uint64_t)CLONE_VM) | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) return failed(run, "clone3", "");
  run->inner = ends[pid ? 0 : 1];
  close(ends[pid ? 1 : 0]);
  if (!pid) child_main(memcpy(&stage, run, sizeof stage));
  run->child = (pid_t)pid;
  run->place = KEEPER;
  return 0;
}

CALL_STEP(subreaper, "prctl", "PR_SET_CHILD_SUBREAPER", prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))

/* One file of /proc/PID; the id maps take exactly one write. */
static int write_of_child(struct run *run, const char *file, const char *value) {
  char path[64];
  snprintf(path, sizeof path, "%d/%s", (int)run->child, file);
  return proc_write(run, path, value);
}

STEP(id_maps) {
  if (a[2].number && write_of_child(run, "setgroups", "deny")) return -1;
  return write_of_child(run, "uid_map", a[0].text) || write_of_child(run, "gid_map", a[1].text) ? -1 : 0;
}

STEP(keep) {
  run->keep = take_slot(run, 0);
  return run->keep < 0 ? -1 : 0;
}

STEP(detach) {
  run->detach = 1;
  return 0;
}

/* What only the child needs: its descriptors here would keep pipes and mounts alive. */
static void let_go(struct run *run, uint8_t *buffer) {
  for (int i = 0; i < SLOTS; i++) {
    if (run->slots[i] >= 0) close(give_away(&run->slots[i]));
  }
  munmap(buffer, PLAN_LIMIT);
}

/* If the child failed first, ours is only the consequence. */
static int fail_plan(struct run *run) {
  if (run->child > 0) {
    kill(run->child, SIGKILL);
    waitpid(run->child, NULL, 0);
    if (run->page->failure.type == MSG_FAILED) run->failure = run->page->failure;
  }
  send_failure(run->starter, &run->failure, MSG_FAILED);
  return 1;
}

int parent_main(int socket) {
  memset(self.ours, -1, sizeof self.ours);
  self.starter = socket;
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  uint8_t *buffer = mmap(NULL, PLAN_LIMIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int rc = buffer == MAP_FAILED ? failed(&self, "mmap", "plan") : prepare(&self);
  if (rc || read_plan(&self, buffer) || run_steps(&self)) return fail_plan(&self);
  let_go(&self, buffer);
  return keeper_main(&self);
}
