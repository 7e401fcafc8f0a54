/* tmpcopyup: what the target held appears in the new tmpfs. Names are relative to two directories. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"

enum { DEEPEST = 64 };

struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static int copy_file(int from, int to, const char *name, mode_t mode) {
  int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
  ssize_t moved = in < 0 || out < 0 ? -1 : 1;
  while (moved > 0) {
    moved = sendfile(out, in, NULL, 1 << 20);
  }
  int error = errno;
  close(in);
  close(out);
  errno = error;
  return moved < 0 ? -1 : 0;
}

static int copy_link(int from, int to, const char *name) {
  char text[4096];
  ssize_t size = readlinkat(from, name, text, sizeof text - 1);
  if (size < 0) {
    return -1;
  }
  text[size] = 0;
  return symlinkat(text, to, name);
}

static int copy_entry(struct run *run, int from, int to, const char *name, int depth) {
  struct stat st;
  if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW)) {
    return -1;
  }
  int rc = 0;
  if (S_ISDIR(st.st_mode)) {
    int in = openat(from, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    rc = in < 0 || mkdirat(to, name, st.st_mode & 07777) ? -1 : 0;
    int out = rc ? -1 : openat(to, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    rc = rc || out < 0 ? -1 : copy_up(run, in, out, depth + 1);
    int error = errno;
    close(in);
    close(out);
    errno = error;
  } else if (S_ISREG(st.st_mode)) {
    rc = copy_file(from, to, name, st.st_mode);
  } else if (S_ISLNK(st.st_mode)) {
    rc = copy_link(from, to, name);
  } else {
    return 0; /* devices and sockets are not data */
  }
  return rc ? -1 : fchownat(to, name, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW);
}

int copy_up(struct run *run, int from, int to, int depth) {
  char block[4096] __attribute__((aligned(8)));
  if (depth > DEEPEST) {
    return refused(run, ELOOP, "copy", "directories are nested too deep");
  }
  int list = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0) {
    return failed(run, "openat", "directory to copy");
  }
  long size;
  int rc = 0;
  while (!rc && (size = syscall(SYS_getdents64, list, block, sizeof block)) > 0) {
    for (long at = 0; at < size && !rc;) {
      struct entry *e = (struct entry *)(block + at);
      at += e->length;
      if (strcmp(e->name, ".") && strcmp(e->name, "..") && copy_entry(run, from, to, e->name, depth)) {
        rc = run->failure.error ? -1 : failed(run, "copy", e->name);
      }
    }
  }
  close(list);
  return rc;
}
