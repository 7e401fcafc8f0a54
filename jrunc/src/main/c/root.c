/* What stands in the root beside mounts: directories, nodes, links, the terminal. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "run.h"

int step_mkdir(struct run *run, const struct value *a) {
  int created = 0;
  int fd = make_directory(run, a[0].text, (unsigned)a[1].number, &created);
  if (fd < 0) {
    return failed(run, "mkdirat", a[0].text);
  }
  int rc = created ? fchownat(fd, "", (uid_t)a[2].number, (gid_t)a[3].number, AT_EMPTY_PATH) : 0;
  int error = errno;
  close(fd);
  return rc ? refused(run, error, "fchownat", a[0].text) : 0;
}

/* The same node is taken as it is; anything else in its place is an error. */
static int is_node(int parent, const char *name, mode_t kind, dev_t device) {
  struct stat st;
  return !fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) && (st.st_mode & S_IFMT) == kind &&
         (kind == S_IFIFO || st.st_rdev == device);
}

int step_mknod(struct run *run, const struct value *a) {
  const char *name;
  int parent = open_parent(run, a[0].text, &name);
  if (parent < 0) {
    return failed(run, "openat2", a[0].text);
  }
  mode_t mode = (mode_t)a[1].number;
  dev_t device = makedev((unsigned)a[2].number, (unsigned)a[3].number);
  const char *call = NULL;
  if (mknodat(parent, name, mode, device)) {
    int error = errno;
    if (error != EEXIST || !is_node(parent, name, mode & S_IFMT, device)) {
      call = "mknodat";
      errno = error;
    }
  }
  if (!call && fchownat(parent, name, (uid_t)a[4].number, (gid_t)a[5].number, AT_SYMLINK_NOFOLLOW)) {
    call = "fchownat";
  }
  int error = errno;
  close(parent);
  return call ? refused(run, error, call, a[0].text) : 0;
}

int step_symlink(struct run *run, const struct value *a) {
  const char *name;
  int parent = open_parent(run, a[1].text, &name);
  if (parent < 0) {
    return failed(run, "openat2", a[1].text);
  }
  int rc = symlinkat(a[0].text, parent, name);
  int error = errno;
  close(parent);
  return rc && error != EEXIST ? refused(run, error, "symlinkat", a[1].text) : 0;
}

/* The multiplexer of the container's devpts, and nothing that only has its name. */
static int open_multiplexer(struct run *run) {
  int fd = in_root(run, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0);
  if (fd < 0) {
    return failed(run, "openat2", "/dev/pts/ptmx");
  }
  struct stat st;
  struct statfs fs;
  if (fstat(fd, &st) || fstatfs(fd, &fs) || fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(st.st_mode) ||
      st.st_rdev != makedev(5, 2)) {
    close(fd);
    return refused(run, ENODEV, "openat2", "/dev/pts/ptmx is not a pty multiplexer");
  }
  return fd;
}

/* By descriptor on a file that is not a link (CVE-2025-52565). */
static int bind_console(struct run *run, int slave) {
  int target = make_target(run, "/dev/console", 0, 0);
  if (target < 0) {
    return failed(run, "openat2", "/dev/console");
  }
  int tree = (int)syscall(SYS_open_tree, slave, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  const char *call = tree < 0 ? "open_tree"
                     : syscall(SYS_move_mount, tree, "", target, "",
                               MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
                         ? "move_mount"
                         : NULL;
  int error = errno;
  close(target);
  if (tree >= 0) {
    close(tree);
  }
  return call ? refused(run, error, call, "/dev/console") : 0;
}

/* To the socket that the caller named, with the path as the data as runc does; or to the keeper. */
static int give_master(struct run *run, int master, int number) {
  char path[32] = {INNER_MASTER};
  int socket = run->inner;
  size_t size = 1;
  if (has_slot(run, 2)) {
    socket = slot(run, 2);
    size = (size_t)snprintf(path, sizeof path, "/dev/pts/%d", number);
  }
  return send_all(socket, path, size, &master, 1) ? failed(run, "sendmsg", "pty master") : 0;
}

static int set_up_terminal(struct run *run, const struct value *a, int master, int *slave) {
  int unlocked = 0, number = 0;
  if (ioctl(master, TIOCSPTLCK, &unlocked) || ioctl(master, TIOCGPTN, &number)) {
    return failed(run, "ioctl", "/dev/pts/ptmx");
  }
  *slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0) {
    return failed(run, "ioctl", "TIOCGPTPEER");
  }
  struct winsize size = {.ws_row = (unsigned short)a[0].number, .ws_col = (unsigned short)a[1].number};
  if ((size.ws_row || size.ws_col) && ioctl(*slave, TIOCSWINSZ, &size)) {
    return failed(run, "ioctl", "TIOCSWINSZ");
  }
  if (ioctl(*slave, TIOCSCTTY, 0)) {
    return failed(run, "ioctl", "TIOCSCTTY");
  }
  if ((a[3].number && bind_console(run, *slave)) || give_master(run, master, number)) {
    return -1;
  }
  for (int fd = 0; fd < 3; fd++) {
    if (dup2(*slave, fd) < 0) {
      return failed(run, "dup2", "pty");
    }
  }
  return 0;
}

int step_terminal(struct run *run, const struct value *a) {
  int master = open_multiplexer(run);
  if (master < 0) {
    return -1;
  }
  int slave = -1;
  int rc = set_up_terminal(run, a, master, &slave);
  close(master);
  if (slave >= 0) {
    close(slave);
  }
  return rc;
}
