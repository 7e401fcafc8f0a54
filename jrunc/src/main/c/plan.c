/* Decoding. Every length is compared with what is left before it is used. */
#include "plan.h"

#include <string.h>

static const struct op_entry entries[] = {
#define X(number, name, label, place, layout) {label, layout, number, place},
    OPS(X)
#undef X
};

static const struct op_entry *find(uint16_t op) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
    if (entries[i].op == op) return &entries[i];
  return NULL;
}

struct reader {
  const uint8_t *at;
  uint32_t left;
};

static int take(struct reader *in, void *into, uint32_t size) {
  if (in->left < size) return -1;
  memcpy(into, in->at, size);
  in->at += size;
  in->left -= size;
  return 0;
}

static uint32_t u32_at(const uint8_t *bytes) {
  uint32_t v;
  memcpy(&v, bytes, sizeof v);
  return v;
}

static int skip_string(struct reader *in) {
  const uint8_t *end = in->left ? memchr(in->at, 0, in->left) : NULL;
  if (!end) return -1;
  in->left -= (uint32_t)(end + 1 - in->at);
  in->at = end + 1;
  return 0;
}

static int read_counted(struct reader *in, char letter, struct value *v) {
  uint32_t count;
  if (take(in, &count, sizeof count)) return -1;
  v->number = count;
  v->text = (const char *)in->at;
  if (letter == 'S') {
    for (uint32_t i = 0; i < count; i++)
      if (skip_string(in)) return -1;
    return 0;
  }
  uint64_t size = letter == 'L' ? (uint64_t)count * 4 : count;
  if (size > in->left) return -1;
  in->at += size;
  in->left -= (uint32_t)size;
  return 0;
}

static int read_value(struct reader *in, char letter, uint32_t passed, struct value *v) {
  uint32_t small;
  switch (letter) {
    case 'u':
    case 'f':
    case 'o':
      if (take(in, &small, sizeof small)) return -1;
      v->number = small;
      if (letter == 'u' || (letter == 'o' && small == NO_SLOT)) return 0;
      return small < passed || (small >= FIRST_MADE_SLOT && small < SLOTS) ? 0 : -1;
    case 'U': return take(in, &v->number, sizeof v->number);
    case 's': v->text = (const char *)in->at; return skip_string(in);
    default: return read_counted(in, letter, v);
  }
}

/* Decodes the step at the reader; NULL, or what is wrong with it. */
static const char *read_step(struct reader *in, uint32_t passed, struct step *step) {
  uint16_t op;
  uint32_t length;
  if (take(in, &op, sizeof op) || take(in, &step->flags, sizeof step->flags) || take(in, &length, sizeof length) ||
      length > in->left)
    return "runs over the end of the plan";
  step->entry = find(op);
  if (!step->entry) return "unknown op";
  struct reader payload = {in->at, length};
  memset(step->args, 0, sizeof step->args);
  for (size_t i = 0; step->entry->layout[i]; i++)
    if (i >= MAX_ARGUMENTS || read_value(&payload, step->entry->layout[i], passed, &step->args[i]))
      return "payload does not have its layout";
  if (payload.left) return "payload is too long";
  in->at += length;
  in->left -= length;
  return NULL;
}

struct order {
  int cloned, awaits, waits, executes;
};

/* One clone; helper's steps before it, the others after it; one await, before anything that waits for
   a byte of the helper; at most one wait for a start; exec last. */
static const char *check_order(struct order *seen, const struct step *step) {
  const struct op_entry *entry = step->entry;
  if (seen->executes) return "stands after exec";
  if (entry->place == PARENT && seen->cloned) return "belongs before the clone";
  if ((entry->place == KEEPER || entry->place == CHILD) && !seen->cloned) return "belongs after the clone";
  switch (entry->op) {
    case OP_clone:
      seen->cloned = 1; /* a second one belongs before the first */
      break;
    case OP_await:
      if (seen->awaits++) return "awaits a second time";
      break;
    case OP_fork:
    case OP_sync:
      if (!seen->awaits) return "stands before await";
      break;
    case OP_ready:
    case OP_wait_fifo:
      if (seen->waits++) return "waits a second time";
      if (!seen->awaits) return "stands before await";
      break;
    case OP_exec:
      if (!step->args[1].number || !seen->awaits) return seen->awaits ? "has no arguments" : "stands before await";
      seen->executes = 1;
      break;
    default: return NULL;
  }
  return step->flags & STEP_LENIENT ? "cannot be lenient" : NULL;
}

uint32_t plan_announced(const uint8_t *bytes, size_t length, uint32_t *passed) {
  if (length < PLAN_HEADER || memcmp(bytes, "JRPL", 4) != 0) return 0;
  *passed = u32_at(bytes + 16);
  return u32_at(bytes + 8);
}

static const char *check_header(const struct plan *plan, size_t length) {
  if (length < PLAN_HEADER || memcmp(plan->bytes, "JRPL", 4) != 0) return "no plan";
  if (u32_at(plan->bytes + 4) != PLAN_VERSION) return "plan of another version";
  if (plan->length != length || length > PLAN_LIMIT) return "plan length is wrong";
  return plan->passed > FIRST_MADE_SLOT ? "too many descriptors" : NULL;
}

int plan_check(struct plan *plan, const uint8_t *bytes, size_t length, struct plan_error *error) {
  error->step = UINT32_MAX;
  plan->bytes = bytes;
  if (length >= PLAN_HEADER) {
    plan->length = u32_at(bytes + 8);
    plan->steps = u32_at(bytes + 12);
    plan->passed = u32_at(bytes + 16);
    plan->flags = u32_at(bytes + 20);
  }
  error->what = check_header(plan, length);
  if (error->what) return -1;
  struct reader in = {bytes + PLAN_HEADER, (uint32_t)length - PLAN_HEADER};
  struct order seen = {0};
  struct step step;
  for (error->step = 0; error->step < plan->steps; error->step++) {
    error->what = read_step(&in, plan->passed, &step);
    if (!error->what) error->what = check_order(&seen, &step);
    if (error->what) return -1;
  }
  error->what = in.left ? "plan has more than its steps" : !seen.executes ? "plan ends without exec" : NULL;
  return error->what ? -1 : 0;
}

void plan_start(struct plan_cursor *cursor, const struct plan *plan) {
  *cursor = (struct plan_cursor){plan, PLAN_HEADER, 0};
}

int plan_next(struct plan_cursor *cursor, struct step *step) {
  if (cursor->index == cursor->plan->steps) return 0;
  struct reader in = {cursor->plan->bytes + cursor->offset, cursor->plan->length - cursor->offset};
  step->index = cursor->index++;
  if (read_step(&in, cursor->plan->passed, step)) return 0; /* plan_check has seen every step; not reached */
  cursor->offset = cursor->plan->length - in.left;
  return 1;
}

uint32_t value_number(const struct value *list, uint32_t n) {
  return u32_at((const uint8_t *)list->text + (size_t)n * 4);
}
