/*
 * The attacker of the races: exchanges two names for each other as fast as the kernel lets it, until it
 * is killed. The number of exchanges is in the counter's file, a u64 as this machine writes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4) return fputs("exchange: NAME NAME COUNTER\n", stderr), 64;
  prctl(PR_SET_PDEATHSIG, 9);
  int fd = open(argv[3], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(uint64_t))) return perror(argv[3]), 1;
  volatile uint64_t *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (count == MAP_FAILED) return perror("mmap"), 1;
  for (;; ++*count) {
    enum { EXCHANGE = 2 }; /* RENAME_EXCHANGE */
    if (!syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], EXCHANGE)) continue;
    if (errno == EBUSY) continue; /* one of them is somebody's mount point just now */
    fprintf(stderr, "exchange '%s' and '%s': %s\n", argv[1], argv[2], strerror(errno));
    return 1;
  }
}
