/* Mounts. Everything is made detached, gets its attributes, and is then moved to a descriptor. */
#include <linux/mount.h>
#include <linux/openat2.h>

#include "run.h"

/* A detached clone of the mount at a path of the host, or of the one that a descriptor is on. */
int clone_mount(struct run *run, int fd, const char *path, int recursive) {
  int by_path = fd == AT_FDCWD;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (by_path ? 0 : AT_EMPTY_PATH) | (recursive ? AT_RECURSIVE : 0);
  int tree = (int)syscall(SYS_open_tree, fd, by_path ? path : "", flags);
  return tree < 0 ? failed(run, "open_tree", path) : tree;
}

int move_to(struct run *run, int tree, int target, const char *path) {
  unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return syscall(SYS_move_mount, tree, "", target, "", flags) ? failed(run, "move_mount", path) : 0;
}

/* mount_setattr on the mount that the descriptor is on; nothing to do is no call. */
static int change(struct run *run, int fd, int recursive, struct mount_attr attr, const char *path) {
  if (!attr.attr_set && !attr.attr_clr && !attr.propagation) return 0;
  unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  return syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof attr) ? failed(run, "mount_setattr", path) : 0;
}

STEP(open_tree) {
  struct mount_attr attr = {.attr_set = a[2].number, .attr_clr = a[3].number};
  if (has_slot(run, 4)) { /* the user namespace whose id map the mount gets */
    attr.attr_set |= MOUNT_ATTR_IDMAP;
    attr.userns_fd = (uint64_t)slot(run, 4);
  }
  OWNED tree = clone_mount(run, AT_FDCWD, a[0].text, a[1].number != 0);
  if (tree < 0 || change(run, tree, a[1].number == 1, attr, a[0].text)) return -1;
  return fill_slot(run, 5, give_away(&tree));
}

STEP(bind) {
  int recursive = a[3].number != 0;
  struct mount_attr top = {.attr_set = a[4].number, .attr_clr = a[5].number};
  struct mount_attr all = {.attr_set = a[6].number, .attr_clr = a[7].number};
  struct mount_attr events = {.propagation = a[8].number};
  struct stat st;
  OWNED tree = has_slot(run, 1) ? take_slot(run, 1) : clone_mount(run, AT_FDCWD, a[0].text, recursive);
  if (tree < 0 || change(run, tree, 1, all, a[2].text) || change(run, tree, 0, top, a[2].text) ||
      change(run, tree, recursive, events, a[2].text))
    return -1;
  if (fstat(tree, &st)) return failed(run, "fstat", a[0].text);
  OWNED target = make_target(run, a[2].text, S_ISDIR(st.st_mode), 0);
  return target < 0 ? -1 : move_to(run, tree, target, a[2].text);
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
  snprintf(key, sizeof key, "%.*s", (int)size, option);
  const char *value = option[size] ? option + size + 1 : NULL;
  unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
  return syscall(SYS_fsconfig, fs, command, key, value, 0) ? explain(run, fs, "fsconfig", option) : 0;
}

/* A detached mount of a new file system: type, source, an option or "", which the others may change. */
int new_filesystem(struct run *run, const char *type, const char *source, const char *first,
                   const struct value *options, uint64_t attributes) {
  OWNED fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
  if (fs < 0) return failed(run, "fsopen", type);
  if (source[0] && syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", source, 0))
    return explain(run, fs, "fsconfig", source);
  if (first[0] && set_option(run, fs, first)) return -1;
  const char *option = options->text;
  for (uint64_t i = 0; i < options->number; i++, option += strlen(option) + 1) {
    if (option[0] && set_option(run, fs, option)) return -1;
  }
  if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) return explain(run, fs, "fsconfig", type);
  int mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, (unsigned)attributes);
  return mount < 0 ? failed(run, "fsmount", type) : mount;
}

/* A tmpfs gets the mode of the directory that it hides, as of runc and crun; of a new one the kernel's 1777. */
static int hidden_mode(struct run *run, const char *path, char option[static 16]) {
  struct stat st;
  OWNED fd = in_root(run, path, O_PATH | O_DIRECTORY, 0);
  if (fd < 0) return errno == ENOENT ? 0 : -1;
  if (fstat(fd, &st)) return failed(run, "fstat", path);
  snprintf(option, 16, "mode=%04o", st.st_mode & 07777);
  return 0;
}

