/* From a decoded step to the function that runs it, and the table of descriptors. */
#include "run.h"

int run_step(struct run *run) {
  run->failure.error = 0;
  switch (run->step.entry->op) {
#define X(number, name, label, place, layout)        \
  case number:                                       \
    if (step_##name(run, run->step.args)) return -1; \
    break;
    OPS(X)
#undef X
  }
  if (run->place != KEEPER || run->step.entry->op != OP_clone) /* the clone has reported itself */
    send_done(run, run->place == CHILD ? run->inner : run->starter);
  return 0;
}

int has_slot(const struct run *run, int argument) { return run->step.args[argument].number != NO_SLOT; }

/* The descriptor, or -1 and EBADF if no step has filled the slot. */
int slot(struct run *run, int argument) {
  int fd = run->slots[run->step.args[argument].number];
  if (fd < 0) errno = EBADF;
  return fd;
}

int fill_slot(struct run *run, int argument, int fd) {
  int *place = &run->slots[run->step.args[argument].number];
  if (*place >= 0) {
    close(fd);
    return refused(run, EEXIST, "slot", "is filled already");
  }
  *place = fd;
  return 0;
}
