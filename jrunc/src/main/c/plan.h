/*
 * The plan: what Java compiled, checked whole before the first step runs.
 *
 * header  "JRPL", u32 version, u32 length of everything, u32 steps, u32 passed descriptors, u32 flags
 * step    u16 op, u16 flags, u32 length of the payload, payload laid out as ops.h says
 *
 * Little endian, nothing aligned, strings ended by NUL. Decoded values point into the plan.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ops.h"

enum { PLAN_VERSION = 2, PLAN_HEADER = 24, PLAN_LIMIT = 4 << 20 };
enum { PLAN_TRACE = 1 };   /* plan flag: answer DONE after each step */
enum { STEP_LENIENT = 1 }; /* step flag: a failure is a warning */
enum { SLOTS = 256, FIRST_MADE_SLOT = 192, MAX_ARGUMENTS = 10 };
#define NO_SLOT UINT32_MAX

enum place { PARENT, KEEPER, CHILD, EITHER };

enum op {
#define X(number, name, label, place, layout) OP_##name = number,
  OPS(X)
#undef X
};

/* One value of a payload; which member counts is said by the layout letter. */
struct value {
  uint64_t number;  /* u, U, f, o; count of S and L; length of b */
  const char *text; /* s; first string of S; bytes of b; first number of L */
};

struct op_entry {
  const char *layout;
  uint16_t op;
  uint8_t place;
};

struct step {
  const struct op_entry *entry;
  uint32_t index;
  uint16_t flags;
  struct value args[MAX_ARGUMENTS];
};

struct plan {
  const uint8_t *bytes;
  uint32_t length, steps, passed, flags;
  uint32_t offset, index; /* of the step that comes next */
  struct value arguments, environment; /* of its exec */
};

/* Reads what the header says; 0, or -1 if this is none. */
int plan_header(struct plan *plan, const uint8_t *bytes, size_t length);

/* Checks everything; after this plan_next never fails. NULL, or what is wrong with *step (UINT32_MAX: the header). */
const char *plan_check(struct plan *plan, const uint8_t *bytes, size_t length, uint32_t *step);

/* 1 and *step filled, 0 at the end. */
int plan_next(struct plan *plan, struct step *step);

/* The n-th of the numbers of an L value. */
uint32_t value_number(const struct value *list, uint32_t n);
