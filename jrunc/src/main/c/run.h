/*
 * What one helper knows, and the words it speaks.
 *
 *   starter                    helper (parent, later keeper)              child
 *      | ---- plan + fds -------> |                                         |
 *      |                          | parent steps, clone ------------------> |
 *      |                          | keeper steps, RELEASE ----------------> | at `await`
 *      | <--- WARNING, LISTENER - | <-------------------------------------- |
 *      | <--- SYNC tag ---------- | <------------------------------ SYNC -- |
 *      | ---- CONTINUE ---------> | --------------------------- CONTINUE -> |
 *      | <--- READY pid --------- | <----------------------------- READY -- |
 *      | ---- START ------------> | --------------------------- CONTINUE -> |
 *      | <--- START answer ------ | <------- end of file: the exec happened |
 *      | <--- EXITED status ----- |
 *
 * Every message is one SOCK_SEQPACKET record that starts with one of the bytes below. A failing child
 * leaves its report in a page shared with the helper and ends: that needs no system call that a
 * seccomp filter could refuse.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

enum message {
  MSG_CONTINUE = 'C', /* to helper and child: go on after SYNC; to the child also after READY, AWAIT */
  MSG_DONE = 'D',     /* struct done, with PLAN_TRACE */
  MSG_EXITED = 'E',   /* struct exited */
  MSG_FAILED = '!',   /* struct failure */
  MSG_WARNING = 'W',  /* struct failure of a lenient step */
  MSG_LISTENER = 'N', /* seccomp listener descriptor */
  MSG_READY = 'R',    /* struct identity */
  MSG_STARTED = 'T',  /* struct identity: exec happened without a READY before */
  MSG_SYNC = 'Y',     /* struct identity, then the tag */
  ASK_STATUS = 'S',
  ASK_DESCRIPTORS = 'F',
  ASK_START = 'G',
  ASK_CLOSE_STDIN = 'X',
  ASK_RETIRE = 'Q',
  INNER_MASTER = 'P', /* child to helper: pty master */
  INNER_FORKED = 'K', /* child to helper: pid of the child that takes over */
};

struct failure {
  uint8_t type;
  uint8_t place;
  uint16_t op;
  uint32_t step;
  uint32_t error;
  char call[28];
  char detail[216]; /* the object, cut if longer */
};

struct identity {
  uint8_t type;
  uint8_t zero[3];
  uint32_t pid;
  uint64_t start_ticks;
};

struct exited {
  uint8_t type;
  uint8_t zero[3];
  uint32_t status;
  uint64_t unix_nanos;
};

struct done {
  uint8_t type;
  uint8_t place;
  uint16_t op;
  uint32_t step;
  uint64_t monotonic_nanos;
};

/* Shared between helper and child. */
struct page {
  struct failure failure; /* type is set last */
  volatile uint32_t executing;
};

enum { PASSED_ENDS = 9 }; /* see keeper.c for their order */

struct run {
  struct plan plan;
  struct plan_cursor cursor;
  struct step step;      /* the current one */
  struct failure failure; /* of the current one */
  enum place place;
  int slots[SLOTS];
  int starter;  /* helper: socket to the starter */
  int inner;    /* socket between helper and child */
  int proc;     /* checked procfs */
  int root;     /* child: root for container paths, -1 until set */
  int mask;     /* child: the read-only tmpfs that hides directories */
  int fifo;     /* child: exec.fifo once it is open */
  int placed;   /* child: descriptors above 2 are closed at exec but for those the program gets */
  mode_t umask;       /* child: what the program gets; ours is 0 while the root is built */
  int umask_is_set;
  char **arguments;   /* child: of the exec to come */
  char **environment;
  char program[4096]; /* child: what `find-program` found */
  struct page *page;
  pid_t child;
  int ends[PASSED_ENDS]; /* helper: descriptors it holds for a shim */
  int keep;              /* helper: directory of the keeper, or -1 */
  int detach;            /* helper: ends when the process waits or runs */
};

/* Fills run->failure from errno; answers -1. */
int failed(struct run *run, const char *call, const char *detail);
/* The same with an errno that is given. */
int refused(struct run *run, int error, const char *call, const char *detail);

/* Runs the current step where run->place says; 0 or -1. */
int run_step(struct run *run);
int slot(struct run *run, int argument);
int has_slot(const struct run *run, int argument);
int fill_slot(struct run *run, int argument, int fd);

/* Stages. */
int parent_main(int socket);
void child_main(struct run *run) __attribute__((noreturn));
int keeper_main(struct run *run);
int pause_main(void);
int prepare_exec(struct run *run);
int close_at_exec(struct run *run);

/* report.c */
int send_all(int socket, const void *message, size_t size, const int *fds, int count);
void send_done(struct run *run, int socket);
ssize_t receive(int socket, void *into, size_t size, int *fds, int *count);

/* proc.c */
int proc_root(struct run *run);
int proc_open(struct run *run, const char *path, int flags);
int proc_write(struct run *run, const char *path, const char *value, size_t size);
uint64_t start_ticks(struct run *run, pid_t pid);

/* path.c: container paths */
int in_root(struct run *run, const char *path, int flags, uint64_t resolve);
int make_directory(struct run *run, const char *path, unsigned mode, int *created);
int open_parent(struct run *run, const char *path, const char **name);
int copy_up(struct run *run, int from, int to, int depth);
int make_target(struct run *run, const char *path, int directory, uint64_t resolve);

/* Steps, one function per op. */
#define X(number, name, label, place, layout) int step_##name(struct run *run, const struct value *a);
OPS(X)
#undef X
