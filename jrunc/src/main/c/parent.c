/*
 * We are the helper that was just spawned. Our job is to read the plan, to prepare what the new
 * process inherits, to clone it and to set up what only its parent can. We end by becoming its
 * keeper, or with a report of the step that failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

static struct run run;

static int read_plan(struct run *run, uint8_t *buffer) {
  uint32_t length = 0, passed = 0, got = 0, filled = 0;
  do {
    int count = (int)(FIRST_MADE_SLOT - filled);
    ssize_t n = receive(run->starter, buffer + got, PLAN_LIMIT - got, run->slots + filled, &count);
    if (n <= 0) {
      return n < 0 ? failed(run, "recvmsg", "plan") : refused(run, ECONNRESET, "recvmsg", "plan ends early");
    }
    got += (uint32_t)n;
    filled += (uint32_t)count;
    if (!length) {
      length = plan_announced(buffer, got, &passed);
    }
  } while (length && got < PLAN_LIMIT && (got < length || filled < passed));
  struct plan_error error;
  if (plan_check(&run->plan, buffer, got, &error)) {
    run->step.index = error.step;
    return refused(run, EINVAL, "plan", error.what);
  }
  return filled == passed ? 0 : refused(run, EBADF, "plan", "has other descriptors than it says");
}

static int prepare(struct run *run) {
  prctl(PR_SET_NAME, "jrunc-init", 0, 0, 0); /* the kernel took the number of our memory file */
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_SETMASK, &set, NULL); /* the keeper takes it from a signalfd */
  /* Between joining namespaces and exec nobody in the container may look into us (CVE-2016-9962). */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  run->page = mmap(NULL, sizeof *run->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (run->page == MAP_FAILED) {
    return failed(run, "mmap", "report page");
  }
  return chdir("/") ? failed(run, "chdir", "/") : 0;
}

static long clone_process(uint64_t flags, int cgroup) {
  struct clone_args args = {
      .flags = flags,
      .exit_signal = SIGCHLD,
  };
  size_t size = CLONE_ARGS_SIZE_VER0;
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)cgroup;
    size = CLONE_ARGS_SIZE_VER2;
  }
  long pid = syscall(SYS_clone3, &args, size);
  if (pid < 0 && errno == ENOSYS && cgroup < 0) { /* seccomp profiles answer ENOSYS to clone3 */
    pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  }
  return pid;
}

int step_clone(struct run *run, const struct value *a) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
    return failed(run, "socketpair", "");
  }
  if (proc_root(run)) { /* before there is a container that could mount over it */
    return -1;
  }
  int cgroup = has_slot(run, 1) ? slot(run, 1) : -1;
  long pid = clone_process(a[0].number, cgroup);
  if (pid < 0) {
    return failed(run, "clone3", "");
  }
  if (!pid) {
    close(ends[0]);
    run->inner = ends[1];
    child_main(run);
  }
  close(ends[1]);
  run->inner = ends[0];
  run->child = (pid_t)pid;
  send_done(run, run->starter);
  run->place = KEEPER;
  return 0;
}

int step_subreaper(struct run *run, const struct value *a) {
  (void)a;
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? failed(run, "prctl", "PR_SET_CHILD_SUBREAPER") : 0;
}

/* One file of /proc/PID; the id maps take exactly one write. */
static int write_of_child(struct run *run, const char *file, const char *value) {
  char path[64];
  snprintf(path, sizeof path, "%d/%s", (int)run->child, file);
  return proc_write(run, path, value, strlen(value));
}

int step_id_maps(struct run *run, const struct value *a) {
  if (a[2].number && write_of_child(run, "setgroups", "deny")) {
    return -1;
  }
  return write_of_child(run, "uid_map", a[0].text) || write_of_child(run, "gid_map", a[1].text) ? -1 : 0;
}

int step_attach(struct run *run, const struct value *a) {
  (void)a;
  char pid[16];
  int size = snprintf(pid, sizeof pid, "%d", (int)run->child);
  return write(slot(run, 0), pid, (size_t)size) == size ? 0 : failed(run, "write", "cgroup.procs");
}

int step_keep(struct run *run, const struct value *a) {
  run->keep = slot(run, 0);
  run->slots[a[0].number] = -1; /* the keeper's from now on */
  return run->keep < 0 ? failed(run, "keep", "directory") : 0;
}

int step_detach(struct run *run, const struct value *a) {
  (void)a;
  run->detach = 1;
  return 0;
}

/* Runs the helper's steps: before the clone its own and shared ones, afterwards the keeper's. */
static int run_helper_steps(struct run *run) {
  plan_start(&run->cursor, &run->plan);
  while (plan_next(&run->cursor, &run->step)) {
    int mine = run->place == PARENT || run->step.entry->place == KEEPER;
    if (!mine || !run_step(run)) {
      continue;
    }
    if (!(run->step.flags & STEP_LENIENT)) {
      return -1;
    }
    run->failure.type = MSG_WARNING;
    send_all(run->starter, &run->failure, sizeof run->failure, NULL, 0);
  }
  return 0;
}

/* What only the child needs: its descriptors here would keep pipes and mounts alive. */
static void let_go(struct run *run, uint8_t *buffer) {
  for (int i = 0; i < SLOTS; i++) {
    if (run->slots[i] >= 0) {
      close(run->slots[i]);
      run->slots[i] = -1;
    }
  }
  munmap(buffer, PLAN_LIMIT);
}

/* If the child failed first, ours is only the consequence. */
static int fail_plan(struct run *run) {
  if (run->child > 0) {
    kill(run->child, SIGKILL);
    waitpid(run->child, NULL, 0);
    if (run->page->failure.type == MSG_FAILED) {
      run->failure = run->page->failure;
    }
  }
  run->failure.type = MSG_FAILED;
  send_all(run->starter, &run->failure, sizeof run->failure, NULL, 0);
  return 1;
}

int parent_main(int socket) {
  run.starter = socket;
  run.place = PARENT;
  run.proc = run.root = run.mask = run.fifo = run.keep = run.inner = -1;
  memset(run.slots, -1, sizeof run.slots);
  memset(run.ends, -1, sizeof run.ends);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  uint8_t *buffer = mmap(NULL, PLAN_LIMIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (buffer == MAP_FAILED) {
    failed(&run, "mmap", "plan");
    return fail_plan(&run);
  }
  if (prepare(&run) || read_plan(&run, buffer) || run_helper_steps(&run)) {
    return fail_plan(&run);
  }
  let_go(&run, buffer);
  return keeper_main(&run);
}
