/* Mounts. Everything is made detached, gets its attributes, and is then moved to a descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "run.h"

static int open_tree(int at, const char *path, unsigned flags) {
  return (int)syscall(SYS_open_tree, at, path, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static int move_to(int tree, int target) {
  return (int)syscall(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

struct attributes {
  uint64_t set, clear, propagation;
  int user_namespace; /* whose id map, or -1 */
};

/* mount_setattr on the mount that the descriptor is on; nothing to do is no call. */
static int set_attributes(int fd, int recursive, const struct attributes *wanted) {
  struct mount_attr attr = {
      .attr_set = wanted->set, .attr_clr = wanted->clear, .propagation = wanted->propagation};
  if (wanted->user_namespace >= 0) {
    attr.attr_set |= MOUNT_ATTR_IDMAP;
    attr.userns_fd = (uint64_t)wanted->user_namespace;
  }
  if (!attr.attr_set && !attr.attr_clr && !attr.propagation) {
    return 0;
  }
  unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  return (int)syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof attr);
}

static int close_keeping_errno(int fd) {
  int error = errno;
  if (fd >= 0) {
    close(fd);
  }
  errno = error;
  return -1;
}

int step_open_tree(struct run *run, const struct value *a) {
  int recursive = a[1].number != 0;
  int tree = open_tree(AT_FDCWD, a[0].text, recursive ? AT_RECURSIVE : 0);
  if (tree < 0) {
    return failed(run, "open_tree", a[0].text);
  }
  struct attributes wanted = {a[2].number, a[3].number, 0, has_slot(run, 4) ? slot(run, 4) : -1};
  if (set_attributes(tree, recursive, &wanted)) {
    close_keeping_errno(tree);
    return failed(run, "mount_setattr", a[0].text);
  }
  return fill_slot(run, 5, tree);
}

static int bind_tree(struct run *run, const struct value *a, int tree) {
  int recursive = a[3].number != 0;
  struct attributes all = {a[6].number, a[7].number, 0, has_slot(run, 9) ? slot(run, 9) : -1};
  struct attributes top = {a[4].number, a[5].number, 0, -1};
  struct attributes events = {0, 0, a[8].number, -1};
  int everywhere = recursive || all.set || all.clear;
  if (set_attributes(tree, everywhere, &all) || set_attributes(tree, 0, &top) ||
      set_attributes(tree, recursive, &events)) {
    return failed(run, "mount_setattr", a[2].text);
  }
  struct stat st;
  if (fstat(tree, &st)) {
    return failed(run, "fstat", a[0].text);
  }
  int target = make_target(run, a[2].text, S_ISDIR(st.st_mode), 0);
  if (target < 0) {
    return failed(run, "openat2", a[2].text);
  }
  int rc = move_to(tree, target);
  close_keeping_errno(target);
  return rc ? failed(run, "move_mount", a[2].text) : 0;
}

int step_bind(struct run *run, const struct value *a) {
  int tree;
  if (has_slot(run, 1)) {
    tree = slot(run, 1);
    if (tree < 0) {
      return failed(run, "bind", a[2].text);
    }
    return bind_tree(run, a, tree);
  }
  tree = open_tree(AT_FDCWD, a[0].text, a[3].number ? AT_RECURSIVE : 0);
  if (tree < 0) {
    return failed(run, "open_tree", a[0].text);
  }
  int rc = bind_tree(run, a, tree);
  close(tree);
  return rc;
}

/* The kernel's own words about a refused option, such as "tmpfs: Unknown parameter 'x'". */
static int explain(struct run *run, int fs, const char *call, const char *detail) {
  int error = errno;
  char text[sizeof run->failure.detail];
  ssize_t got = read(fs, text, sizeof text - 1);
  if (got > 2) {
    text[got] = 0;
    text[strcspn(text, "\n")] = 0;
    return refused(run, error, call, text + 2); /* after "e " */
  }
  return refused(run, error, call, detail);
}

static int set_option(struct run *run, int fs, const char *option) {
  char key[256];
  const char *equals = strchr(option, '=');
  size_t size = equals ? (size_t)(equals - option) : strlen(option);
  if (size >= sizeof key) {
    return refused(run, EINVAL, "fsconfig", option);
  }
  memcpy(key, option, size);
  key[size] = 0;
  long rc = equals ? syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, equals + 1, 0)
                   : syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, key, NULL, 0);
  return rc ? explain(run, fs, "fsconfig", option) : 0;
}

/* A detached mount of a new file system: type, source, options. */
static int new_filesystem(struct run *run, const char *type, const char *source, const struct value *options,
                          unsigned attributes) {
  int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
  if (fs < 0) {
    return failed(run, "fsopen", type);
  }
  int mount = -1;
  if (source[0] && syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", source, 0)) {
    explain(run, fs, "fsconfig", source);
    goto out;
  }
  const char *option = options->text;
  for (uint64_t i = 0; i < options->number; i++, option += strlen(option) + 1) {
    if (option[0] && set_option(run, fs, option)) {
      goto out;
    }
  }
  if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
    explain(run, fs, "fsconfig", type);
    goto out;
  }
  mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
  if (mount < 0) {
    failed(run, "fsmount", type);
  }
