/* What the keeper holds for a shim: the other ends of stdio, spools, the journal, the spare pipe. */
#include <sys/mman.h>

#include "run.h"

/* The size is a wish: it is bounded by pipe-max-size and by what the user may hold. */
static int make_pipe(int ends[2], uint32_t capacity) {
  if (pipe2(ends, O_CLOEXEC)) return -1;
  for (uint32_t size = capacity; size > 65536 && fcntl(ends[0], F_SETPIPE_SZ, size) < 0;) size /= 2;
  return 0;
}

STEP(pipes) {
  for (int i = 0; i < 3; i++) {
    int ends[2];
    if (!has_slot(run, 1 + i)) continue;
    if (make_pipe(ends, (uint32_t)a[0].number)) return failed(run, "pipe2", "stdio");
    run->ends[END_STDIN + i] = ends[i ? 0 : 1];
    if (fill_slot(run, 1 + i, ends[i ? 1 : 0])) return -1;
  }
  return 0;
}

STEP(spools) {
  int *ends = run->ends;
  for (int i = END_SPOOL; i <= END_JOURNAL; i++) {
    if (i == END_SPOOL + 1 && a[0].number < 2) continue; /* a terminal has one stream */
    ends[i] = memfd_create(i == END_JOURNAL ? "journal" : "spool", MFD_CLOEXEC);
    if (ends[i] < 0) return failed(run, "memfd_create", "spool");
  }
  return make_pipe(ends + END_SPARE, 0) ? failed(run, "pipe2", "spare") : 0;
}
