/*
 * What one helper knows, and the words it speaks.
 *
 *   starter                    helper (parent, later keeper)              child
 *      | ---- plan + fds -------> |                                         |
 *      |                          | parent steps, clone ------------------> |
 *      |                          | keeper steps, CONTINUE ---------------> | at `await`
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

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>

#include "plan.h"

enum message {
  MSG_CONTINUE = 'C', /* to helper and child: go on after SYNC; to the child also after READY, AWAIT */
  MSG_DONE = 'D',     /* struct done, with PLAN_TRACE */
  MSG_EXITED = 'E',   /* struct exited */
  MSG_FAILED = '!',   /* struct failure */
  MSG_WARNING = 'W',  /* struct failure of a lenient step */
  MSG_LISTENER = 'N', /* struct identity, with a seccomp listener descriptor */
  MSG_READY = 'R',    /* struct identity */
  MSG_STARTED = 'T',  /* struct identity: exec happened without a READY before */
  MSG_SYNC = 'Y',     /* struct sync, as long as its tag */
  ASK_STATUS = 'S',
  ASK_DESCRIPTORS = 'F',
  ASK_START = 'G', /* answered with struct failure, error 0: started */
  ASK_CLOSE_STDIN = 'X',
  ASK_RETIRE = 'Q',
  INNER_MASTER = 'P', /* child to helper: pty master */
  INNER_FORKED = 'K', /* child to helper: pid of the child that takes over */
};

struct failure {
  uint8_t type, place;
  uint16_t op;
  uint32_t step, error;
  char call[28];
  char detail[216]; /* the object, cut if longer */
};

struct identity {
  uint8_t type, zero[3];
  uint32_t pid;
  uint64_t start_ticks;
};

struct sync {
  struct identity who; /* the helper fills it in */
  char tag[256];
};

struct exited {
  uint8_t type, zero[3];
  uint32_t status;
  uint64_t unix_nanos;
};

struct done {
  uint8_t type, place;
  uint16_t op;
  uint32_t step;
  uint64_t monotonic_nanos;
};

/* Shared between helper and child. */
struct page {
  struct failure failure; /* type is set last */
  volatile uint32_t executing;
};

/* What a helper holds for a shim: order of the answer to ASK_DESCRIPTORS, bits of its bitmap. */
enum end {
  END_STDIN,  /* write end */
  END_STDOUT, /* read end */
  END_STDERR, /* read end */
  END_MASTER, /* of the pty */
  END_SPOOL,  /* and one more */
  END_JOURNAL = END_SPOOL + 2,
  END_SPARE, /* read end, write end */
  ENDS = END_SPARE + 2
};

enum { OURS = SLOTS + ENDS + 7 };

struct run {
  struct plan plan;
  struct step step;       /* the current one */
  struct failure failure; /* of the current one */
  enum place place;
  struct page *page;
  pid_t child; /* helper */
  int staged;  /* helper: that child leads to another, of which nothing is known yet */
  int detach;  /* helper: ends when the process waits or runs */
  union {
    int ours[OURS]; /* every descriptor that we hold, -1 where there is none */
    struct {
      int slots[SLOTS];
      int ends[ENDS]; /* helper */
      int inner;      /* socket between helper and child */
      int starter;    /* helper: socket to the starter */
      int keep;       /* helper: directory of the keeper */
      int proc;       /* checked procfs */
      int root;       /* child: root for container paths, without it "/" */
      int mask;       /* child: the read-only tmpfs that hides directories */
      int fifo;       /* child: exec.fifo once it is open */
    };
  };

  int placed;                      /* child: what the program does not get is closed at exec */
  int umask_is_set;                /* child: until then ours is 0 */
  mode_t umask;                    /* child: what the program gets */
  char **arguments, **environment; /* child: of the exec to come */
  char program[4096];              /* child: what `find-program` found */
};

/* Fills run->failure from errno, or from an errno that is given; answers -1. */
int failed(struct run *run, const char *call, const char *detail);
int refused(struct run *run, int error, const char *call, const char *detail);

/* A descriptor that is closed where its block ends, if it is not -1; errno stays. */
#define OWNED __attribute__((cleanup(close_owned))) int
void close_owned(int *fd);
int give_away(int *fd); /* answers the descriptor and leaves -1 */

/* The function of an op; and one that is a single call, with what to report if it fails. */
#define STEP(name) \
  int step_##name(struct run *run __attribute__((unused)), const struct value *a __attribute__((unused)))
#define CALL_STEP(name, call, detail, fails) \
  STEP(name) { return (fails) ? failed(run, call, detail) : 0; }
#define X(number, name, label, place, layout) STEP(name);
OPS(X)
#undef X

/* step.c: runs the steps of the place where we are; 0, or -1 with the failure of the one that ended it. */
int run_steps(struct run *run);
int has_slot(const struct run *run, int argument);
int slot(const struct run *run, int argument); /* -1 if no step has filled it: EBADF of whatever uses it */
int take_slot(struct run *run, int argument);
int fill_slot(struct run *run, int argument, int fd);

/* Stages. */
int parent_main(int socket);
void child_main(struct run *run) __attribute__((noreturn));
int keeper_main(struct run *run);
int pause_main(void);

/* report.c */
int send_all(int socket, const void *message, size_t size, const int *fds, int count);
int send_failure(int socket, struct failure *failure, enum message type);
void send_done(struct run *run, enum place place, int socket);
ssize_t receive(int socket, void *into, size_t size, int *fds, int *count);

/* proc.c */
enum { PROC_CLOSED = -2 }; /* for ever: what is at "/proc" now is not to be trusted */
int proc_root(struct run *run);
int proc_open(struct run *run, const char *path, int flags);
int proc_write(struct run *run, const char *path, const char *value);
uint64_t start_ticks(struct run *run, pid_t pid);

/* path.c: container paths. As all below they answer -1 and have filled run->failure; errno stays */
int in_root(struct run *run, const char *path, int flags, uint64_t resolve);
int make_directory(struct run *run, const char *path, mode_t mode);
int open_parent(struct run *run, const char *path, const char **name);
int make_target(struct run *run, const char *path, int directory, uint64_t resolve);
int copy_up(struct run *run, int from, int to, int depth);

/* mount.c */
int clone_mount(struct run *run, int fd, const char *path, int recursive);
int move_to(struct run *run, int tree, int target, const char *path);
int new_filesystem(struct run *run, const char *type, const char *source, const char *first,
                   const struct value *options, uint64_t attributes);

/* process.c */
int prepare_exec(struct run *run);
int close_at_exec(struct run *run);

/* record.c: the files of a keeper's directory */
int record(struct run *run, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
int bind_socket(struct run *run);
