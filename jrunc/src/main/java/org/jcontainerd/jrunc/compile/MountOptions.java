package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jcontainerd.jrunc.plan.MountAttribute;
import org.jcontainerd.jrunc.plan.Propagation;

/**
 * Mount options of the runtime-spec (config.md, "Linux mount options"), taken apart.
 *
 * @param bind whether it is a bind mount
 * @param recursive whether submounts are bound too
 * @param propagation how mount events travel; UNCHANGED if nothing was said
 * @param propagateAll whether propagation goes for submounts too
 * @param idMap whether the mount maps ids
 * @param idMapAll whether submounts do too
 * @param copyUp whether a tmpfs starts with what was at its place
 * @param data options of the file system itself
 */
record MountOptions(
    boolean bind,
    boolean recursive,
    Set<MountAttribute> set,
    Set<MountAttribute> clear,
    Set<MountAttribute> recursiveSet,
    Set<MountAttribute> recursiveClear,
    Propagation propagation,
    boolean propagateAll,
    boolean idMap,
    boolean idMapAll,
    boolean copyUp,
    boolean remount,
    List<String> data) {

  /** An option that sets or clears an attribute. */
  private record Change(MountAttribute attribute, boolean clear) {}

  private static final Map<String, Change> ATTRIBUTES = attributes();

  private static final Map<String, Propagation> PROPAGATIONS =
      Map.of(
          "private", Propagation.PRIVATE,
          "slave", Propagation.SLAVE,
          "shared", Propagation.SHARED,
          "unbindable", Propagation.UNBINDABLE);

  /** Words that mean a flag of the file system which the new mount API takes as its option. */
  private static final Set<String> FILE_SYSTEM_FLAGS =
      Set.of("sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand");

  /** Words without effect on what we do: defaults, and flags that only the old call knows. */
  private static final Set<String> NO_EFFECT =
      Set.of("defaults", "loud", "silent", "iversion", "noiversion");

  private static Map<String, Change> attributes() {
    var all = new HashMap<String, Change>();
    all.put("ro", new Change(MountAttribute.RDONLY, false));
    all.put("rw", new Change(MountAttribute.RDONLY, true));
    all.put("nosuid", new Change(MountAttribute.NOSUID, false));
    all.put("suid", new Change(MountAttribute.NOSUID, true));
    all.put("nodev", new Change(MountAttribute.NODEV, false));
    all.put("dev", new Change(MountAttribute.NODEV, true));
    all.put("noexec", new Change(MountAttribute.NOEXEC, false));
    all.put("exec", new Change(MountAttribute.NOEXEC, true));
    all.put("nodiratime", new Change(MountAttribute.NODIRATIME, false));
    all.put("diratime", new Change(MountAttribute.NODIRATIME, true));
    all.put("noatime", new Change(MountAttribute.NOATIME, false));
    all.put("atime", new Change(MountAttribute.NOATIME, true));
    all.put("relatime", new Change(MountAttribute.RELATIME, false));
    all.put("norelatime", new Change(MountAttribute.RELATIME, true));
    all.put("strictatime", new Change(MountAttribute.STRICTATIME, false));
    all.put("nostrictatime", new Change(MountAttribute.STRICTATIME, true));
    all.put("nosymfollow", new Change(MountAttribute.NOSYMFOLLOW, false));
    all.put("symfollow", new Change(MountAttribute.NOSYMFOLLOW, true));
    return Map.copyOf(all);
  }

  /** All words with a meaning here, for {@code features}. */
  static List<String> known() {
    var all = new TreeSet<String>(ATTRIBUTES.keySet());
    ATTRIBUTES.keySet().forEach(name -> all.add("r" + name));
    PROPAGATIONS.keySet().forEach(name -> all.addAll(List.of(name, "r" + name)));
    all.addAll(FILE_SYSTEM_FLAGS);
    all.addAll(NO_EFFECT);
    all.addAll(List.of("bind", "rbind", "remount", "idmap", "ridmap", "tmpcopyup"));
    return List.copyOf(all);
  }

  static MountOptions parse(List<String> options) {
    var parser = new Parser();
    options.forEach(parser::take);
    return parser.result();
  }

  boolean readOnly() {
    return set.contains(MountAttribute.RDONLY);
  }

  /** The same without the read-only attribute, for a mount that is filled before it is closed. */
  MountOptions writable() {
    var rest = EnumSet.copyOf(set);
    rest.remove(MountAttribute.RDONLY);
    return new MountOptions(
        bind,
        recursive,
        rest,
        clear,
        recursiveSet,
        recursiveClear,
        propagation,
        propagateAll,
        idMap,
        idMapAll,
        copyUp,
        remount,
        data);
  }

  private static final class Parser {
    private boolean bind;
    private boolean recursive;
    private final Set<MountAttribute> set = EnumSet.noneOf(MountAttribute.class);
    private final Set<MountAttribute> clear = EnumSet.noneOf(MountAttribute.class);
    private final Set<MountAttribute> recursiveSet = EnumSet.noneOf(MountAttribute.class);
    private final Set<MountAttribute> recursiveClear = EnumSet.noneOf(MountAttribute.class);
    private Propagation propagation = Propagation.UNCHANGED;
    private boolean propagateAll;
    private boolean idMap;
    private boolean idMapAll;
    private boolean copyUp;
    private boolean remount;
    private final List<String> data = new ArrayList<>();

    void take(String option) {
      switch (option) {
        case "bind" -> bind = true;
        case "rbind" -> {
          bind = true;
          recursive = true;
        }
        case "idmap" -> idMap = true;
        case "ridmap" -> {
          idMap = true;
          idMapAll = true;
        }
        case "tmpcopyup" -> copyUp = true;
        case "remount" -> remount = true;
        default -> takeOther(option);
      }
    }

    private void takeOther(String option) {
      String rest = option.startsWith("r") ? option.substring(1) : "";
      if (ATTRIBUTES.containsKey(option)) {
        change(ATTRIBUTES.get(option), set, clear);
      } else if (ATTRIBUTES.containsKey(rest)) {
        change(ATTRIBUTES.get(rest), recursiveSet, recursiveClear);
      } else if (PROPAGATIONS.containsKey(option)) {
        propagation = PROPAGATIONS.get(option);
        propagateAll = false;
      } else if (PROPAGATIONS.containsKey(rest)) {
        propagation = PROPAGATIONS.get(rest);
        propagateAll = true;
      } else if (!NO_EFFECT.contains(option) && !option.isEmpty()) {
        data.add(option);
      }
    }

    private static void change(Change change, Set<MountAttribute> on, Set<MountAttribute> off) {
      (change.clear() ? on : off).remove(change.attribute());
      (change.clear() ? off : on).add(change.attribute());
    }

    MountOptions result() {
      if (bind) {
        data.removeAll(FILE_SYSTEM_FLAGS); // of the file system, which a bind mount does not make
      }
      return new MountOptions(
          bind,
          recursive,
          Set.copyOf(set),
          Set.copyOf(clear),
          Set.copyOf(recursiveSet),
          Set.copyOf(recursiveClear),
          propagation,
          propagateAll,
          idMap,
          idMapAll,
          copyUp,
          remount,
          List.copyOf(data));
    }
  }
}
