/*
 * We are the parent of a process that has been cloned. Our job is to pass messages until it runs its
 * program, then to hold its descriptors, to reap it, and to record its exit before anybody is told.
 * We end when we are told to retire (keeper), the starter has gone (none), or it waits or runs (detached).
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "run.h"

enum { PEERS = 32, STARTER = 0, NOBODY = -1, ABANDONED_CHECK_MILLIS = 60000 };

enum state { SETTING_UP, WAITING, STARTING, RUNNING, EXITED };

static struct keeper {
  enum state state;
  int signals, listener;
  int peers[PEERS]; /* -1: free; the starter is the first */
  int asker;        /* peer that said start, or NOBODY */
  int syncing;      /* the process waits for CONTINUE */
  int status;       /* as wait gives it */
  uint64_t ticks, exit_nanos;
} k;

static void drop_peer(struct run *run, int peer);

/* Peers are answered without waiting: one that does not read is dropped. */
static void tell(struct run *run, int peer, const void *message, size_t size, const int *fds, int count) {
  if (peer >= 0 && k.peers[peer] >= 0 && send_all(k.peers[peer], message, size, fds, count)) drop_peer(run, peer);
}

static void end_helper(struct run *run, int status) {
  unlinkat(run->keep, "keeper.sock", 0); /* EBADF without one */
  _exit(status);
}

/* The plan did not get through: nothing of it stays. */
static void abandon(struct run *run) {
  kill(run->child, SIGKILL);
  while (waitpid(run->child, NULL, 0) < 0 && errno == EINTR) {}
  unlinkat(run->keep, "pid", 0);
  end_helper(run, 1);
}

static void drop_peer(struct run *run, int peer) {
  close(k.peers[peer]);
  k.peers[peer] = -1;
  int was_asker = peer == k.asker;
  if (was_asker) k.asker = NOBODY;
  if (peer == STARTER && k.state == SETTING_UP) abandon(run);
  if (was_asker && k.state == STARTING && k.syncing)
    kill(run->child, SIGKILL); /* the hooks that it waits for will never end */
  if (peer == STARTER && run->keep < 0) {
    if (k.state == WAITING || k.state == STARTING) abandon(run);
    end_helper(run, 0);
  }
}

static void tell_failure(struct run *run, int peer, struct failure *failure, enum message type) {
  failure->type = (uint8_t)type;
  tell(run, peer, failure, sizeof *failure, NULL, 0);
}

static struct identity identity(struct run *run, uint8_t type) {
  return (struct identity){.type = type, .pid = (uint32_t)run->child, .start_ticks = k.ticks};
}

static void tell_identity(struct run *run, int peer, enum message type, const int *fds, int count) {
  struct identity who = identity(run, (uint8_t)type);
  tell(run, peer, &who, sizeof who, fds, count);
}

/* Who gets what the process says: who asked for the start, before that the starter. */
static int listener_of_process(void) { return k.state == STARTING ? k.asker : STARTER; }

static void release_process(struct run *run) {
  char byte = MSG_CONTINUE;
  send_all(run->inner, &byte, 1, NULL, 0); /* if it has died, its end is the next thing we read */
}

static void process_is_ready(struct run *run) {
  k.state = WAITING;
  tell_identity(run, STARTER, MSG_READY, NULL, 0);
  if (run->detach) end_helper(run, 0);
}

static int record_identity(struct run *run) {
  return record(run, "pid", "%d %llu\n", (int)run->child, (unsigned long long)k.ticks);
}

static void process_has_forked(struct run *run, const struct identity *next) {
  run->child = (pid_t)next->pid;
  run->staged = 0;
  k.ticks = start_ticks(run, run->child);
  if (run->keep >= 0 && record_identity(run)) {
    tell_failure(run, STARTER, &run->failure, MSG_FAILED);
    abandon(run);
  }
  release_process(run);
}

static void pass_sync(struct run *run, struct sync *message, size_t size) {
  message->who = identity(run, MSG_SYNC);
  k.syncing = 1;
  tell(run, listener_of_process(), message, size, NULL, 0);
}

