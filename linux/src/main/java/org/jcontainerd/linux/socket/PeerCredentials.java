package org.jcontainerd.linux.socket;

/** Who was at the other end when the connection was made ({@code SO_PEERCRED}). */
public record PeerCredentials(int pid, int uid, int gid) {
  /** Whether the peer is root of our user namespace. */
  public boolean isRoot() {
    return uid == 0;
  }
}
