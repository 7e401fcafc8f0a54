/*
 * procfs that nobody can redirect (CVE-2019-16884, CVE-2025-52881): opened before any container path
 * exists, checked to be the root of a procfs, files below it opened without crossing a mount.
 */
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "run.h"

int proc_root(struct run *run) {
  if (run->proc >= 0) return 0;
  if (run->proc == PROC_CLOSED) return refused(run, EBADF, "open", "/proc is the container's by now");
  OWNED fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct statfs fs;
  struct stat st;
  if (fd < 0 || fstatfs(fd, &fs) || fstat(fd, &st)) return failed(run, "open", "/proc");
  if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != 1) /* PROC_ROOT_INO */
    return refused(run, EXDEV, "open", "/proc is not a procfs");
  run->proc = give_away(&fd);
  return 0;
}

int proc_open(struct run *run, const char *path, int flags) {
  if (proc_root(run)) return -1;
  struct open_how how = {
      .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
  };
  int fd = (int)syscall(SYS_openat2, run->proc, path, &how, sizeof how);
  if (fd >= 0 || errno != EXDEV) return fd;
  /* Something is mounted over a part of /proc, as in nested containers: a detached procfs. */
  uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  OWNED detached = new_filesystem(run, "proc", "proc", "", &(struct value){0}, attributes);
  return detached < 0 ? -1 : (int)syscall(SYS_openat2, detached, path, &how, sizeof how);
}

int proc_write(struct run *run, const char *path, const char *value) {
  char shown[sizeof run->failure.detail];
  snprintf(shown, sizeof shown, "/proc/%s", path);
  OWNED fd = proc_open(run, path, O_WRONLY);
  if (fd < 0) return failed(run, "openat2", shown);
  return write(fd, value, strlen(value)) < 0 ? failed(run, "write", shown) : 0;
}

STEP(write_proc) { return proc_write(run, a[0].text, a[1].text); }

/* Field 22 of /proc/PID/stat; 0 if the process is gone. */
uint64_t start_ticks(struct run *run, pid_t pid) {
  char path[32], text[1024];
  snprintf(path, sizeof path, "%d/stat", (int)pid);
  OWNED fd = proc_open(run, path, O_RDONLY);
  ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  text[got > 0 ? got : 0] = 0;
  char *at = strrchr(text, ')'); /* the name in parentheses may hold anything */
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? strtoull(at + 1, NULL, 10) : 0;
}
