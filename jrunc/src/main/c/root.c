/* What stands in the root beside mounts: directories, nodes, links, the terminal. */
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "run.h"

STEP(mkdir) {
  OWNED fd = make_directory(run, a[0].text, (mode_t)a[1].number);
  return fd < 0 ? -1 : 0;
}

/* The same node is taken as it is; anything else in its place is an error. */
static int is_node(int parent, const char *name, mode_t kind, dev_t device) {
  struct stat st;
  return !fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) && (st.st_mode & S_IFMT) == kind &&
         (kind == S_IFIFO || st.st_rdev == device);
}

STEP(mknod) {
  const char *name;
  OWNED parent = open_parent(run, a[0].text, &name);
  if (parent < 0) return -1;
  mode_t mode = (mode_t)a[1].number;
  dev_t device = makedev((unsigned)a[2].number, (unsigned)a[3].number);
  if (mknodat(parent, name, mode, device) && (errno != EEXIST || !is_node(parent, name, mode & S_IFMT, device)))
    return failed(run, "mknodat", a[0].text);
  if (fchownat(parent, name, (uid_t)a[4].number, (gid_t)a[5].number, AT_SYMLINK_NOFOLLOW))
    return failed(run, "fchownat", a[0].text);
  return 0;
}

STEP(symlink) {
  const char *name;
  OWNED parent = open_parent(run, a[1].text, &name);
  if (parent < 0) return -1;
  return symlinkat(a[0].text, parent, name) && errno != EEXIST ? failed(run, "symlinkat", a[1].text) : 0;
}

/* The multiplexer of the container's devpts, and nothing that only has its name. */
static int open_multiplexer(struct run *run) {
  struct stat st;
  struct statfs fs;
  OWNED fd = in_root(run, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0);
  if (fd < 0) return -1;
  if (fstat(fd, &st) || fstatfs(fd, &fs) || fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
    return refused(run, ENODEV, "openat2", "/dev/pts/ptmx is not a pty multiplexer");
  return give_away(&fd);
}

/* By descriptor on a file that no link leads to (CVE-2025-52565). */
static int bind_console(struct run *run, int slave) {
  OWNED target = make_target(run, "/dev/console", 0, RESOLVE_NO_SYMLINKS);
  OWNED tree = target < 0 ? -1 : clone_mount(run, slave, "/dev/console", 0);
  return tree < 0 ? -1 : move_to(run, tree, target, "/dev/console");
}

/* To the socket that the caller named, with the path as the data as runc does; or to the keeper. */
static int give_master(struct run *run, int master, int number) {
  char path[32] = {INNER_MASTER};
  int named = has_slot(run, 2);
  size_t size = named ? (size_t)snprintf(path, sizeof path, "/dev/pts/%d", number) : 1;
  int rc = send_all(named ? slot(run, 2) : run->inner, path, size, &master, 1);
  return rc ? failed(run, "sendmsg", "pty master") : 0;
}

STEP(terminal) {
  int unlocked = 0, number = 0;
  struct winsize size = {.ws_row = (unsigned short)a[0].number, .ws_col = (unsigned short)a[1].number};
  OWNED master = open_multiplexer(run);
  if (master < 0) return -1;
  if (ioctl(master, TIOCSPTLCK, &unlocked) || ioctl(master, TIOCGPTN, &number))
    return failed(run, "ioctl", "/dev/pts/ptmx");
  OWNED slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return failed(run, "ioctl", "TIOCGPTPEER");
  if ((size.ws_row || size.ws_col) && ioctl(slave, TIOCSWINSZ, &size)) return failed(run, "ioctl", "TIOCSWINSZ");
  if (ioctl(slave, TIOCSCTTY, 0)) return failed(run, "ioctl", "TIOCSCTTY");
  if ((a[3].number && bind_console(run, slave)) || give_master(run, master, number)) return -1;
  for (int fd = 0; fd < 3; fd++) {
    if (dup2(slave, fd) < 0) return failed(run, "dup2", "pty");
  }
  return 0;
}
