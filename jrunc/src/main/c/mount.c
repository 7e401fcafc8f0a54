/* Mounts. Everything is made detached, gets its attributes, and is then moved to a descriptor. */
#include <linux/mount.h>
#include <linux/openat2.h>

#include "run.h"

int open_tree_of(int at, const char *path, unsigned flags) {
  return (int)syscall(SYS_open_tree, at, path, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

int move_to(int tree, int target) {
  return (int)syscall(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* mount_setattr on the mount that the descriptor is on; nothing to do is no call. */
static int set_attributes(int fd, int recursive, struct mount_attr attr) {
  if (!attr.attr_set && !attr.attr_clr && !attr.propagation) return 0;
  unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  return (int)syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof attr);
}

/* Attributes, and the id map of the user namespace in the slot if there is one. */
static struct mount_attr mapped(struct run *run, uint64_t set, uint64_t clear, int argument) {
  struct mount_attr attr = {.attr_set = set, .attr_clr = clear};
  if (has_slot(run, argument)) {
    attr.attr_set |= MOUNT_ATTR_IDMAP;
    attr.userns_fd = (uint64_t)slot(run, argument);
  }
  return attr;
}

STEP(open_tree) {
  OWNED tree = open_tree_of(AT_FDCWD, a[0].text, a[1].number ? AT_RECURSIVE : 0);
  if (tree < 0) return failed(run, "open_tree", a[0].text);
  if (set_attributes(tree, a[1].number == 1, mapped(run, a[2].number, a[3].number, 4)))
    return failed(run, "mount_setattr", a[0].text);
  return fill_slot(run, 5, give_away(&tree));
}

static int bind_tree(struct run *run, const struct value *a, int tree) {
  int recursive = a[3].number != 0;
  struct mount_attr all = mapped(run, a[6].number, a[7].number, 9);
  struct mount_attr top = {.attr_set = a[4].number, .attr_clr = a[5].number};
  struct mount_attr events = {.propagation = a[8].number};
  if (set_attributes(tree, recursive || a[6].number || a[7].number, all) || set_attributes(tree, 0, top) ||
      set_attributes(tree, recursive, events))
    return failed(run, "mount_setattr", a[2].text);
  struct stat st;
  if (fstat(tree, &st)) return failed(run, "fstat", a[0].text);
  OWNED target = make_target(run, a[2].text, S_ISDIR(st.st_mode), 0);
  if (target < 0) return failed(run, "openat2", a[2].text);
  return move_to(tree, target) ? failed(run, "move_mount", a[2].text) : 0;
}

STEP(bind) {
  if (has_slot(run, 1)) return slot(run, 1) < 0 ? failed(run, "bind", a[2].text) : bind_tree(run, a, slot(run, 1));
  OWNED tree = open_tree_of(AT_FDCWD, a[0].text, a[3].number ? AT_RECURSIVE : 0);
  return tree < 0 ? failed(run, "open_tree", a[0].text) : bind_tree(run, a, tree);
}

/* The kernel's own words about a refused option, such as "tmpfs: Unknown parameter 'x'". */
static int explain(struct run *run, int fs, const char *call, const char *detail) {
  int error = errno;
  char text[sizeof run->failure.detail];
  ssize_t got = read(fs, text, sizeof text - 1);
  text[got > 0 ? got : 0] = 0;
  text[strcspn(text, "\n")] = 0;
  return refused(run, error, call, got > 2 ? text + 2 : detail); /* after "e " */
}

static int set_option(struct run *run, int fs, const char *option) {
  char key[256];
  size_t size = strcspn(option, "=");
  if (size >= sizeof key) return refused(run, EINVAL, "fsconfig", option);
  memcpy(key, option, size);
  key[size] = 0;
  long rc = option[size] ? syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, option + size + 1, 0)
                         : syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, key, NULL, 0);
  return rc ? explain(run, fs, "fsconfig", option) : 0;
}

/* A detached mount of a new file system: type, source, options. */
static int new_filesystem(struct run *run, const char *type, const char *source, const struct value *options,
                          uint64_t attributes) {
  OWNED fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
  if (fs < 0) return failed(run, "fsopen", type);
  if (source[0] && syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", source, 0))
    return explain(run, fs, "fsconfig", source);
  const char *option = options->text;
  for (uint64_t i = 0; i < options->number; i++, option += strlen(option) + 1) {
    if (option[0] && set_option(run, fs, option)) return -1;
  }
  if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) return explain(run, fs, "fsconfig", type);
  int mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, (unsigned)attributes);
  return mount < 0 ? failed(run, "fsmount", type) : mount;
}

