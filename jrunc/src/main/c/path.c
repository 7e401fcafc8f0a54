/*
 * Container paths. The only way to open one is in_root: openat2 with RESOLVE_IN_ROOT, used by
 * descriptor afterwards, so that no link in an image leads out of it (CVE-2021-30465, CVE-2024-45310).
 */
#include <linux/openat2.h>

#include "run.h"

enum { RACE_RETRIES = 128, LONGEST_PATH = 4096 };

int in_root(struct run *run, const char *path, int flags, uint64_t resolve) {
  OWNED slash = run->root < 0 ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  struct open_how how = {
      .flags = (uint64_t)(flags | O_CLOEXEC),
      .mode = flags & O_CREAT ? 0644 : 0,
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
  };
  int fd, tries = 0;
  do /* EAGAIN: something was renamed while ".." was resolved */
    fd = (int)syscall(SYS_openat2, run->root < 0 ? slash : run->root, path[0] ? path : "/", &how, sizeof how);
  while (fd < 0 && errno == EAGAIN && ++tries < RACE_RETRIES);
  return fd < 0 ? failed(run, "openat2", path) : fd;
}

/* A copy that can be cut at its slashes: of "a//b/" it is "/a/b". One at a time. */
static char *copy_path(struct run *run, const char *path) {
  static char copy[LONGEST_PATH];
  size_t used = 0;
  for (const char *name = path; *(name += strspn(name, "/"));) {
    size_t size = strcspn(name, "/");
    if (used + size + 2 > sizeof copy) return refused(run, ENAMETOOLONG, "openat2", path), NULL;
    copy[used++] = '/';
    memcpy(copy + used, name, size);
    used += size;
    name += size;
  }
  copy[used] = 0;
  return copy;
}

/* Opens the directory, made where it is missing, as are those above it; cuts the copy of its path meanwhile. */
static int open_made(struct run *run, char *path, mode_t mode) {
  int fd = in_root(run, path, O_PATH | O_DIRECTORY, 0);
  char *slash = strrchr(path, '/');
  if (fd >= 0 || errno != ENOENT || !slash) return fd;
  *slash = 0;
  OWNED parent = open_made(run, path, 0755);
  *slash = '/';
  if (parent < 0) return -1;
  /* EEXIST: somebody was faster, or a link leads nowhere; that one still cannot be opened */
  if (mkdirat(parent, slash + 1, mode) && errno != EEXIST) return failed(run, "mkdirat", path);
  return in_root(run, path, O_PATH | O_DIRECTORY, 0);
}

int make_directory(struct run *run, const char *path, mode_t mode) {
  char *copy = copy_path(run, path);
  return copy ? open_made(run, copy, mode) : -1;
}

/* The directory that holds the last name of the path, made if missing; the name is good until the next copy. */
int open_parent(struct run *run, const char *path, const char **name) {
  char *copy = copy_path(run, path), *slash = copy ? strrchr(copy, '/') : NULL;
  if (!slash) return copy ? refused(run, EINVAL, "openat2", path) : -1;
  *slash = 0;
  *name = slash + 1;
  return open_made(run, copy, 0755);
}

/* A place to mount on: an existing file or directory of the right kind, or a new one. */
int make_target(struct run *run, const char *path, int directory, uint64_t resolve) {
  const char *name;
  int fd = in_root(run, path, O_PATH | (directory ? O_DIRECTORY : 0), resolve);
  if (fd >= 0 || errno != ENOENT) return fd;
  if (directory) return make_directory(run, path, 0755);
  OWNED parent = open_parent(run, path, &name);
  return parent < 0 ? -1 : in_root(run, path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDONLY, 0);
}
