/* Sessions, namespaces, cgroups, and what belongs to a namespace. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"

int step_session(struct run *run, const struct value *a) {
  (void)a;
  return setsid() < 0 ? failed(run, "setsid", "") : 0;
}

int step_join(struct run *run, const struct value *a) {
  if (setns(slot(run, 0), (int)a[1].number)) {
    return failed(run, "setns", "");
  }
  if (a[1].number & CLONE_NEWNS && run->root >= 0) { /* the kernel has set our root to the other one's */
    close(run->root);
    run->root = -1;
  }
  return 0;
}

int step_unshare(struct run *run, const struct value *a) {
  return unshare((int)a[0].number) ? failed(run, "unshare", "") : 0;
}

int step_enter_cgroup(struct run *run, const struct value *a) {
  (void)a;
  return write(slot(run, 0), "0", 1) == 1 ? 0 : failed(run, "write", "cgroup tasks");
}

int step_hostname(struct run *run, const struct value *a) {
  return syscall(SYS_sethostname, a[0].text, strlen(a[0].text)) ? failed(run, "sethostname", a[0].text) : 0;
}

int step_domainname(struct run *run, const struct value *a) {
  return syscall(SYS_setdomainname, a[0].text, strlen(a[0].text)) ? failed(run, "setdomainname", a[0].text)
                                                                  : 0;
}

int step_loopback_up(struct run *run, const struct value *a) {
  (void)a;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return failed(run, "socket", "");
  }
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int rc = ioctl(fd, SIOCSIFFLAGS, &request);
  int error = errno;
  close(fd);
  return rc ? refused(run, error, "ioctl", "lo") : 0;
}