/* Its end of the socket is closed: by exec, by a failure it left in the page, or by its death. */
static void process_went_silent(struct run *run) {
  close(give_away(&run->inner));
  struct failure report = run->page->failure;
  int failed_step = __atomic_load_n(&run->page->failure.type, __ATOMIC_ACQUIRE) == MSG_FAILED;
  if (!failed_step && !run->page->executing) {
    run->place = CHILD;
    refused(run, ECHILD, "wait", "the process was killed before its program ran");
    report = run->failure;
    failed_step = 1;
  }
  munmap(run->page, sizeof *run->page);
  if (k.state == WAITING && failed_step) return; /* an exit before the start, like any other, which follows */
  if (k.state == STARTING) {
    if (!failed_step) memset(&report, 0, sizeof report);
    tell_failure(run, k.asker, &report, ASK_START);
  } else if (failed_step) {
    tell_failure(run, STARTER, &report, MSG_FAILED);
    if (k.state == SETTING_UP) abandon(run);
  } else {
    tell_identity(run, STARTER, MSG_STARTED, NULL, 0);
  }
  k.state = RUNNING; /* a failed start is an exit that follows at once */
  if (run->detach) end_helper(run, 0);
}

static void hear_process(struct run *run) {
  char message[512] __attribute__((aligned(8)));
  OWNED fd = -1;
  int count = 1;
  ssize_t size = receive(run->inner, message, sizeof message, &fd, &count);
  if (size <= 0) return process_went_silent(run);
  switch (message[0]) {
    case MSG_READY: process_is_ready(run); break;
    case INNER_FORKED: process_has_forked(run, (struct identity *)message); break;
    case INNER_MASTER: run->ends[END_MASTER] = give_away(&fd); break;
    case MSG_SYNC: pass_sync(run, (struct sync *)message, (size_t)size); break;
    case MSG_LISTENER: tell_identity(run, listener_of_process(), MSG_LISTENER, &fd, count); break;
    default: /* warnings, trace: the starter's business */
      tell(run, listener_of_process(), message, (size_t)size, &fd, count);
  }
}

static void tell_exit(struct run *run, int peer) {
  struct exited exited = {.type = MSG_EXITED, .status = (uint32_t)k.status, .unix_nanos = k.exit_nanos};
  tell(run, peer, &exited, sizeof exited, NULL, 0);
}

static void process_has_exited(struct run *run, int status) {
  while (run->inner >= 0) /* what it said before it died comes first; its death ends this */
    hear_process(run);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  k.status = status;
  k.exit_nanos = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  k.state = EXITED;
  if (run->keep >= 0 && record(run, "exit", "status %d %llu\n", status, (unsigned long long)k.exit_nanos)) {
    run->place = KEEPER; /* a full or missing directory: the peers still learn it, and why there is no file */
    for (int peer = 0; peer < PEERS; peer++) tell_failure(run, peer, &run->failure, MSG_WARNING);
  }
  for (int peer = 0; peer < PEERS; peer++) tell_exit(run, peer);
  if (run->keep < 0) end_helper(run, 0);
}

/* The process, a stage that has forked, and orphans: we are a subreaper. */
static void reap(struct run *run) {
  struct signalfd_siginfo info[8];
  while (read(k.signals, info, sizeof info) > 0) {}
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == run->child && !run->staged && k.state != EXITED) process_has_exited(run, status);
  }
}

static void answer_status(struct run *run, int peer) {
  static const uint8_t told[] = {[RUNNING] = 1, [EXITED] = 2};
  struct {
    uint8_t type, state, zero[2];
    uint32_t pid;
    uint64_t ticks;
    uint32_t status, zero2;
    uint64_t exit_nanos;
  } answer = {ASK_STATUS, told[k.state], {0}, (uint32_t)run->child, k.ticks, (uint32_t)k.status, 0, k.exit_nanos};
  tell(run, peer, &answer, sizeof answer, NULL, 0);
}

static void answer_descriptors(struct run *run, int peer) {
  struct {
    uint8_t type, zero[3];
    uint32_t bitmap;
  } answer = {.type = ASK_DESCRIPTORS};
  int fds[ENDS], count = 0;
  for (int i = 0; i < ENDS; i++) {
    if (run->ends[i] < 0) continue;
    answer.bitmap |= 1U << i;
    fds[count++] = run->ends[i];
  }
  tell(run, peer, &answer, sizeof answer, fds, count);
}

