/* The files of a keeper's directory. Each appears whole: written under another name, then renamed. */
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "run.h"

int record(struct run *run, const char *name, const char *format, ...) {
  char fresh[16];
  va_list values;
  snprintf(fresh, sizeof fresh, "%s.new", name);
  OWNED fd = openat(run->keep, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(run, "openat", fresh);
  va_start(values, format);
  int written = vdprintf(fd, format, values);
  va_end(values);
  if (written < 0) return failed(run, "write", fresh);
  return renameat(run->keep, fresh, run->keep, name) ? failed(run, "renameat", name) : 0;
}

/* Bound by a name relative to the directory: the path may be longer than a socket address has room for. */
int bind_socket(struct run *run) {
  struct sockaddr_un address = {AF_UNIX, "keeper.sock"};
  OWNED fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int rc = fd < 0 || fchmod(fd, 0600) || fchdir(run->keep) || /* the socket's mode is the file's */
           bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16);
  return rc || chdir("/") ? failed(run, "bind", "keeper.sock") : give_away(&fd);
}
