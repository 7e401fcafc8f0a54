/*
 * jrunc-init: runs a plan that jrunc compiled. No policy, no JSON, no threads, no heap.
 *
 *   jrunc-init             with a plan socket on descriptor 3: parent, then keeper, of one process
 *   jrunc-init pause       the process that holds a pod's namespaces
 *   jrunc-init --version
 */
#include <sys/socket.h>

#include "run.h"

enum { PLAN_SOCKET = 3 };

static int is_plan_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_SEQPACKET;
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "--version")) {
    printf("jrunc-init version %s, plan version %d\n", VERSION, PLAN_VERSION);
    return 0;
  }
  if (argc == 2 && !strcmp(argv[1], "pause")) return pause_main();
  if (argc > 1 || !is_plan_socket(PLAN_SOCKET)) {
    fputs("jrunc-init: this program is started by jrunc, with a plan on descriptor 3\n", stderr);
    return 64;
  }
  return parent_main(PLAN_SOCKET);
}
