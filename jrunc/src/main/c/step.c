/* The loop over a plan's steps, in the helper and in its child, and the table of descriptors. */
#include "run.h"

static int (*const steps[])(struct run *, const struct value *) = {
#define X(number, name, label, place, layout) [number] = step_##name,
    OPS(X)
#undef X
};

/* The clone changes our place: from then on we run the keeper's steps, and the child the others. */
int run_steps(struct run *run) {
  while (plan_next(&run->plan, &run->step)) {
    enum place place = run->place;
    if ((place == KEEPER) != (run->step.entry->place == KEEPER)) continue;
    run->failure.error = 0;
    int rc = steps[run->step.entry->op](run, run->step.args);
    int told = place == CHILD ? run->inner : run->starter;
    if (!rc)
      send_done(run, place, told);
    else if (run->step.flags & STEP_LENIENT)
      send_failure(told, &run->failure, MSG_WARNING);
    else
      return -1;
  }
  return 0;
}

int has_slot(const struct run *run, int argument) { return run->step.args[argument].number != NO_SLOT; }

int slot(const struct run *run, int argument) { return run->slots[run->step.args[argument].number]; }

int take_slot(struct run *run, int argument) {
  int fd = give_away(&run->slots[run->step.args[argument].number]);
  return fd < 0 ? refused(run, EBADF, "slot", "is empty") : fd;
}

int fill_slot(struct run *run, int argument, int fd) {
  int *place = &run->slots[run->step.args[argument].number];
  close_owned(place); /* a plan that fills it twice has no use for the first */
  *place = fd;
  return 0;
}
