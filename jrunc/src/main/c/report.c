/* Messages and failures. */
#include <sys/socket.h>
#include <time.h>

#include "run.h"

int refused(struct run *run, int error, const char *call, const char *detail) {
  struct failure *f = &run->failure;
  *f = (struct failure){
      .place = (uint8_t)run->place,
      .op = run->step.entry ? run->step.entry->op : 0,
      .step = run->step.index,
      .error = (uint32_t)error,
  };
  snprintf(f->call, sizeof f->call, "%s", call);
  snprintf(f->detail, sizeof f->detail, "%s", detail);
  return -1;
}

int failed(struct run *run, const char *call, const char *detail) { return refused(run, errno, call, detail); }

void close_owned(int *fd) {
  int error = errno;
  if (*fd >= 0) close(*fd);
  errno = error;
}

int give_away(int *fd) {
  int mine = *fd;
  *fd = -1;
  return mine;
}

union rights {
  struct cmsghdr header;
  char space[CMSG_SPACE(253 * sizeof(int))]; /* SCM_MAX_FD */
};

int send_all(int socket, const void *message, size_t size, const int *fds, int count) {
  static union rights rights;
  struct iovec data = {(void *)message, size};
  struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
  if (count) {
    header.msg_control = &rights;
    header.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(&rights.header), fds, (size_t)count * sizeof(int));
  }
  ssize_t sent;
  while ((sent = sendmsg(socket, &header, MSG_NOSIGNAL)) < 0 && errno == EINTR) {}
  return sent == (ssize_t)size ? 0 : -1;
}

int send_failure(int socket, struct failure *failure, enum message type) {
  failure->type = (uint8_t)type;
  return send_all(socket, failure, sizeof *failure, NULL, 0);
}

/* Reads one record; *count goes in as room in fds and comes out as what arrived. More is not let in. */
ssize_t receive(int socket, void *into, size_t size, int *fds, int *count) {
  static union rights rights;
  struct iovec data = {into, size};
  struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights};
  header.msg_controllen = *count ? CMSG_LEN((size_t)*count * sizeof(int)) : 0;
  ssize_t got;
  while ((got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
  *count = 0;
  if (got < 0) return got;
  struct cmsghdr *c = CMSG_FIRSTHDR(&header);
  if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
    memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
    *count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  }
  errno = EMSGSIZE;
  return header.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -1 : got;
}

void send_done(struct run *run, enum place place, int socket) {
  if (!(run->plan.flags & PLAN_TRACE)) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct done done = {MSG_DONE, (uint8_t)place, run->step.entry->op, run->step.index,
                      (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec};
  send_all(socket, &done, sizeof done, NULL, 0);
}
