/* The files of a keeper's directory. Each appears whole: written under another name, then renamed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keeper.h"

static int write_record(struct run *run, const char *name, const char *text) {
  char fresh[16];
  snprintf(fresh, sizeof fresh, "%s.new", name);
  int fd = openat(run->keep, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return failed(run, "openat", fresh);
  }
  size_t size = strlen(text);
  ssize_t written = write(fd, text, size);
  int error = written < 0 ? errno : EIO;
  close(fd);
  if (written != (ssize_t)size) {
    return refused(run, error, "write", fresh);
  }
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
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    failed(run, "socket", "keeper.sock");
    return -1;
  }
  mode_t mask = umask(0177);
  const char *call = fchdir(run->keep)                                             ? "fchdir"
                     : bind(fd, (struct sockaddr *)&address, sizeof address)       ? "bind"
                     : listen(fd, 16)                                              ? "listen"
                                                                                   : NULL;
  int error = errno;
  umask(mask);
  if (chdir("/") || call) {
    close(fd);
    return refused(run, error, call ? call : "chdir", "keeper.sock");
  }
  return fd;
}

void remove_records(struct run *run) {
  unlinkat(run->keep, "keeper.sock", 0);
  unlinkat(run->keep, "pid", 0);
}

int directory_is_gone(struct run *run) {
  struct stat st;
  return fstatat(run->keep, "exit", &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT;
}