static void start_process(struct run *run, int peer) {
  if (k.state != WAITING) {
    run->place = KEEPER;
    refused(run, k.state == EXITED ? ESRCH : EALREADY, "start", "the process does not wait for a start");
    return tell_failure(run, peer, &run->failure, ASK_START);
  }
  k.state = STARTING;
  k.asker = peer;
  release_process(run);
}

static void close_stdin(struct run *run, int peer) {
  char byte = ASK_CLOSE_STDIN;
  if (run->ends[END_STDIN] >= 0) close(give_away(&run->ends[END_STDIN]));
  tell(run, peer, &byte, 1, NULL, 0);
}

static void retire(struct run *run, int peer) {
  char answer[2] = {ASK_RETIRE, k.state != EXITED};
  if (k.state == EXITED) unlinkat(run->keep, "keeper.sock", 0); /* first: who has the answer finds no socket */
  tell(run, peer, answer, sizeof answer, NULL, 0);
  if (k.state == EXITED) _exit(0);
}

static void hear_peer(struct run *run, int peer) {
  char request[16];
  int none = 0;
  ssize_t size = receive(k.peers[peer], request, sizeof request, NULL, &none);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return drop_peer(run, peer);
  switch (request[0]) {
    case ASK_STATUS: answer_status(run, peer); break;
    case ASK_DESCRIPTORS: answer_descriptors(run, peer); break;
    case ASK_START: start_process(run, peer); break;
    case ASK_CLOSE_STDIN: close_stdin(run, peer); break;
    case ASK_RETIRE: retire(run, peer); break;
    case MSG_CONTINUE:
      if (!k.syncing || peer != listener_of_process()) break;
      k.syncing = 0;
      release_process(run);
      break;
    default: drop_peer(run, peer);
  }
}

static void accept_peer(struct run *run) {
  OWNED fd = accept4(k.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct ucred who;
  socklen_t size = sizeof who;
  if (fd < 0) return;
  int place = STARTER + 1;
  while (place < PEERS && k.peers[place] >= 0) place++;
  if (place == PEERS || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) || who.uid != 0) return;
  k.peers[place] = give_away(&fd);
  if (k.state == EXITED) tell_exit(run, place);
}

/* One turn: the process first, then its death, then those who ask. */
static void turn(struct run *run) {
  struct pollfd waits[3 + PEERS] = {{run->inner, POLLIN, 0}, {k.signals, POLLIN, 0}, {k.listener, POLLIN, 0}};
  for (int i = 0; i < PEERS; i++) waits[3 + i] = (struct pollfd){.fd = k.peers[i], .events = POLLIN};
  /* A directory that was removed without a word leaves nobody who could retire us. */
  int ready = poll(waits, 3 + PEERS, k.state == EXITED ? ABANDONED_CHECK_MILLIS : -1);
  struct stat st;
  if (!ready && fstatat(run->keep, "exit", &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT) end_helper(run, 0);
  if (ready <= 0) return;
  if (waits[0].revents) hear_process(run);
  if (waits[1].revents) reap(run);
  for (int i = 0; i < PEERS; i++)
    if (waits[3 + i].revents && k.peers[i] == waits[3 + i].fd) hear_peer(run, i);
  if (waits[2].revents) accept_peer(run);
}

int keeper_main(struct run *run) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  memset(k.peers, -1, sizeof k.peers);
  k.peers[STARTER] = run->starter;
  k.asker = NOBODY;
  k.listener = -1;
  k.signals = run->detach ? -1 : signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK); /* the caller reaps */
  k.ticks = start_ticks(run, run->child);
  fcntl(run->starter, F_SETFL, O_NONBLOCK);
  if (run->keep >= 0 && ((k.listener = bind_socket(run)) < 0 || (!run->staged && record_identity(run)))) {
    tell_failure(run, STARTER, &run->failure, MSG_FAILED);
    abandon(run);
  }
  if (!run->staged) release_process(run);
  for (;;) turn(run);
}
