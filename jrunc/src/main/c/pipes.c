/* What the keeper holds for a shim: the other ends of stdio, spools, the journal, the spare pipe. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"

/* The size is a wish: it is bounded by pipe-max-size and by what the user may hold. */
static int make_pipe(int ends[2], uint32_t capacity) {
  if (pipe2(ends, O_CLOEXEC)) {
    return -1;
  }
  for (uint32_t size = capacity; size > 65536 && fcntl(ends[0], F_SETPIPE_SZ, size) < 0; size /= 2) {
  }
  return 0;
}

int step_pipes(struct run *run, const struct value *a) {
  for (int i = 0; i < 3; i++) {
    if (!has_slot(run, 1 + i)) {
      continue;
    }
    int ends[2];
    if (make_pipe(ends, (uint32_t)a[0].number)) {
      return failed(run, "pipe2", "stdio");
    }
    run->ends[END_STDIN + i] = ends[i ? 0 : 1];
    if (fill_slot(run, 1 + i, ends[i ? 1 : 0])) {
      return -1;
    }
  }
  return 0;
}

static int make_memory(struct run *run, const char *name, int *end) {
  *end = memfd_create(name, MFD_CLOEXEC);
  return *end < 0 ? failed(run, "memfd_create", name) : 0;
}

int step_spools(struct run *run, const struct value *a) {
  int spare[2];
  if (make_memory(run, "spool", &run->ends[END_SPOOL]) ||
      (a[0].number > 1 && make_memory(run, "spool", &run->ends[END_SPOOL + 1])) ||
      make_memory(run, "journal", &run->ends[END_JOURNAL])) {
    return -1;
  }
  if (make_pipe(spare, 0)) {
    return failed(run, "pipe2", "spare");
  }
  run->ends[END_SPARE] = spare[0];
  run->ends[END_SPARE + 1] = spare[1];
  return 0;
}
