/*
 * Container paths. The only way to open one is in_root: openat2 with RESOLVE_IN_ROOT, used by
 * descriptor afterwards, so that no link in an image leads out of it (CVE-2021-30465, CVE-2024-45310).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"

enum { RACE_RETRIES = 128 };

int in_root(struct run *run, const char *path, int flags, uint64_t resolve) {
  int base = run->root;
  if (base < 0) {
    base = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0) {
      return -1;
    }
  }
  struct open_how how = {
      .flags = (uint64_t)(flags | O_CLOEXEC),
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
  };
  int fd, tries = 0;
  do { /* EAGAIN: something was renamed while ".." was resolved */
    fd = (int)syscall(SYS_openat2, base, path[0] ? path : "/", &how, sizeof how);
  } while (fd < 0 && errno == EAGAIN && ++tries < RACE_RETRIES);
  if (base != run->root) {
    int error = errno;
    close(base);
    errno = error;
  }
  return fd;
}

/* Cuts "/a/b//" into "/a" (in place) and "b". NULL if there is no name. */
static char *cut_name(char *path) {
  size_t n = strlen(path);
  while (n > 0 && path[n - 1] == '/') {
    path[--n] = 0;
  }
  char *slash = strrchr(path, '/');
  char *name = slash ? slash + 1 : path;
  if (slash) {
    *slash = 0;
  }
  return *name && strcmp(name, "..") != 0 && strcmp(name, ".") != 0 ? name : NULL;
}

/* Makes the directory at the path whose parent exists. */
static int make_one(struct run *run, const char *path, unsigned mode) {
  char cut[4096];
  strcpy(cut, path);
  char *name = cut_name(cut);
  if (!name) {
    errno = ENOENT;
    return -1;
  }
  int parent = in_root(run, name == cut ? "/" : cut, O_RDONLY | O_DIRECTORY, 0);
  if (parent < 0) {
    return -1;
  }
  int rc = mkdirat(parent, name, mode);
  int error = errno;
  close(parent);
  errno = error;
  return rc;
}

/* Opens the directory, making what is missing from the left. *created: the last one was made. */
int make_directory(struct run *run, const char *path, unsigned mode, int *created) {
  char prefix[4096];
  if (strlen(path) >= sizeof prefix) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (created) {
    *created = 0;
  }
  int fd = in_root(run, path, O_PATH | O_DIRECTORY, 0);
  if (fd >= 0 || errno != ENOENT) {
    return fd;
  }
  for (size_t end = 0; path[end + strspn(path + end, "/")];) {
    end += strspn(path + end, "/");
    end += strcspn(path + end, "/");
    memcpy(prefix, path, end);
    prefix[end] = 0;
    int last = !path[end + strspn(path + end, "/")];
    fd = in_root(run, prefix, O_PATH | O_DIRECTORY, 0);
    if (fd < 0 && errno == ENOENT) {
      int rc = make_one(run, prefix, last ? mode : 0755);
      if (!rc && last && created) {
        *created = 1;
      }
      /* EEXIST: somebody was faster, or a link leads nowhere; that one still cannot be opened */
      if (!rc || errno == EEXIST) {
        fd = in_root(run, prefix, O_PATH | O_DIRECTORY, 0);
      }
    }
    if (fd < 0 || last) {
      return fd;
    }
    close(fd);
  }
  errno = ENOENT;
  return -1;
}

/* The directory that holds the last name of the path, made if missing. */
int open_parent(struct run *run, const char *path, const char **name) {
  static char cut[4096];
  if (strlen(path) >= sizeof cut) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(cut, path);
  *name = cut_name(cut);
  if (!*name) {
    errno = EINVAL;
    return -1;
  }
  int place = make_directory(run, *name == cut ? "/" : cut, 0755, NULL);
  if (place < 0) {
    return -1;
  }
  int fd = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int error = errno;
  close(place);
  errno = error;
  return fd;
}

/* A place to mount on: an existing file or directory of the right kind, or a new one. */
int make_target(struct run *run, const char *path, int directory, uint64_t resolve) {
  int fd = in_root(run, path, O_PATH | (directory ? O_DIRECTORY : 0), resolve);
  if (fd >= 0 || errno != ENOENT) {
    return fd;
  }
  if (directory) {
    fd = make_directory(run, path, 0755, NULL);
  } else {
    const char *name;
    int parent = open_parent(run, path, &name);
    if (parent < 0) {
      return -1;
    }
    fd = openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDONLY, 0644);
    int error = errno;
    close(parent);
    errno = error;
  }
  if (fd < 0) {
    return -1;
  }
  close(fd);
  return in_root(run, path, O_PATH | (directory ? O_DIRECTORY : 0), resolve);
}