out:
  close(fs);
  return mount;
}

/* MOUNT_ATTR_* and the flag-like options to MS_*, for mount(2). */
static unsigned long old_flags(uint64_t attributes) {
  static const struct {
    unsigned attribute, flag;
  } pairs[] = {{MOUNT_ATTR_RDONLY, 1},      {MOUNT_ATTR_NOSUID, 2},         {MOUNT_ATTR_NODEV, 4},
               {MOUNT_ATTR_NOEXEC, 8},      {MOUNT_ATTR_NOATIME, 1 << 10},  {MOUNT_ATTR_NODIRATIME, 1 << 11},
               {MOUNT_ATTR_NOSYMFOLLOW, 256}, {MOUNT_ATTR_STRICTATIME, 1 << 24}};
  unsigned long flags = 0;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    flags |= attributes & pairs[i].attribute ? pairs[i].flag : 0;
  }
  return flags;
}

/* mount(2) on ".": for kernels without fsopen and for values that fsconfig has no room for. */
static int mount_old_way(struct run *run, const struct value *a, int target) {
  char data[4096];
  size_t used = 0;
  unsigned long flags = old_flags(a[3].number);
  const char *option = a[4].text;
  data[0] = 0;
  for (uint64_t i = 0; i < a[4].number; i++, option += strlen(option) + 1) {
    if (!strcmp(option, "ro")) {
      flags |= 1;
      continue;
    }
    int n = snprintf(data + used, sizeof data - used, "%s%s", used ? "," : "", option);
    used += (size_t)n;
    if (used >= sizeof data) {
      return refused(run, E2BIG, "mount", a[2].text);
    }
  }
  if (fchdir(target) || syscall(SYS_mount, a[1].text, ".", a[0].text, flags, data)) {
    return failed(run, "mount", a[2].text);
  }
  return chdir("/") ? failed(run, "chdir", "/") : 0;
}

static int has_long_option(const struct value *options) {
  enum { FSCONFIG_LIMIT = 256 };
  const char *option = options->text;
  for (uint64_t i = 0; i < options->number; i++, option += strlen(option) + 1) {
    if (strlen(option) >= FSCONFIG_LIMIT) {
      return 1;
    }
  }
  return 0;
}

static int mount_new_way(struct run *run, const struct value *a, int target) {
  int mount = new_filesystem(run, a[0].text, a[1].text, &a[4], (unsigned)a[3].number);
  if (mount < 0) {
    return run->failure.error == ENOSYS ? mount_old_way(run, a, target) : -1;
  }
  int rc = a[6].number ? copy_up(run, target, mount, 0) : 0;
  if (!rc && move_to(mount, target)) {
    rc = failed(run, "move_mount", a[2].text);
  }
  struct attributes events = {0, 0, a[5].number, -1};
  if (!rc && set_attributes(mount, 0, &events)) {
    rc = failed(run, "mount_setattr", a[2].text);
  }
  close(mount);
  return rc;
}

int step_mount(struct run *run, const struct value *a) {
  /* These must be where they say: a link would let an image choose (CVE-2019-19921, CVE-2023-27561). */
  int kernel = !strcmp(a[0].text, "proc") || !strcmp(a[0].text, "sysfs");
  int target = make_target(run, a[2].text, 1, kernel ? RESOLVE_NO_SYMLINKS : 0);
  if (target < 0) {
    return failed(run, "openat2", a[2].text);
  }
  int rc = has_long_option(&a[4]) ? mount_old_way(run, a, target) : mount_new_way(run, a, target);
  close(target);
  return rc;
}

int step_set_attributes(struct run *run, const struct value *a) {
  int fd = in_root(run, a[0].text, O_PATH, 0);
  if (fd < 0) {
    return failed(run, "openat2", a[0].text);
  }
  struct attributes wanted = {a[2].number, a[3].number, 0, -1};
  int rc = set_attributes(fd, a[1].number != 0, &wanted);
  close_keeping_errno(fd);
  return rc ? failed(run, "mount_setattr", a[0].text) : 0;
}

int step_propagate(struct run *run, const struct value *a) {
  int fd = in_root(run, a[0].text, O_PATH, 0);
  if (fd < 0) {
    return failed(run, "openat2", a[0].text);
  }
  struct attributes wanted = {0, 0, a[1].number, -1};
  int rc = set_attributes(fd, a[2].number != 0, &wanted);
  close_keeping_errno(fd);
  return rc ? failed(run, "mount_setattr", a[0].text) : 0;
}