/* MOUNT_ATTR_* to MS_*, for mount(2). */
static unsigned long old_flags(uint64_t attributes) {
  static const unsigned pairs[][2] = {
      {MOUNT_ATTR_RDONLY, MS_RDONLY},   {MOUNT_ATTR_NOSUID, MS_NOSUID},
      {MOUNT_ATTR_NODEV, MS_NODEV},     {MOUNT_ATTR_NOEXEC, MS_NOEXEC},
      {MOUNT_ATTR_NOATIME, MS_NOATIME}, {MOUNT_ATTR_NODIRATIME, MS_NODIRATIME},
      {MOUNT_ATTR_NOSYMFOLLOW, 256},    {MOUNT_ATTR_STRICTATIME, MS_STRICTATIME},
  };
  unsigned long flags = 0;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) flags |= attributes & pairs[i][0] ? pairs[i][1] : 0;
  return flags;
}

/* mount(2) on ".": for kernels without fsopen and for values that fsconfig has no room for. */
static int mount_old_way(struct run *run, const struct value *a, int target) {
  char data[4096] = "";
  size_t used = 0;
  unsigned long flags = old_flags(a[3].number);
  const char *option = a[4].text;
  for (uint64_t i = 0; i < a[4].number; i++, option += strlen(option) + 1) {
    if (!strcmp(option, "ro"))
      flags |= MS_RDONLY;
    else
      used += (size_t)snprintf(data + used, sizeof data - used, "%s%s", used ? "," : "", option);
    if (used >= sizeof data) return refused(run, E2BIG, "mount", a[2].text);
  }
  if (fchdir(target) || syscall(SYS_mount, a[1].text, ".", a[0].text, flags, data) || chdir("/"))
    return failed(run, "mount", a[2].text);
  return 0;
}

static int mount_new_way(struct run *run, const struct value *a, int target) {
  OWNED mount = new_filesystem(run, a[0].text, a[1].text, &a[4], a[3].number);
  if (mount < 0) return run->failure.error == ENOSYS ? mount_old_way(run, a, target) : -1;
  if (a[6].number && copy_up(run, target, mount, 0)) return -1;
  if (move_to(mount, target)) return failed(run, "move_mount", a[2].text);
  struct mount_attr events = {.propagation = a[5].number};
  return set_attributes(mount, 0, events) ? failed(run, "mount_setattr", a[2].text) : 0;
}

STEP(mount) {
  enum { FSCONFIG_LIMIT = 256 };
  /* These must be where they say: a link would let an image choose (CVE-2019-19921, CVE-2023-27561). */
  int kernel = !strcmp(a[0].text, "proc") || !strcmp(a[0].text, "sysfs"), too_long = 0;
  OWNED target = make_target(run, a[2].text, 1, kernel ? RESOLVE_NO_SYMLINKS : 0);
  if (target < 0) return failed(run, "openat2", a[2].text);
  const char *option = a[4].text;
  for (uint64_t i = 0; i < a[4].number; i++, option += strlen(option) + 1)
    too_long |= strlen(option) >= FSCONFIG_LIMIT;
  return too_long ? mount_old_way(run, a, target) : mount_new_way(run, a, target);
}

static int change(struct run *run, const char *path, int recursive, struct mount_attr attr) {
  OWNED fd = in_root(run, path, O_PATH, 0);
  if (fd < 0) return failed(run, "openat2", path);
  return set_attributes(fd, recursive, attr) ? failed(run, "mount_setattr", path) : 0;
}

STEP(set_attributes) {
  struct mount_attr attr = {.attr_set = a[2].number, .attr_clr = a[3].number};
  return change(run, a[0].text, a[1].number != 0, attr);
}

STEP(propagate) {
  struct mount_attr attr = {.propagation = a[1].number};
  return change(run, a[0].text, a[2].number != 0, attr);
}

