package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Propagation;
import org.jcontainerd.jrunc.plan.RootStep;

/** Steps on the container's files, in words. */
final class RootWords {
  private RootWords() {}

  static String of(RootStep step) {
    return switch (step) {
      case RootStep.Propagate propagate ->
          "makes mounts of " + at(propagate) + " " + propagation(propagate.propagation());
      case RootStep.Root root ->
          "takes " + root.path() + " as the root directory" + below(root.recursive());
      case RootStep.Bind bind -> bind(bind);
      case RootStep.Mount mount -> mount(mount);
      case RootStep.SetAttributes set ->
          "changes the mount of "
              + set.path()
              + below(set.recursive())
              + PlanWords.bracketed(attributes(set.set(), set.clear(), ""));
      case RootStep.Mkdir directory ->
          "makes the directory "
              + directory.path()
              + " if it is missing, mode "
              + Integer.toOctalString(directory.mode());
      case RootStep.Mknod node ->
          "makes the %s %s (%d:%d), mode %s, owner %d:%d"
              .formatted(
                  kind(node.kind()),
                  node.path(),
                  node.major(),
                  node.minor(),
                  Integer.toOctalString(node.mode() & 07777),
                  node.uid(),
                  node.gid());
      case RootStep.Symlink link -> "links " + link.path() + " to " + link.target();
      case RootStep.Mask mask -> "hides " + mask.path();
      case RootStep.ReadOnly readOnly -> "makes " + readOnly.path() + " read-only";
      case RootStep.Pivot _ -> "changes into the new root and lets go of the host's";
      case RootStep.MoveRoot _ -> "moves the new root over the host's, without pivot_root";
      case RootStep.Chroot chroot -> "changes its root to " + chroot.path() + " by chroot alone";
      case RootStep.Terminal terminal ->
          "opens a terminal as standard streams"
              + (terminal.bindConsole() ? " and as /dev/console" : "")
              + (terminal.consoleSocket().isPresent() ? ", and sends its master away" : "");
    };
  }

  private static String at(RootStep.Propagate propagate) {
    return propagate.path() + below(propagate.recursive());
  }

  private static String below(boolean recursive) {
    return recursive ? " and everything below" : "";
  }

  private static String propagation(Propagation propagation) {
    return switch (propagation) {
      case UNCHANGED -> "stay as they are";
      case UNBINDABLE -> "private and impossible to bind";
      case PRIVATE -> "private: they neither come from nor go to the host";
      case SLAVE -> "slaves: the host's come in, its own do not go out";
      case SHARED -> "shared: they come from and go to the host";
    };
  }

  private static String kind(RootStep.Mknod.Kind kind) {
    return switch (kind) {
      case CHARACTER -> "character device";
      case BLOCK -> "block device";
      case FIFO -> "fifo";
    };
  }

  private static String bind(RootStep.Bind bind) {
    String source =
        switch (bind.source()) {
          case RootStep.Source.HostPath(String path) -> path;
          case RootStep.Source.Tree tree -> "the " + tree.tree().name();
        };
    List<String> words = attributes(bind.set(), bind.clear(), "");
    words.addAll(attributes(bind.recursiveSet(), bind.recursiveClear(), "r"));
    addPropagation(words, bind.propagation());
    return "binds "
        + source
        + (bind.recursive() ? " and everything below" : "")
        + " on "
        + bind.target()
        + PlanWords.bracketed(words);
  }

  private static String mount(RootStep.Mount mount) {
    List<String> words = attributes(mount.attributes(), Set.of(), "");
    words.addAll(mount.options());
    addPropagation(words, mount.propagation());
    return "mounts a fresh "
        + mount.type()
        + " on "
        + mount.target()
        + PlanWords.bracketed(words)
        + (mount.copyUp() ? ", with a copy of what is there" : "");
  }

  private static void addPropagation(List<String> words, Propagation propagation) {
    if (propagation != Propagation.UNCHANGED) {
      words.add(propagation.name().toLowerCase(Locale.ROOT));
    }
  }

  /** As mount(8) writes them; a cleared one as its opposite. */
  private static List<String> attributes(
      Set<MountAttribute> set, Set<MountAttribute> clear, String prefix) {
    var words = new ArrayList<String>();
    set.stream().sorted().forEach(one -> words.add(prefix + word(one)));
    clear.stream()
        .filter(one -> !set.contains(one))
        .sorted()
        .forEach(one -> words.add(prefix + opposite(word(one))));
    return words;
  }

  private static String word(MountAttribute attribute) {
    return attribute == MountAttribute.RDONLY ? "ro" : attribute.name().toLowerCase(Locale.ROOT);
  }

  private static String opposite(String word) {
    return word.equals("ro") ? "rw" : word.startsWith("no") ? word.substring(2) : "no" + word;
  }
}
