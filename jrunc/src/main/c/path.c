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
  return fd;
}

/* Copies "/a/b//" as "/a", with "b" behind it, and answers "b"; NULL and errno if there is no name. */
static char *cut_name(const char *path, char *cut) {
  size_t n = strlen(path);
  if (n >= LONGEST_PATH - 1) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  cut[0] = '/';
  memcpy(cut + 1, path, n + 1);
  for (n++; n > 0 && cut[n - 1] == '/'; n--) cut[n - 1] = 0;
  char *slash = strrchr(cut, '/');
  if (!slash || !strcmp(slash, "/..") || !strcmp(slash, "/.")) {
    errno = EINVAL;
    return NULL;
  }
  *slash = 0;
  return slash + 1;
}

/* Makes the directory at the path, whose parent exists. */
static int make_one(struct run *run, const char *path, mode_t mode) {
  char cut[LONGEST_PATH];
  char *name = cut_name(path, cut);
  OWNED parent = name ? in_root(run, cut, O_RDONLY | O_DIRECTORY, 0) : -1;
  return parent < 0 ? -1 : mkdirat(parent, name, mode);
}

/* Opens the directory, making what is missing from the left. *created: the last one was made. */
int make_directory(struct run *run, const char *path, mode_t mode, int *created) {
  char prefix[LONGEST_PATH];
  *created = 0;
  int fd = in_root(run, path, O_PATH | O_DIRECTORY, 0);
  if (fd >= 0 || errno != ENOENT || strlen(path) >= sizeof prefix) return fd;
  for (size_t end = 0; path[end + strspn(path + end, "/")];) {
    end += strspn(path + end, "/");
    end += strcspn(path + end, "/");
    memcpy(prefix, path, end);
    prefix[end] = 0;
    int last = !path[end + strspn(path + end, "/")];
    fd = in_root(run, prefix, O_PATH | O_DIRECTORY, 0);
    if (fd < 0 && errno == ENOENT) {
      int rc = make_one(run, prefix, last ? mode : 0755);
      *created = last && !rc;
      /* EEXIST: somebody was faster, or a link leads nowhere; that one still cannot be opened */
      if (!rc || errno == EEXIST) fd = in_root(run, prefix, O_PATH | O_DIRECTORY, 0);
    }
    if (fd < 0 || last) return fd;
    close(fd);
  }
  errno = ENOENT;
  return -1;
}

/* The directory that holds the last name of the path, made if missing. */
int open_parent(struct run *run, const char *path, const char **name) {
  static char cut[LONGEST_PATH];
  int created;
  *name = cut_name(path, cut);
  OWNED place = *name ? make_directory(run, cut, 0755, &created) : -1;
  return place < 0 ? -1 : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A new empty file, in one call where its directory exists. */
static int make_file(struct run *run, const char *path) {
  int flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_RDONLY;
  int fd = in_root(run, path, flags, 0);
  if (fd >= 0 || errno != ENOENT) return fd;
  const char *name;
  OWNED parent = open_parent(run, path, &name);
  return parent < 0 ? -1 : in_root(run, path, flags, 0);
}

/* A place to mount on: an existing file or directory of the right kind, or a new one. */
int make_target(struct run *run, const char *path, int directory, uint64_t resolve) {
  int flags = O_PATH | (directory ? O_DIRECTORY : 0), created;
  int fd = in_root(run, path, flags, resolve);
  if (fd >= 0 || errno != ENOENT) return fd;
  return directory ? make_directory(run, path, 0755, &created) : make_file(run, path);
}
