/* tmpcopyup: what the target held appears in the new tmpfs. Names are relative to two directories. */
#include <sys/sendfile.h>

#include "run.h"

enum { DEEPEST = 64 };

struct entry { /* struct linux_dirent64 */
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static int copy_file(int from, int to, const char *name, mode_t mode) {
  OWNED in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  OWNED out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  ssize_t moved = in < 0 || out < 0 ? -1 : 1;
  while (moved > 0) moved = sendfile(out, in, NULL, 1 << 20);
  return moved < 0 ? -1 : 0;
}

static int copy_link(int from, int to, const char *name) {
  char text[4096] = "";
  return readlinkat(from, name, text, sizeof text - 1) < 0 ? -1 : symlinkat(text, to, name);
}

static int copy_directory(struct run *run, int from, int to, const char *name, mode_t mode, int depth) {
  int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  OWNED in = openat(from, name, flags);
  OWNED out = in < 0 || mkdirat(to, name, mode) ? -1 : openat(to, name, flags);
  return out < 0 ? -1 : copy_up(run, in, out, depth + 1);
}

static int copy_entry(struct run *run, int from, int to, const char *name, int depth) {
  struct stat st;
  int rc = fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW);
  mode_t mode = st.st_mode & 07777;
  switch (rc ? 0 : st.st_mode & S_IFMT) {
    case S_IFDIR: rc = copy_directory(run, from, to, name, mode, depth); break;
    case S_IFREG: rc = copy_file(from, to, name, mode); break;
    case S_IFLNK: rc = copy_link(from, to, name); break;
    default: return rc; /* devices and sockets are not data */
  }
  return rc ? -1 : fchownat(to, name, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW);
}

int copy_up(struct run *run, int from, int to, int depth) {
  char block[4096] __attribute__((aligned(8)));
  if (depth > DEEPEST) return refused(run, ELOOP, "copy", "directories are nested too deep");
  OWNED list = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0) return failed(run, "openat", "directory to copy");
  long size;
  while ((size = syscall(SYS_getdents64, list, block, sizeof block)) > 0) {
    for (long at = 0; at < size;) {
      struct entry *e = (struct entry *)(block + at);
      at += e->length;
      if (!strcmp(e->name, ".") || !strcmp(e->name, "..")) continue;
      if (copy_entry(run, from, to, e->name, depth)) return run->failure.error ? -1 : failed(run, "copy", e->name);
    }
  }
  return size < 0 ? failed(run, "getdents64", "directory to copy") : 0;
}
