/*
 * We are the new process, in the namespaces that clone made. Our job is to run the child's steps in
 * the plan's order. We end by execve, or by leaving a report in the shared page.
 */
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

#include "run.h"

/* The report must be whole before its type is there. */
static void __attribute__((noreturn)) end_with_report(struct run *run) {
  struct failure *shared = &run->page->failure;
  run->failure.type = 0;
  *shared = run->failure;
  __atomic_store_n(&shared->type, MSG_FAILED, __ATOMIC_RELEASE);
  if (run->fifo >= 0) { /* who started us through the fifo has no other way to know */
    run->failure.type = MSG_FAILED;
    ssize_t ignored = write(run->fifo, &run->failure, sizeof run->failure);
    (void)ignored; /* a filter may refuse it; the exit tells */
  }
  _exit(1);
}

void child_main(struct run *run) {
  run->place = CHILD;
  close(give_away(&run->starter));
  for (int s = 1; s < 65; s++) signal(s, SIG_DFL); /* also what was ignored when we were spawned */
  static const sigset_t none; /* zero: the empty set */
  sigprocmask(SIG_SETMASK, &none, NULL);
  run->umask = umask(0);
  if (!prepare_exec(run)) run_steps(run); /* the last one is exec: it comes back only if it failed */
  end_with_report(run);
}

/* One byte from the helper. Its end means that nobody will ever let us go on. */
static int wait_for_helper(struct run *run, const char *what) {
  char byte;
  ssize_t got;
  while ((got = read(run->inner, &byte, 1)) < 0 && errno == EINTR) {}
  return got == 1 ? 0 : refused(run, got ? errno : ECONNRESET, "read", what);
}

STEP(await) { return wait_for_helper(run, "release"); }

STEP(fork) {
  pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) return failed(run, "clone", "CLONE_PARENT");
  if (!pid) return wait_for_helper(run, "fork");
  struct identity next = {.type = INNER_FORKED, .pid = (uint32_t)pid};
  _exit(send_all(run->inner, &next, sizeof next, NULL, 0) ? 1 : 0);
}

/* With CAP_SYS_PTRACE the container could from here on walk through all that we hold (CVE-2016-9962). */
STEP(let_go) {
  for (uint32_t i = 0; i < SLOTS + ENDS; i++) {
    int kept = run->ours[i] < 0;
    for (uint32_t k = 0; k < a[0].number; k++) kept |= value_number(&a[0], k) == i;
    if (!kept) close(give_away(&run->ours[i]));
  }
  if (!a[1].number) return 0; /* 1: a procfs of our pid namespace, with nothing but processes; 2: none */
  int proc = a[1].number == 1 ? new_filesystem(run, "proc", "proc", "subset=pid", &(struct value){0}, 0) : PROC_CLOSED;
  if (proc == -1) return -1;
  close(run->proc);
  run->proc = proc;
  return 0;
}

STEP(sync) {
  struct sync message = {.who.type = MSG_SYNC};
  size_t size = strlen(a[0].text);
  if (size > sizeof message.tag) return refused(run, ENAMETOOLONG, "sync", a[0].text);
  memcpy(message.tag, a[0].text, size);
  if (send_all(run->inner, &message, sizeof message.who + size, NULL, 0)) return failed(run, "sendmsg", "sync");
  return wait_for_helper(run, "continue");
}

static int say_ready(struct run *run) {
  char byte = MSG_READY;
  return send_all(run->inner, &byte, 1, NULL, 0) ? failed(run, "sendmsg", "ready") : 0;
}

STEP(ready) { return say_ready(run) || wait_for_helper(run, "start") ? -1 : 0; }

STEP(wait_fifo) {
  char name[16];
  snprintf(name, sizeof name, "%d", slot(run, 0));
  /* Through our own procfs: the directory first, because the last name is a magic link. */
  OWNED links = proc_open(run, "self/fd", O_PATH | O_DIRECTORY);
  if (links < 0) return failed(run, "openat2", "/proc/self/fd");
  if (say_ready(run)) return -1;
  signal(SIGPIPE, SIG_IGN); /* the helper may be gone, and so may who opened the fifo */
  run->fifo = openat(links, name, O_WRONLY | O_CLOEXEC);
  if (run->fifo < 0 || write(run->fifo, "0", 1) != 1) return failed(run, "open", "exec fifo");
  signal(SIGPIPE, SIG_DFL);
  return 0;
}

STEP(descriptors) {
  int highest = (int)a[0].number;
  for (size_t i = 0; i < OURS; i++) { /* out of the numbers that the program gets */
    if (run->ours[i] < 0 || run->ours[i] > highest) continue;
    int moved = fcntl(run->ours[i], F_DUPFD_CLOEXEC, highest + 1);
    if (moved < 0) return failed(run, "fcntl", "F_DUPFD_CLOEXEC");
    close(run->ours[i]);
    run->ours[i] = moved;
  }
  if (close_at_exec(run)) return -1;
  for (uint32_t i = 0; i + 1 < a[1].number; i += 2) {
    uint32_t from = value_number(&a[1], i);
    if (from >= SLOTS) return refused(run, EBADF, "dup2", "no such slot");
    if (dup2(run->slots[from], (int)value_number(&a[1], i + 1)) < 0) return failed(run, "dup2", "");
  }
  return 0;
}
