package org.jcontainerd.jrunc.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One step of each op, in an order that the helper's decoder accepts. */
final class EveryStep {
  private static final Slot PASSED = new Slot(0, "passed");
  private static final Slot MADE = new Slot(Slot.FIRST_MADE, "made");
  private static final Optional<Slot> ONE = Optional.of(MADE);
  private static final Optional<Slot> NONE = Optional.empty();
  private static final Bits BITS = Bits.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

  private EveryStep() {}

  static Plan plan() {
    var builder = new PlanBuilder();
    var _ = builder.passedSlot("passed");
    parent().forEach(builder::add);
    keeper().forEach(builder::add);
    root().forEach(builder::add);
    process().forEach(builder::add);
    return builder.build();
  }

  private static List<Step> parent() {
    return List.of(
        new ParentStep.Subreaper(),
        new EitherStep.Session(),
        new EitherStep.Join(PASSED, Set.of(Namespace.PID)),
        new EitherStep.Unshare(Set.of(Namespace.TIME)),
        new EitherStep.WriteProc("self/timens_offsets", "boottime 1 1"),
        new EitherStep.Affinity(BITS),
        new EitherStep.Dumpable(true),
        new ParentStep.Pipes(1 << 20, ONE, NONE, ONE),
        new ParentStep.Spools(2),
        new ParentStep.OpenTree("/a", true, Set.of(MountAttribute.RDONLY), Set.of(), NONE, MADE),
        new ParentStep.BeginIn("/r"),
        new ParentStep.Clone(Set.of(Namespace.MOUNT, Namespace.USER), Optional.of(PASSED)));
  }

  private static List<Step> keeper() {
    return List.of(
        new KeeperStep.IdMaps("0 1 2\n", "0 1 2\n", true),
        new KeeperStep.Keep(PASSED),
        new KeeperStep.Detach());
  }

  private static List<Step> root() {
    return List.of(
        new ProcessStep.Await(),
        new ProcessStep.Fork(),
        new ProcessStep.EnterCgroup(PASSED),
        new ProcessStep.LetGo(List.of(MADE), ProcessStep.LetGo.Procfs.CLOSED),
        new RootStep.Propagate("/", Propagation.SLAVE, true),
        new RootStep.Root("/r", true),
        RootStep.Bind.of(new RootStep.Source.HostPath("/h"), "/t", true, MountAttribute.NOSUID),
        RootStep.Bind.of(new RootStep.Source.Tree(MADE), "/t", true, MountAttribute.NOATIME),
        RootStep.Mount.of(
            "tmpfs", "tmpfs", "/dev", Set.of(MountAttribute.NOEXEC), "mode=755", "ro"),
        RootStep.Mount.of("overlay", "overlay", "/o", Set.of(), "ro", "lowerdir=/l".repeat(30)),
        new RootStep.SetAttributes("/", true, Set.of(MountAttribute.RDONLY), Set.of()),
        new RootStep.Mkdir("/d", 0755),
        new RootStep.Mknod("/dev/x", RootStep.Mknod.Kind.BLOCK, 0600, 8, 1, 0, 0),
        new RootStep.Symlink("a", "/b"),
        new RootStep.Mask("/proc/kcore"),
        new RootStep.ReadOnly("/proc/sys"),
        new RootStep.Pivot(),
        new RootStep.MoveRoot(),
        new RootStep.Chroot("/c"),
        new RootStep.Terminal(24, 80, Optional.of(PASSED), true));
  }

  private static List<Step> process() {
    return List.of(
        new ProcessStep.Hostname("h"),
        new ProcessStep.Domainname("d"),
        new ProcessStep.LoopbackUp(),
        new ProcessStep.Rlimit(7, 1, -1),
        new ProcessStep.Umask(022),
        new Step.Lenient(new ProcessStep.Keyring("_ses.x")),
        new ProcessStep.Personality(8),
        new ProcessStep.Scheduler(6, 1, -5, 0, 10, 20, 30),
        new ProcessStep.IoPriority(4 << 13),
        new ProcessStep.MemoryPolicy(2, BITS),
        new ProcessStep.BoundingSet(5),
        new ProcessStep.KeepCapabilities(true),
        new ProcessStep.Identity(1, 2, true, List.of(3, 4)),
        new ProcessStep.Capabilities(1, 2, 3, 4),
        new ProcessStep.NoNewPrivileges(),
        new ProcessStep.Seccomp(ProcessStep.Seccomp.NEW_LISTENER, BITS),
        new ProcessStep.Chdir("/"),
        new ProcessStep.FindProgram("true", "/bin:/sbin"),
        new ProcessStep.Descriptors(Map.of(0, MADE, 5, PASSED)),
        new ProcessStep.OwnStdio(1),
        new ProcessStep.Sync("startContainer"),
        new ProcessStep.WaitFifo(PASSED),
        new ProcessStep.Exec("", List.of("a", "b"), List.of("PATH=/bin", "X=ü")));
  }
}