STEP(mount) {
  char mode[16] = "";
  if (!strcmp(a[0].text, "tmpfs") && hidden_mode(run, a[2].text, mode)) return -1;
  /* These must be where they say: a link would let an image choose (CVE-2019-19921, CVE-2023-27561). */
  int kernel = !strcmp(a[0].text, "proc") || !strcmp(a[0].text, "sysfs");
  struct mount_attr events = {.propagation = a[5].number};
  OWNED target = make_target(run, a[2].text, 1, kernel ? RESOLVE_NO_SYMLINKS : 0);
  OWNED mount = target < 0 ? -1 : new_filesystem(run, a[0].text, a[1].text, mode, &a[4], a[3].number);
  if (mount < 0 || (a[6].number && copy_up(run, target, mount, 0)) || move_to(run, mount, target, a[2].text)) return -1;
  return change(run, mount, 0, events, a[2].text);
}

/* mount(2) on ".", for options that fsconfig(2) has no room for. */
STEP(old_mount) {
  enum { MOST_DATA = 4095 }; /* mount(2) would cut it without a word */
  if (strlen(a[4].text) > MOST_DATA) return refused(run, E2BIG, "mount", a[2].text);
  OWNED target = make_target(run, a[2].text, 1, 0);
  if (target < 0) return -1;
  if (fchdir(target) || syscall(SYS_mount, a[1].text, ".", a[0].text, a[3].number, a[4].text) || chdir("/"))
    return failed(run, "mount", a[2].text);
  return 0;
}

STEP(set_attributes) {
  struct mount_attr attr = {.attr_set = a[2].number, .attr_clr = a[3].number, .propagation = a[4].number};
  OWNED fd = in_root(run, a[0].text, O_PATH, 0);
  return fd < 0 ? -1 : change(run, fd, a[1].number != 0, attr, a[0].text);
}

/* All hidden directories share one superblock; the first mount is cloned for the others. */
static int mask_directory(struct run *run, int target, const char *path) {
  static const struct value options = {2, "mode=0755\0ro"};
  int first = run->mask < 0;
  OWNED tree = first ? new_filesystem(run, "tmpfs", "tmpfs", "", &options,
                                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
                     : clone_mount(run, run->mask, path, 0);
  if (tree < 0 || move_to(run, tree, target, path)) return -1;
  if (first) run->mask = give_away(&tree);
  return 0;
}

/* /dev/null of the container, if it is one: an image may have put something else there (CVE-2025-31133). */
static int mask_file(struct run *run, int target, const char *path) {
  struct stat st;
  OWNED null = in_root(run, "/dev/null", O_PATH, 0);
  if (null < 0) return -1;
  if (fstat(null, &st) || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
    return refused(run, ENODEV, "mask", "/dev/null is not the null device");
  OWNED tree = clone_mount(run, null, "/dev/null", 0);
  return tree < 0 ? -1 : move_to(run, tree, target, path);
}

STEP(mask) {
  struct stat st;
  OWNED target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
  if (fstat(target, &st)) return failed(run, "fstat", a[0].text);
  return S_ISDIR(st.st_mode) ? mask_directory(run, target, a[0].text) : mask_file(run, target, a[0].text);
}

STEP(read_only) {
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  OWNED target = in_root(run, a[0].text, O_PATH, 0);
  if (target < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
  OWNED tree = clone_mount(run, target, a[0].text, 1);
  return tree < 0 || change(run, tree, 1, attr, a[0].text) ? -1 : move_to(run, tree, target, a[0].text);
}

/* The root's path was resolved when it was checked: a link in it now was put there since. */
static int open_resolved(struct run *run, const char *path) {
  struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
  int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
  return fd < 0 ? failed(run, "openat2", path) : fd;
}

STEP(begin_in) {
  OWNED place = open_resolved(run, a[0].text);
  return place < 0 ? -1 : fchdir(place) ? failed(run, "fchdir", a[0].text) : 0;
}

/* From here on container paths are below this mount. */
STEP(root) {
  int opened = has_slot(run, 2);
  /* A tree of the helper's namespace may be a peer of the host's mounts. Its place is where we have begun:
     the kernel has brought us to our copy of it, however closed the directories above are. */
  struct mount_attr events = {.propagation = opened ? MS_SLAVE : 0};
  OWNED place = open_resolved(run, opened ? "." : a[0].text);
  if (place < 0) return -1;
  OWNED tree = opened ? take_slot(run, 2) : clone_mount(run, place, a[0].text, a[1].number != 0);
  if (tree < 0 || change(run, tree, 1, events, a[0].text) || move_to(run, tree, place, a[0].text)) return -1;
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
  if (move_to(run, run->root, old, "root")) return -1;
  return chroot(".") ? failed(run, "chroot", "root") : root_is_changed(run);
}

STEP(chroot) { return chroot(a[0].text) ? failed(run, "chroot", a[0].text) : root_is_changed(run); }
