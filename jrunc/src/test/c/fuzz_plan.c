/*
 * Lets the decoder read plans that somebody tampered with, and walks through what it accepts as the helper
 * would. Built with -fsanitize=address,undefined, so that reading outside of the plan is a crash.
 *
 * fuzz_plan SEED ROUNDS FILE...  each round changes some bytes of one of the files and sometimes cuts it;
 *                                what every build runs, and it needs gcc alone
 * with -DLIBFUZZER and clang's -fsanitize=fuzzer it is guided by coverage: what tools/fuzz runs
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

enum { MOST_FILES = 16, MOST_BYTES = 1 << 20 };

static uint64_t state;

/* xorshift64*: the same seed gives the same rounds. */
static uint32_t next_random(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)(state * 2685821657736338717ULL >> 32);
}

static uint32_t below(uint32_t limit) {
  return limit ? next_random() % limit : 0;
}

static size_t mutate(uint8_t *bytes, size_t size) {
  static const uint32_t interesting[] = {0, 1, 7, 8, 191, 192, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};
  for (uint32_t changes = 1 + below(8); changes; changes--) {
    uint32_t at = below((uint32_t)size);
    switch (below(3)) {
      case 0:
        bytes[at] ^= (uint8_t)(1u << below(8));
        break;
      case 1:
        bytes[at] = (uint8_t)next_random();
        break;
      default:
        if (at + 4 <= size) {
          memcpy(bytes + at, &interesting[below(sizeof interesting / sizeof *interesting)], 4);
        }
    }
  }
  if (!below(8)) {
    size = below((uint32_t)size);
  }
  if (!below(4) && size >= 12) { /* a length that is right again, to get past the header */
    uint32_t length = (uint32_t)size;
    memcpy(bytes + 8, &length, sizeof length);
  }
  return size;
}

/* Touches every byte of every value, as the steps do. */
static uint64_t walk(struct plan *plan) {
  struct step step;
  uint64_t sum = 0;
  uint32_t count = 0;
  for (; plan_next(plan, &step); count++) {
    for (size_t i = 0; step.entry->layout[i]; i++) {
      const struct value *v = &step.args[i];
      const char *text = v->text;
      switch (step.entry->layout[i]) {
        case 's':
          sum += strlen(text);
          break;
        case 'S':
          for (uint64_t n = 0; n < v->number; n++, text += strlen(text) + 1) {
            sum += strlen(text);
          }
          break;
        case 'b':
          for (uint64_t n = 0; n < v->number; n++) {
            sum += (uint8_t)text[n];
          }
          break;
        case 'L':
          for (uint32_t n = 0; n < v->number; n++) {
            sum += value_number(v, n);
          }
          break;
        case 'f':
        case 'o':
          if (v->number >= SLOTS && v->number != NO_SLOT) {
            abort();
          }
          break;
        default:
          sum += v->number;
      }
    }
  }
  if (count != plan->steps) {
    abort();
  }
  return sum;
}

/* One input, in memory of exactly its size: one byte more is a crash. Whether the decoder took it. */
static int decode(const uint8_t *bytes, size_t size, uint64_t *sum) {
  uint8_t *exact = malloc(size ? size : 1);
  memcpy(exact, bytes, size);
  struct plan plan = {0};
  uint32_t step;
  int taken = !plan_check(&plan, exact, size, &step);
  if (taken) {
    *sum += walk(&plan);
  }
  free(exact);
  return taken;
}

#ifdef LIBFUZZER

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t most);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static uint64_t sum;
  decode(bytes, size, &sum);
  return 0;
}

/* The fuzzer's own changes; in most inputs the length is made right again, to get past the header. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t most, unsigned seed) {
  state = seed | 1;
  size = below(2) ? LLVMFuzzerMutate(bytes, size, most) : mutate(bytes, size ? size : 1);
  if (below(8) && size >= 12) {
    uint32_t length = (uint32_t)size;
    memcpy(bytes + 8, &length, sizeof length);
  }
  return size;
}

#else

int main(int argc, char **argv) {
  static uint8_t files[MOST_FILES][MOST_BYTES];
  static size_t sizes[MOST_FILES];
  int count = argc - 3 < MOST_FILES ? argc - 3 : MOST_FILES;
  if (count < 1) {
    fputs("usage: fuzz_plan SEED ROUNDS FILE...\n", stderr);
    return 2;
  }
  state = strtoull(argv[1], NULL, 10) | 1;
  for (int i = 0; i < count; i++) {
    FILE *file = fopen(argv[3 + i], "rb");
    if (!file || !(sizes[i] = fread(files[i], 1, MOST_BYTES, file))) {
      perror(argv[3 + i]);
      return 2;
    }
    fclose(file);
    struct plan plan;
    uint32_t step;
    const char *wrong = plan_check(&plan, files[i], sizes[i], &step);
    if (wrong) {
      fprintf(stderr, "%s: step %u %s\n", argv[3 + i], step, wrong);
      return 3;
    }
  }
  uint64_t accepted = 0, sum = 0, rounds = strtoull(argv[2], NULL, 10);
  for (uint64_t round = 0; round < rounds; round++) {
    int which = (int)below((uint32_t)count);
    uint8_t *copy = malloc(sizes[which]);
    memcpy(copy, files[which], sizes[which]);
    size_t size = mutate(copy, sizes[which]);
    accepted += (uint64_t)decode(copy, size, &sum);
    free(copy);
  }
  printf("rounds %llu accepted %llu sum %llu\n", (unsigned long long)rounds, (unsigned long long)accepted,
         (unsigned long long)sum);
  return 0;
}

#endif
