package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.jrunc.plan.Step;
import org.junit.jupiter.api.Test;

/** Sentences for an operator; that every step has one is javac's to check. */
class PlanWordsTest {
  private static void says(String words, Step step) {
    assertEquals(words, PlanWords.of(step));
  }

  @Test
  void mounts_sayWhatAndHow() {
    says(
        "mounts a fresh proc on /proc (nosuid, nodev, noexec)",
        RootStep.Mount.of(
            "proc",
            "proc",
            "/proc",
            Set.of(MountAttribute.NOSUID, MountAttribute.NODEV, MountAttribute.NOEXEC)));
    says(
        "mounts a fresh tmpfs on /dev (strictatime, mode=755)",
        RootStep.Mount.of(
            "tmpfs", "tmpfs", "/dev", Set.of(MountAttribute.STRICTATIME), "mode=755"));
    says(
        "binds /data and everything below on /srv (ro, rnosuid, slave)",
        new RootStep.Bind(
            new RootStep.Source.HostPath("/data"),
            "/srv",
            true,
            Set.of(MountAttribute.RDONLY),
            Set.of(),
            Set.of(MountAttribute.NOSUID),
            Set.of(),
            Propagation.SLAVE));
    says(
        "changes the mount of / (rw, dev)",
        new RootStep.SetAttributes(
            "/", false, Set.of(), Set.of(MountAttribute.RDONLY, MountAttribute.NODEV)));
    says(
        "makes the character device /dev/null (1:3), mode 666, owner 0:0",
        new RootStep.Mknod("/dev/null", RootStep.Mknod.Kind.CHARACTER, 0666, 1, 3, 0, 0));
    says("hides /proc/kcore", new RootStep.Mask("/proc/kcore"));
  }

  @Test
  void process_saysWhoItBecomes() {
    says(
        "starts the container's process in new namespaces: mount, pid",
        new ParentStep.Clone(Set.of(Namespace.PID, Namespace.MOUNT), Optional.empty()));
    says("limits RLIMIT_NOFILE to 1024, at most no limit", new ProcessStep.Rlimit(7, 1024, -1));
    says(
        "keeps CAP_KILL, CAP_NET_BIND_SERVICE",
        new ProcessStep.Capabilities(1 << 5 | 1 << 10, 1 << 5 | 1 << 10, 0, 0));
    says(
        "becomes user 4294967294, group 5, with the groups 6, 7",
        new ProcessStep.Identity(-2, 5, true, List.of(6, 7)));
    says(
        "sets the sysctl net/ipv4/ip_forward to 1",
        EitherStep.WriteProc.sysctl("net.ipv4.ip_forward", "1"));
    says(
        "runs sh -c true (1 variables)",
        new ProcessStep.Exec("", List.of("sh", "-c", "true"), List.of("A=1")));
    says("if it can, brings the interface lo up", new Step.Lenient(new ProcessStep.LoopbackUp()));
    assertTrue(
        PlanWords.of(
                new EitherStep.Join(new Slot(3, "network namespace"), Set.of(Namespace.NETWORK)))
            .contains("network"));
  }

  @Test
  void differences_areThoseOfBothSides() {
    assertEquals(List.of(), LineDiff.of(List.of("a", "b"), List.of("a", "b")));
    assertEquals(
        List.of("- b", "+ x", "+ d"),
        LineDiff.of(List.of("a", "b", "c"), List.of("a", "x", "c", "d")));
    assertEquals(List.of("+ a"), LineDiff.of(List.of(), List.of("a")));
  }

  @Test
  void columns_areAsWideAsRuncs() {
    assertEquals(
        "ID          PID         LAST\na           1           x\n",
        Table.of(List.of(List.of("ID", "PID", "LAST"), List.of("a", "1", "x"))));
    assertEquals(
        "ID              LAST\na-longer-name   x\n",
        Table.of(List.of(List.of("ID", "LAST"), List.of("a-longer-name", "x"))));
  }
}
