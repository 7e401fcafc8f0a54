package org.jcontainerd.jshim.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.DetachedMount;
import org.jcontainerd.linux.mount.FileSystemContext;
import org.jcontainerd.linux.mount.MountAttribute;
import org.jcontainerd.linux.mount.MountFlag;
import org.jcontainerd.linux.mount.Mounts;

/**
 * The mounts that make a container's root, as containerd's snapshotters describe them: type, source
 * and options as in fstab(5), one on top of the other. Thread-safe.
 */
public final class RootfsMounts {
  /** One mount of the list. Immutable. */
  public record RootfsMount(String type, String source, List<String> options) {
    public RootfsMount {
      options = List.copyOf(options);
    }
  }

  private static final Map<String, MountAttribute> ATTRIBUTES =
      Map.of(
          "ro", MountAttribute.READ_ONLY,
          "nosuid", MountAttribute.NO_SUID,
          "nodev", MountAttribute.NO_DEV,
          "noexec", MountAttribute.NO_EXEC,
          "noatime", MountAttribute.NO_ATIME,
          "nodiratime", MountAttribute.NO_DIR_ATIME);

  /** Words that say what is so anyway. */
  private static final Set<String> DEFAULTS =
      Set.of("rw", "suid", "dev", "exec", "relatime", "defaults");

  private RootfsMounts() {}

  /** Mounts the list on {@code target}, which is created; takes everything back on failure. */
  public static void mount(List<RootfsMount> mounts, Path target) throws IOException {
    var _ = Files.createDirectories(target);
    try {
      for (var mount : mounts) {
        one(mount, target);
      }
    } catch (LinuxException e) {
      try {
        unmount(target);
      } catch (LinuxException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  /** Unmounts whatever is mounted on {@code target}; success if nothing is. */
  public static void unmount(Path target) throws LinuxException {
    int _ = Mounts.detachAll(target);
  }

  private static void one(RootfsMount mount, Path target) throws LinuxException {
    boolean recursive = mount.options().contains("rbind");
    if (recursive || mount.options().contains("bind") || mount.type().equals("bind")) {
      bind(mount, target, recursive);
    } else {
      create(mount, target);
    }
  }

  private static void bind(RootfsMount mount, Path target, boolean recursive)
      throws LinuxException {
    try (var tree = DetachedMount.clone(Path.of(mount.source()), recursive)) {
      var attributes = attributes(mount);
      if (!attributes.isEmpty()) {
        tree.change(attributes, Set.of(), recursive);
      }
      tree.attach(target);
    }
  }

  /**
   * By fsopen(2), whose options have no common limit: lowerdir of an image with many layers is
   * longer than the page that mount(2) takes. Since Linux 6.8 overlayfs takes each layer by itself;
   * an older one limits a single text to 255 bytes, there mount(2) has to do.
   */
  private static void create(RootfsMount mount, Path target) throws LinuxException {
    try (var context = FileSystemContext.open(mount.type())) {
      if (!mount.source().isEmpty()) {
        var _ = context.set("source", mount.source());
      }
      for (var option : mount.options()) {
        set(context, option);
      }
      try (var made = context.create(attributes(mount))) {
        made.attach(target);
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOSYS) && !isOldOverlay(mount, e)) {
        throw e;
      }
      mountOld(mount, target);
    }
  }

  private static boolean isOldOverlay(RootfsMount mount, LinuxException e) {
    return mount.type().equals("overlay") && e.is(Errno.EINVAL);
  }

  private static void set(FileSystemContext context, String option) throws LinuxException {
    if (ATTRIBUTES.containsKey(option) || DEFAULTS.contains(option)) {
      return;
    }
    int equals = option.indexOf('=');
    if (equals < 0) {
      var _ = context.set(option);
      return;
    }
    var name = option.substring(0, equals);
    var value = option.substring(equals + 1);
    if (name.equals("lowerdir")) {
      for (var layer : value.split(":")) {
        var _ = context.set("lowerdir+", layer);
      }
    } else {
      var _ = context.set(name, value);
    }
  }

  private static void mountOld(RootfsMount mount, Path target) throws LinuxException {
    var flags = EnumSet.noneOf(MountFlag.class);
    for (var option : mount.options()) {
      switch (option) {
        case "ro" -> flags.add(MountFlag.READ_ONLY);
        case "nosuid" -> flags.add(MountFlag.NO_SUID);
        case "nodev" -> flags.add(MountFlag.NO_DEV);
        case "noexec" -> flags.add(MountFlag.NO_EXEC);
        case "noatime" -> flags.add(MountFlag.NO_ATIME);
        case "nodiratime" -> flags.add(MountFlag.NO_DIR_ATIME);
        default -> {
          // data of the file system
        }
      }
    }
    var data =
        String.join(
            ",",
            mount.options().stream()
                .filter(option -> !ATTRIBUTES.containsKey(option) && !DEFAULTS.contains(option))
                .toList());
    Mounts.mount(mount.source(), target, mount.type(), flags, data);
  }

  private static Set<MountAttribute> attributes(RootfsMount mount) {
    var attributes = EnumSet.noneOf(MountAttribute.class);
    for (var option : mount.options()) {
      var attribute = ATTRIBUTES.get(option);
      if (attribute != null) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }
}