/* All hidden directories share one superblock; the first mount is cloned for the others. */
static int mask_directory(struct run *run, int target, const char *path) {
  static const struct value options = {2, "mode=0755\0ro"};
  int first = run->mask < 0;
  OWNED tree = first ? new_filesystem(run, "tmpfs", "tmpfs", &options,
                                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
                     : open_tree_of(run->mask, "", AT_EMPTY_PATH);
  if (tree < 0) return first ? -1 : failed(run, "open_tree", path);
  if (move_to(tree, target)) return failed(run, "move_mount", path);
  if (first) run->mask = give_away(&tree);
  return 0;
}

/* /dev/null of the container, if it is one: an image may have put something else there (CVE-2025-31133). */
static int mask_file(struct run *run, int target, const char *path) {
  struct stat st;
  OWNED null = in_root(run, "/dev/null", O_PATH, 0);
  if (null < 0 || fstat(null, &st)) return failed(run, "openat2", "/dev/null");
  if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
    return refused(run, ENODEV, "mask", "/dev/null is not the null device");
  OWNED tree = open_tree_of(null, "", AT_EMPTY_PATH);
  if (tree < 0) return failed(run, "open_tree", "/dev/null");
  return move_to(tree, target) ? failed(run, "move_mount", path) : 0;
}

STEP(mask) {
  struct stat st;
  OWNED target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
  if (target < 0 || fstat(target, &st)) return failed(run, "openat2", a[0].text);
  return S_ISDIR(st.st_mode) ? mask_directory(run, target, a[0].text) : mask_file(run, target, a[0].text);
}

STEP(read_only) {
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  OWNED target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : failed(run, "openat2", a[0].text);
  OWNED tree = open_tree_of(target, "", AT_EMPTY_PATH | AT_RECURSIVE);
  if (tree < 0) return failed(run, "open_tree", a[0].text);
  if (set_attributes(tree, 1, attr)) return failed(run, "mount_setattr", a[0].text);
  return move_to(tree, target) ? failed(run, "move_mount", a[0].text) : 0;
}

/* From here on container paths are below this mount. */
STEP(root) {
  int opened = has_slot(run, 2);
  OWNED tree = opened ? slot(run, 2) : open_tree_of(AT_FDCWD, a[0].text, a[1].number ? AT_RECURSIVE : 0);
  if (opened) run->slots[a[2].number] = -1;
  if (tree < 0) return failed(run, "open_tree", a[0].text);
  /* A tree of the helper's namespace may be a peer of the host's mounts. Its place is where we have begun:
     the kernel has brought us to our copy of it, however closed the directories above are. */
  struct mount_attr events = {.propagation = opened ? MS_SLAVE : 0};
  if (set_attributes(tree, 1, events)) return failed(run, "mount_setattr", a[0].text);
  OWNED place = open(opened ? "." : a[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place < 0 || move_to(tree, place)) return failed(run, "move_mount", a[0].text);
  run->root = give_away(&tree); /* O_PATH, and on the new mount: opening the path again would do no better */
  return 0;
}

/* The root directory is the root for container paths again. */
static int root_is_changed(struct run *run) {
  if (chdir("/")) return failed(run, "chdir", "/");
  if (run->root >= 0) close(give_away(&run->root));
  return 0;
}

STEP(pivot) {
  OWNED old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (old < 0 || fchdir(run->root)) return failed(run, "fchdir", "root");
  /* The new root is put over the old one, which is then taken away from underneath. */
  if (syscall(SYS_pivot_root, ".", ".")) return failed(run, "pivot_root", "root");
  if (fchdir(old) || syscall(SYS_mount, NULL, ".", NULL, (unsigned long)(MS_SLAVE | MS_REC), NULL))
    return failed(run, "mount", "old root");
  if (syscall(SYS_umount2, ".", 2 /* MNT_DETACH */)) return failed(run, "umount2", "old root");
  return root_is_changed(run);
}

STEP(move_root) {
  OWNED old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (old < 0 || fchdir(run->root)) return failed(run, "fchdir", "root");
  if (move_to(run->root, old)) return failed(run, "move_mount", "root");
  return chroot(".") ? failed(run, "chroot", "root") : root_is_changed(run);
}

STEP(chroot) { return chroot(a[0].text) ? failed(run, "chroot", a[0].text) : root_is_changed(run); }
