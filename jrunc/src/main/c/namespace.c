/* Sessions, namespaces, cgroups, and what belongs to a namespace. */
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "run.h"

CALL_STEP(session, "setsid", "", setsid() < 0)
CALL_STEP(unshare, "unshare", "", unshare((int)a[0].number))
CALL_STEP(enter_cgroup, "write", "cgroup tasks", write(slot(run, 0), "0", 1) != 1)
CALL_STEP(hostname, "sethostname", a[0].text, syscall(SYS_sethostname, a[0].text, strlen(a[0].text)))
CALL_STEP(domainname, "setdomainname", a[0].text, syscall(SYS_setdomainname, a[0].text, strlen(a[0].text)))

STEP(join) {
  if (setns(slot(run, 0), (int)a[1].number)) return failed(run, "setns", "");
  if (a[1].number & CLONE_NEWNS && run->root >= 0) /* the kernel has set our root to the other one's */
    close(give_away(&run->root));
  return 0;
}

STEP(loopback_up) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  OWNED fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) ? failed(run, "ioctl", "lo") : 0;
}
