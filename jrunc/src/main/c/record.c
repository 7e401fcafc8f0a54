/* The files of a keeper's directory. Each appears whole: written under another name, then renamed. */
#include <sys/socket.h>
#include <sys/un.h>

#include "run.h"

static int write_record(struct run *run, const char *name, const char *text) {
  char fresh[16];
  snprintf(fresh, sizeof fresh, "%s.new", name);
  OWNED fd = openat(run->keep, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(run, "openat", fresh);
  ssize_t written = write(fd, text, strlen(text));
  if (written != (ssize_t)strlen(text)) return refused(run, written < 0 ? errno : ENOSPC, "write", fresh);
  return renameat(run->keep, fresh, run->keep, name) ? failed(run, "renameat", name) : 0;
}

int record_pid(struct run *run, uint64_t ticks) {
  char text[64];
  snprintf(text, sizeof text, "%d %llu\n", (int)run->child, (unsigned long long)ticks);
  return write_record(run, "pid", text);
}

int record_exit(struct run *run, int status, uint64_t unix_nanos) {
  char text[64];
  snprintf(text, sizeof text, "status %d %llu\n", status, (unsigned long long)unix_nanos);
  return write_record(run, "exit", text);
}

/* Bound by a name relative to the directory: the path may be longer than a socket address has room for. */
int bind_socket(struct run *run) {
  struct sockaddr_un address = {AF_UNIX, "keeper.sock"};
  OWNED fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mode_t mask = umask(0177);
  int rc = fd < 0 || fchdir(run->keep) || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16);
  umask(mask);
  return rc || chdir("/") ? failed(run, "bind", "keeper.sock") : give_away(&fd);
}

void remove_records(struct run *run) {
  unlinkat(run->keep, "keeper.sock", 0);
  unlinkat(run->keep, "pid", 0);
}

int directory_is_gone(struct run *run) {
  struct stat st;
  return fstatat(run->keep, "exit", &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT;
}
