/*
 * We are pid 1 of a pod, or its namespaces' holder. Our job is to reap what is orphaned to us and
 * otherwise to do nothing. We end on SIGTERM or SIGINT.
 */
#include <signal.h>
#include <sys/wait.h>

#include "run.h"

int pause_main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  /* Blocked and taken with sigwaitinfo: pid 1 gets a signal only if it is blocked or handled. */
  if (sigprocmask(SIG_BLOCK, &set, NULL)) return 1;
  for (;;) {
    int signal = sigwaitinfo(&set, NULL);
    if (signal == SIGTERM || signal == SIGINT) return 0;
    if (signal < 0 && errno != EINTR) return 1;
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
  }
}
