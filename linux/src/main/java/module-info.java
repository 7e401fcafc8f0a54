/** The Linux kernel in Java: file descriptors, mounts, processes, cgroups, netlink, seccomp. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.linux {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
}
