/** The Linux kernel in Java: file descriptors, mounts, processes, cgroups, netlink, seccomp. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.linux {
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;

  exports org.jcontainerd.linux;
  exports org.jcontainerd.linux.cgroup;
  exports org.jcontainerd.linux.fs;
  exports org.jcontainerd.linux.loop;
  exports org.jcontainerd.linux.mount;
  exports org.jcontainerd.linux.netlink;
  exports org.jcontainerd.linux.netns;
  exports org.jcontainerd.linux.nftables;
  exports org.jcontainerd.linux.process;
  exports org.jcontainerd.linux.socket;
  exports org.jcontainerd.linux.terminal;
}
