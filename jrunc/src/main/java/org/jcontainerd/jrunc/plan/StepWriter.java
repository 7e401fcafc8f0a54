package org.jcontainerd.jrunc.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From each record to its op and payload. */
final class StepWriter {
  /** SCHED_ATTR_SIZE_VER0 of linux/sched/types.h. */
  private static final int SCHED_ATTR_BYTES = 48;

  // linux/sched.h
  private static final long CLONE_VM = 0x100;
  private static final long CLONE_VFORK = 0x4000;

  /** Standard streams are the program's also where the plan does not fill them. */
  private static final int STDERR = 2;

  private StepWriter() {}

  static Payload write(Step step) {
    return switch (step) {
      case Step.Lenient(Step inner) -> write(inner);
      case EitherStep either -> either(either);
      case ParentStep parent -> parent(parent);
      case KeeperStep keeper -> keeper(keeper);
      case RootStep root -> root(root);
      case ProcessStep process -> process(process);
    };
  }

  private static Payload of(Op op) {
    return new Payload(op);
  }

  private static Payload either(EitherStep step) {
    return switch (step) {
      case EitherStep.Session _ -> of(Op.SESSION);
      case EitherStep.Join s -> of(Op.JOIN).slot(s.descriptor()).large(Namespace.flags(s.types()));
      case EitherStep.Unshare s -> of(Op.UNSHARE).large(Namespace.flags(s.types()));
      case EitherStep.WriteProc s -> of(Op.WRITE_PROC).text(s.path()).text(s.value());
      case EitherStep.Affinity s -> of(Op.AFFINITY).bits(s.mask());
      case EitherStep.Dumpable s -> of(Op.DUMPABLE).flag(s.on());
    };
  }

  private static Payload parent(ParentStep step) {
    return switch (step) {
      case ParentStep.Subreaper _ -> of(Op.SUBREAPER);
      case ParentStep.Pipes s ->
          of(Op.PIPES).number(s.capacityBytes()).slot(s.stdin()).slot(s.stdout()).slot(s.stderr());
      case ParentStep.Spools s -> of(Op.SPOOLS).number(s.count());
      case ParentStep.OpenTree s ->
          of(Op.OPEN_TREE)
              .text(s.path())
              .number(!s.recursive() ? 0 : s.whole() ? 1 : 2)
              .large(MountAttribute.setMask(s.set()))
              .large(MountAttribute.clearMask(s.set(), s.clear()))
              .slot(s.userNamespace())
              .slot(s.tree());
      case ParentStep.BeginIn s -> of(Op.BEGIN_IN).text(s.path());
      case ParentStep.Clone s ->
          of(Op.CLONE)
              .large(Namespace.flags(s.namespaces()) | stageFlags(s.stage()))
              .slot(s.cgroup());
    };
  }

  private static long stageFlags(ParentStep.Clone.Stage stage) {
    return switch (stage) {
      case NONE -> 0;
      case COPIED -> CLONE_VFORK;
      case SHARED -> CLONE_VFORK | CLONE_VM;
    };
  }

  private static Payload keeper(KeeperStep step) {
    return switch (step) {
      case KeeperStep.IdMaps s ->
          of(Op.ID_MAPS).text(s.uidMap()).text(s.gidMap()).flag(s.denySetgroups());
      case KeeperStep.Keep s -> of(Op.KEEP).slot(s.directory());
      case KeeperStep.Detach _ -> of(Op.DETACH);
    };
  }

  private static Payload root(RootStep step) {
    return switch (step) {
      case RootStep.Propagate s ->
          of(Op.SET_ATTRIBUTES)
              .text(s.path())
              .flag(s.recursive())
              .large(0)
              .large(0)
              .number(s.propagation().flag());
      case RootStep.Root s -> of(Op.ROOT).text(s.path()).flag(s.recursive()).slot(s.tree());
      case RootStep.Bind s -> bind(s);
      case RootStep.Mount s -> s.fitsFsconfig() ? mount(s) : oldMount(s);
      case RootStep.SetAttributes s ->
          of(Op.SET_ATTRIBUTES)
              .text(s.path())
              .flag(s.recursive())
              .large(MountAttribute.setMask(s.set()))
              .large(MountAttribute.clearMask(s.set(), s.clear()))
              .number(Propagation.UNCHANGED.flag());
      case RootStep.Mkdir s -> of(Op.MKDIR).text(s.path()).number(s.mode());
      case RootStep.Mknod s ->
          of(Op.MKNOD)
              .text(s.path())
              .number(s.kind().bits() | s.mode())
              .number(s.major())
              .number(s.minor())
              .number(s.uid())
              .number(s.gid());
      case RootStep.Symlink s -> of(Op.SYMLINK).text(s.target()).text(s.path());
      case RootStep.Mask s -> of(Op.MASK).text(s.path());
      case RootStep.ReadOnly s -> of(Op.READ_ONLY).text(s.path());
      case RootStep.Pivot _ -> of(Op.PIVOT);
      case RootStep.MoveRoot _ -> of(Op.MOVE_ROOT);
      case RootStep.Chroot s -> of(Op.CHROOT).text(s.path());
      case RootStep.Terminal s ->
          of(Op.TERMINAL)
              .number(s.rows())
              .number(s.columns())
              .slot(s.consoleSocket())
              .flag(s.bindConsole());
    };
  }

