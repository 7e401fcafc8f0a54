/*
 * procfs that nobody can redirect (CVE-2019-16884, CVE-2025-52881): opened before any container path
 * exists, checked to be the root of a procfs, files below it opened without crossing a mount.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "run.h"

enum { PROC_ROOT_INODE = 1 };

int proc_root(struct run *run) {
  if (run->proc >= 0) {
    return 0;
  }
  int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct statfs fs;
  struct stat st;
  if (fd < 0 || fstatfs(fd, &fs) || fstat(fd, &st)) {
    return failed(run, "open", "/proc");
  }
  if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE) {
    close(fd);
    return refused(run, EXDEV, "open", "/proc is not a procfs");
  }
  run->proc = fd;
  return 0;
}

/* Where something is mounted over a part of /proc, as in nested containers: a detached procfs. */
static int detached_proc(void) {
  int fs = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
  if (fs < 0) {
    return -1;
  }
  int fd = -1;
  if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
    fd = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
                      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  }
  close(fs);
  return fd;
}

int proc_open(struct run *run, const char *path, int flags) {
  if (proc_root(run)) {
    return -1;
  }
  struct open_how how = {
      .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
  };
  int fd = (int)syscall(SYS_openat2, run->proc, path, &how, sizeof how);
  if (fd < 0 && errno == EXDEV) {
    int detached = detached_proc();
    if (detached >= 0) {
      fd = (int)syscall(SYS_openat2, detached, path, &how, sizeof how);
      int error = errno;
      close(detached);
      errno = error;
    } else {
      errno = EXDEV;
    }
  }
  return fd;
}

int proc_write(struct run *run, const char *path, const char *value, size_t size) {
  char shown[sizeof run->failure.detail];
  snprintf(shown, sizeof shown, "/proc/%s", path);
  int fd = proc_open(run, path, O_WRONLY);
  if (fd < 0) {
    return failed(run, "openat2", shown);
  }
  ssize_t written = write(fd, value, size);
  int error = errno;
  close(fd);
  if (written == (ssize_t)size) {
    return 0;
  }
  return refused(run, written < 0 ? error : EIO, "write", shown);
}

int step_write_proc(struct run *run, const struct value *a) {
  return proc_write(run, a[0].text, a[1].text, strlen(a[1].text));
}

/* Field 22 of /proc/PID/stat; 0 if the process is gone. */
uint64_t start_ticks(struct run *run, pid_t pid) {
  char path[32], text[1024];
  snprintf(path, sizeof path, "%d/stat", (int)pid);
  int fd = proc_open(run, path, O_RDONLY);
  if (fd < 0) {
    return 0;
  }
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got > 0 ? got : 0] = 0;
  char *at = strrchr(text, ')'); /* the name in parentheses may hold anything */
  for (int field = 2; at && field < 22; field++) {
    at = strchr(at + 1, ' ');
  }
  return at ? strtoull(at + 1, NULL, 10) : 0;
}
