/* Between the keeper's files. */
#pragma once

#include "run.h"

/* Order of the descriptors in the answer to ASK_DESCRIPTORS, and bits of its bitmap. */
enum end {
  END_STDIN,  /* write end */
  END_STDOUT, /* read end */
  END_STDERR, /* read end */
  END_MASTER, /* of the pty */
  END_SPOOL,  /* and one more */
  END_JOURNAL = END_SPOOL + 2,
  END_SPARE, /* read end, write end */
};
_Static_assert(END_SPARE + 2 == PASSED_ENDS, "run.h knows the number");

/* record.c: the files of a keeper's directory */
int record_pid(struct run *run, uint64_t ticks);
int record_exit(struct run *run, int status, uint64_t unix_nanos);
int bind_socket(struct run *run);
void remove_records(struct run *run);
int directory_is_gone(struct run *run);