  private static Payload bind(RootStep.Bind s) {
    var payload =
        switch (s.source()) {
          case RootStep.Source.HostPath(String path) ->
              of(Op.BIND).text(path).slot(Optional.empty());
          case RootStep.Source.Tree(Slot tree) ->
              of(Op.BIND).text(tree.name()).slot(Optional.of(tree));
        };
    return payload
        .text(s.target())
        .flag(s.recursive())
        .large(MountAttribute.setMask(s.set()))
        .large(MountAttribute.clearMask(s.set(), s.clear()))
        .large(MountAttribute.setMask(s.recursiveSet()))
        .large(MountAttribute.clearMask(s.recursiveSet(), s.recursiveClear()))
        .number(s.propagation().flag());
  }

  private static Payload mount(RootStep.Mount s) {
    return of(Op.MOUNT)
        .text(s.type())
        .text(s.source())
        .text(s.target())
        .large(MountAttribute.setMask(s.attributes()))
        .texts(s.options())
        .number(s.propagation().flag())
        .flag(s.copyUp());
  }

  /** As mount(2) wants it: "ro" is a flag there, all other options are one text. */
  private static Payload oldMount(RootStep.Mount s) {
    var data = new ArrayList<>(s.options());
    long readOnly = data.removeIf("ro"::equals) ? MountAttribute.RDONLY.oldFlag() : 0;
    return of(Op.OLD_MOUNT)
        .text(s.type())
        .text(s.source())
        .text(s.target())
        .large(MountAttribute.oldFlags(s.attributes()) | readOnly)
        .text(String.join(",", data));
  }

  private static Payload process(ProcessStep step) {
    return switch (step) {
      case ProcessStep.Await _ -> of(Op.AWAIT);
      case ProcessStep.Fork _ -> of(Op.FORK);
      case ProcessStep.EnterCgroup s -> of(Op.ENTER_CGROUP).slot(s.tasks());
      case ProcessStep.LetGo s ->
          of(Op.LET_GO)
              .numbers(s.kept().stream().map(Slot::number).toList())
              .number(
                  switch (s.procfs()) {
                    case KEPT -> 0;
                    case REPLACED -> 1;
                    case CLOSED -> 2;
                  });
      case ProcessStep.Hostname s -> of(Op.HOSTNAME).text(s.name());
      case ProcessStep.Domainname s -> of(Op.DOMAINNAME).text(s.name());
      case ProcessStep.LoopbackUp _ -> of(Op.LOOPBACK_UP);
      case ProcessStep.Rlimit s ->
          of(Op.RLIMIT).number(s.resource()).large(s.soft()).large(s.hard());
      case ProcessStep.Umask s -> of(Op.UMASK).number(s.mask());
      case ProcessStep.Keyring s -> of(Op.KEYRING).text(s.name());
      case ProcessStep.Personality s -> of(Op.PERSONALITY).large(s.persona());
      case ProcessStep.Scheduler s -> scheduler(s);
      case ProcessStep.IoPriority s -> of(Op.IO_PRIORITY).number(s.priority());
      case ProcessStep.MemoryPolicy s ->
          of(Op.MEMORY_POLICY).number(s.mode()).bits(s.nodes().paddedTo(Long.BYTES));
      case ProcessStep.BoundingSet s -> of(Op.BOUNDING_SET).large(s.mask());
      case ProcessStep.KeepCapabilities s -> of(Op.KEEP_CAPABILITIES).flag(s.keep());
      case ProcessStep.Identity s ->
          of(Op.IDENTITY).number(s.uid()).number(s.gid()).flag(s.setGroups()).numbers(s.groups());
      case ProcessStep.Capabilities s ->
          of(Op.CAPABILITIES)
              .large(s.effective())
              .large(s.permitted())
              .large(s.inheritable())
              .large(s.ambient());
      case ProcessStep.NoNewPrivileges _ -> of(Op.NO_NEW_PRIVILEGES);
      case ProcessStep.Seccomp s -> of(Op.SECCOMP).number(s.flags()).bits(s.program());
      case ProcessStep.Chdir s -> of(Op.CHDIR).text(s.path());
      case ProcessStep.FindProgram s -> of(Op.FIND_PROGRAM).text(s.name()).text(s.searchPath());
      case ProcessStep.Descriptors s ->
          of(Op.DESCRIPTORS)
              .number(s.numbers().keySet().stream().mapToInt(n -> n).reduce(STDERR, Math::max))
              .numbers(pairs(s.numbers()));
      case ProcessStep.OwnStdio s -> of(Op.OWN_STDIO).number(s.uid());
      case ProcessStep.Sync s -> of(Op.SYNC).text(s.tag());
      case ProcessStep.Ready _ -> of(Op.READY);
      case ProcessStep.WaitFifo s -> of(Op.WAIT_FIFO).slot(s.fifo());
      case ProcessStep.Exec s ->
          of(Op.EXEC).text(s.program()).texts(s.arguments()).texts(s.environment());
    };
  }

  /** {@code struct sched_attr} of sched_setattr(2). */
  private static Payload scheduler(ProcessStep.Scheduler s) {
    var attributes =
        ByteBuffer.allocate(SCHED_ATTR_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(SCHED_ATTR_BYTES)
            .putInt(s.policy())
            .putLong(s.flags())
            .putInt(s.nice())
            .putInt(s.priority())
            .putLong(s.runtimeNanos())
            .putLong(s.deadlineNanos())
            .putLong(s.periodNanos());
    return of(Op.SCHEDULER).bits(Bits.of(attributes.array()));
  }

  /** Slot and final number, in the order of the numbers. */
  private static List<Integer> pairs(Map<Integer, Slot> numbers) {
    var pairs = new ArrayList<Integer>(2 * numbers.size());
    numbers.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> {
          pairs.add(entry.getValue().number());
          pairs.add(entry.getKey());
        });
    return pairs;
  }
}
