/* Decoding. Every length is compared with what is left before it is used. */
#include <sched.h>
#include <string.h>

#include "plan.h"

static const struct op_entry entries[] = {
#define X(number, name, label, place, layout) {layout, number, place},
    OPS(X)
#undef X
};

static const struct op_entry *find(uint64_t op) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
    if (entries[i].op == op) return &entries[i];
  return NULL;
}

struct reader {
  const uint8_t *at;
  uint32_t left;
};

static const uint8_t *take(struct reader *in, uint64_t size) {
  const uint8_t *taken = in->at;
  if (size > in->left) return NULL;
  in->at += size;
  in->left -= (uint32_t)size;
  return taken;
}

static int take_number(struct reader *in, size_t size, uint64_t *number) {
  const uint8_t *bytes = take(in, size);
  *number = 0;
  if (bytes) memcpy(number, bytes, size);
  return bytes ? 0 : -1;
}

static int take_string(struct reader *in) {
  const uint8_t *end = in->left ? memchr(in->at, 0, in->left) : NULL;
  return end && take(in, (uint64_t)(end + 1 - in->at)) ? 0 : -1;
}

static int take_strings(struct reader *in, uint64_t count) {
  while (count && !take_string(in)) count--;
  return count ? -1 : 0;
}

static int is_slot(uint64_t number, uint32_t passed) {
  return number < passed || (number >= FIRST_MADE_SLOT && number < SLOTS);
}

static int take_value(struct reader *in, char letter, uint32_t passed, struct value *v) {
  int text = letter == 's';
  if (!text && take_number(in, letter == 'U' ? 8 : 4, &v->number)) return -1;
  v->text = (const char *)in->at;
  switch (letter) {
    case 's': return take_string(in);
    case 'S': return take_strings(in, v->number);
    case 'L': return take(in, v->number * 4) ? 0 : -1;
    case 'b': return take(in, v->number) ? 0 : -1;
    case 'o': return v->number == NO_SLOT || is_slot(v->number, passed) ? 0 : -1;
    case 'f': return is_slot(v->number, passed) ? 0 : -1;
    default: return 0;
  }
}

/* Decodes the step at the reader; NULL, or what is wrong with it. */
static const char *take_step(struct reader *in, uint32_t passed, struct step *step) {
  uint64_t op, flags, length;
  if (take_number(in, 2, &op) || take_number(in, 2, &flags) || take_number(in, 4, &length) || length > in->left)
    return "runs over the end of the plan";
  struct reader payload = {take(in, length), (uint32_t)length};
  step->flags = (uint16_t)flags;
  step->entry = find(op);
  if (!step->entry) return "unknown op";
  memset(step->args, 0, sizeof step->args);
  for (size_t i = 0; step->entry->layout[i]; i++)
    if (i >= MAX_ARGUMENTS || take_value(&payload, step->entry->layout[i], passed, &step->args[i]))
      return "payload does not have its layout";
  return payload.left ? "payload is too long" : NULL;
}

struct order {
  int cloned, staged, awaits, waits, executes;
};

/* One clone; helper's steps before it, the others after it; one await, or the fork of a stage, before
   anything that waits for a byte of the helper; at most one wait for a start; exec last. */
static const char *check_order(struct order *seen, const struct step *step) {
  const struct op_entry *entry = step->entry;
  if (seen->executes) return "stands after exec";
  if (entry->place == PARENT && seen->cloned) return "belongs before the clone";
  if ((entry->place == KEEPER || entry->place == CHILD) && !seen->cloned) return "belongs after the clone";
  switch (entry->op) {
    case OP_clone:
      seen->cloned = 1; /* a second one belongs before the first */
      seen->staged = !!(step->args[0].number & CLONE_VFORK);
      break;
    case OP_await:
      if (seen->staged || seen->awaits++) return "awaits a helper that stands still, or a second time";
      break;
    case OP_ready:
    case OP_wait_fifo:
      if (seen->waits++) return "waits a second time";
      break;
    case OP_exec:
      seen->executes = 1;
      if (!step->args[1].number) return "has no arguments";
      break;
    case OP_fork: seen->awaits |= seen->staged; break;
    case OP_sync: break;
    default: return NULL;
  }
  if (entry->op != OP_clone && !seen->awaits) return "stands before await";
  return step->flags & STEP_LENIENT ? "cannot be lenient" : NULL;
}

static uint32_t u32_at(const uint8_t *bytes) {
  uint32_t v;
  memcpy(&v, bytes, sizeof v);
  return v;
}

int plan_header(struct plan *plan, const uint8_t *bytes, size_t length) {
  if (length < PLAN_HEADER || memcmp(bytes, "JRPL", 4) != 0) return -1;
  *plan = (struct plan){bytes,
                        .length = u32_at(bytes + 8),
                        .steps = u32_at(bytes + 12),
                        .passed = u32_at(bytes + 16),
                        .flags = u32_at(bytes + 20),
                        .offset = PLAN_HEADER};
  return 0;
}

const char *plan_check(struct plan *plan, const uint8_t *bytes, size_t length, uint32_t *at) {
  *at = UINT32_MAX;
  if (plan_header(plan, bytes, length)) return "no plan";
  if (u32_at(bytes + 4) != PLAN_VERSION) return "plan of another version";
  if (plan->length != length || length > PLAN_LIMIT) return "plan length is wrong";
  if (plan->passed > FIRST_MADE_SLOT) return "too many descriptors";
  struct reader in = {bytes + PLAN_HEADER, plan->length - PLAN_HEADER};
  struct order seen = {0};
  struct step step = {0};
  for (*at = 0; *at < plan->steps; ++*at) {
    const char *wrong = take_step(&in, plan->passed, &step);
    if (!wrong) wrong = check_order(&seen, &step);
    if (wrong) return wrong;
  }
  plan->arguments = step.args[1];
  plan->environment = step.args[2];
  return in.left ? "plan has more than its steps" : !seen.executes ? "plan ends without exec" : NULL;
}

int plan_next(struct plan *plan, struct step *step) {
  if (plan->index == plan->steps) return 0;
  struct reader in = {plan->bytes + plan->offset, plan->length - plan->offset};
  step->index = plan->index++;
  if (take_step(&in, plan->passed, step)) return 0; /* plan_check has seen every step; not reached */
  plan->offset = plan->length - in.left;
  return 1;
}

uint32_t value_number(const struct value *list, uint32_t n) {
  return u32_at((const uint8_t *)list->text + (size_t)n * 4);
}