/* All hidden directories share one superblock; the first mount is cloned for the others. */
static int mask_directory(struct run *run, int target, const char *path) {
  int tree = run->mask >= 0 ? open_tree(run->mask, "", AT_EMPTY_PATH) : -1;
  if (run->mask < 0) {
    static const struct value options = {2, "mode=0755\0ro"};
    tree = new_filesystem(run, "tmpfs", "tmpfs", &options,
                          MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    if (tree < 0) {
      return -1;
    }
  } else if (tree < 0) {
    return failed(run, "open_tree", path);
  }
  int rc = move_to(tree, target) ? failed(run, "move_mount", path) : 0;
  if (run->mask < 0 && !rc) {
    run->mask = tree;
  } else {
    close(tree);
  }
  return rc;
}

/* /dev/null of the container, if it is one: an image may have put something else there (CVE-2025-31133). */
static int mask_file(struct run *run, int target, const char *path) {
  int null = in_root(run, "/dev/null", O_PATH, 0);
  if (null < 0) {
    return failed(run, "openat2", "/dev/null");
  }
  struct stat st;
  if (fstat(null, &st) || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
    close(null);
    return refused(run, ENODEV, "mask", "/dev/null is not the null device");
  }
  int tree = open_tree(null, "", AT_EMPTY_PATH);
  close_keeping_errno(null);
  if (tree < 0) {
    return failed(run, "open_tree", "/dev/null");
  }
  int rc = move_to(tree, target) ? failed(run, "move_mount", path) : 0;
  close(tree);
  return rc;
}

int step_mask(struct run *run, const struct value *a) {
  int target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0) {
    return errno == ENOENT || errno == ENOTDIR ? 0 : failed(run, "openat2", a[0].text);
  }
  struct stat st;
  int rc = fstat(target, &st)       ? failed(run, "fstat", a[0].text)
           : S_ISDIR(st.st_mode) ? mask_directory(run, target, a[0].text)
                                 : mask_file(run, target, a[0].text);
  close(target);
  return rc;
}

int step_read_only(struct run *run, const struct value *a) {
  int target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0) {
    return errno == ENOENT || errno == ENOTDIR ? 0 : failed(run, "openat2", a[0].text);
  }
  struct attributes wanted = {MOUNT_ATTR_RDONLY, 0, 0, -1};
  const char *call = "open_tree";
  int tree = open_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE);
  int rc = tree < 0;
  if (!rc) {
    call = "mount_setattr";
    rc = set_attributes(tree, 1, &wanted);
  }
  if (!rc) {
    call = "move_mount";
    rc = move_to(tree, target);
  }
  close_keeping_errno(tree);
  close_keeping_errno(target);
  return rc ? failed(run, call, a[0].text) : 0;
}

/* From here on container paths are below this mount. */
int step_root(struct run *run, const struct value *a) {
  int opened = has_slot(run, 2);
  int tree = opened ? slot(run, 2) : open_tree(AT_FDCWD, a[0].text, a[1].number ? AT_RECURSIVE : 0);
  if (tree < 0) {
    return failed(run, "open_tree", a[0].text);
  }
  /* A tree of the helper's namespace may be a peer of the host's mounts, and lies over "/": its own place
     on the host may be out of reach. Lookups go through the descriptor, so that it does not matter. */
  struct attributes events = {0, 0, MS_SLAVE, -1};
  int place = open(opened ? "/" : a[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *call = opened && set_attributes(tree, 1, &events) ? "mount_setattr"
                     : place < 0                                ? "open"
                     : move_to(tree, place)                     ? "move_mount"
                                                                : NULL;
  close_keeping_errno(place);
  if (call) {
    return failed(run, call, a[0].text);
  }
  run->root = tree; /* O_PATH, and on the new mount: opening the path again would do no better */
  if (opened) {
    run->slots[a[2].number] = -1;
  }
  return 0;
}

static void forget_root(struct run *run) {
  if (run->root >= 0) {
    close(run->root);
    run->root = -1;
  }
}

int step_pivot(struct run *run, const struct value *a) {
  (void)a;
  int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (old < 0) {
    return failed(run, "open", "/");
  }
  /* The new root is put over the old one, which is then taken away from underneath. */
  const char *call = fchdir(run->root)                                                  ? "fchdir"
                     : syscall(SYS_pivot_root, ".", ".")                                ? "pivot_root"
                     : fchdir(old)                                                      ? "fchdir"
                     : syscall(SYS_mount, NULL, ".", NULL, (unsigned long)(MS_SLAVE | MS_REC), NULL) ? "mount"
                     : syscall(SYS_umount2, ".", 2 /* MNT_DETACH */)                    ? "umount2"
                     : chdir("/")                                                       ? "chdir"
                                                                                        : NULL;
  close_keeping_errno(old);
  if (call) {
    return failed(run, call, "/");
  }
  forget_root(run);
  return 0;
}

int step_move_root(struct run *run, const struct value *a) {
  (void)a;
  int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *call = old < 0                 ? "open"
                     : fchdir(run->root)     ? "fchdir"
                     : move_to(run->root, old) ? "move_mount"
                     : chroot(".")           ? "chroot"
                     : chdir("/")            ? "chdir"
                                             : NULL;
  close_keeping_errno(old);
  if (call) {
    return failed(run, call, "/");
  }
  forget_root(run);
  return 0;
}

int step_chroot(struct run *run, const struct value *a) {
  if (chroot(a[0].text) || chdir("/")) {
    return failed(run, "chroot", a[0].text);
  }
  forget_root(run);
  return 0;
}
