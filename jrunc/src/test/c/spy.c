/*
 * The attacker inside of a container: for every process that comes after it, and as long as that one
 * exists, it tries to get at what a runtime that enters the container might hold. It prints a line for
 * each thing that is not the container's, and on SIGTERM the sums.
 *
 *   spy WORD     WORD must be in nobody's environment
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t done;
static struct stat own_root, own_proc, own_program;
static unsigned long seen, opened, refused;
static const char *word;

static void stop(int signal) {
  (void)signal;
  done = 1;
}

static void found(int pid, const char *what, const char *path) {
  char target[256] = "";
  ssize_t size = readlink(path, target, sizeof target - 1);
  target[size > 0 ? size : 0] = 0;
  printf("found %d %s %s\n", pid, what, target);
}

/* The container's root, or something in its procfs: a procfs of the host would be another device. */
static int is_own(const struct stat *st) {
  return st->st_dev == own_proc.st_dev || (st->st_dev == own_root.st_dev && st->st_ino == own_root.st_ino);
}

/* 1 if the path was opened, and *st is of what it leads to. */
static int look(const char *path, int flags, struct stat *st) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) {
    if (errno == EACCES || errno == EPERM) refused++;
    return 0;
  }
  opened++;
  int good = !fstat(fd, st);
  close(fd);
  return good;
}

static void look_at_directory(int pid, const char *name) {
  char path[64];
  struct stat st;
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  if (look(path, O_PATH, &st) && !is_own(&st)) found(pid, name, path);
}

/* Only the container's own may be opened to be written to; and it must stay what it is. */
static void look_at_program(int pid) {
  char path[64], byte;
  struct stat st;
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  if (!fstat(fd, &st) && st.st_dev != own_program.st_dev && pread(fd, &byte, 1, 0) == 1 &&
      pwrite(fd, &byte, 1, 0) == 1)
    found(pid, "exe", path);
  close(fd);
}

/* A directory leads anywhere; files and devices are what the runtime was given as standard streams. */
static void look_at_descriptors(int pid) {
  char path[64];
  struct stat st;
  for (int fd = 0; fd < 32; fd++) {
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    if (look(path, O_PATH, &st) && S_ISDIR(st.st_mode) && !is_own(&st)) found(pid, "fd", path);
  }
}

static void look_at_environment(int pid) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/environ", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t size = read(fd, text, sizeof text);
  close(fd);
  if (size > 0 && memmem(text, (size_t)size, word, strlen(word))) found(pid, "environ", path);
}

static void watch(int pid) {
  char path[64];
  struct stat st;
  snprintf(path, sizeof path, "/proc/%d", pid);
  seen++;
  while (!done && !stat(path, &st)) {
    look_at_directory(pid, "root");
    look_at_directory(pid, "cwd");
    look_at_program(pid);
    look_at_descriptors(pid);
    look_at_environment(pid);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return fputs("spy: WORD\n", stderr), 64;
  word = argv[1];
  signal(SIGTERM, stop);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (stat("/", &own_root) || stat("/proc", &own_proc) || stat("/proc/self/exe", &own_program)) return perror("spy"), 1;
  puts("ready");
  /* Pids are given in their order: the next ones are known before they are there. */
  for (int last = getpid(); !done;) {
    for (int pid = last + 1; pid < last + 64 && !done; pid++) {
      char path[64];
      snprintf(path, sizeof path, "/proc/%d", pid);
      if (access(path, F_OK)) continue;
      watch(pid);
      last = pid;
      break;
    }
  }
  printf("seen %lu opened %lu refused %lu\n", seen, opened, refused);
  return 0;
}
