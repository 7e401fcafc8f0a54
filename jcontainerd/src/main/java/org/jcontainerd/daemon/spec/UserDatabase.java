package org.jcontainerd.daemon.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code /etc/passwd} and {@code /etc/group} of an image, which its maker wrote: lines that do not
 * parse are skipped, as libc does. Immutable.
 */
public record UserDatabase(List<User> users, List<Group> groups) {
  /** Larger files are refused by who reads them (CVE-2026-47262). */
  public static final int LARGEST_FILE = 1 << 20;

  static final UserDatabase EMPTY = new UserDatabase(List.of(), List.of());

  record User(String name, long uid, long gid) {}

  record Group(String name, long gid, List<String> members) {}

  public UserDatabase {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
  }

  /**
   * Parses the files.
   *
   * @param passwd text of the file, "" if the image has none
   * @param group likewise
   */
  public static UserDatabase parse(String passwd, String group) {
    var users = new ArrayList<User>();
    for (String line : passwd.lines().toList()) {
      String[] f = line.split(":", -1);
      if (f.length >= 4) {
        var uid = NumericId.parse(f[2]);
        var gid = NumericId.parse(f[3]);
        if (uid.isPresent() && gid.isPresent()) {
          users.add(new User(f[0], uid.get(), gid.get()));
        }
      }
    }
    var groups = new ArrayList<Group>();
    for (String line : group.lines().toList()) {
      String[] f = line.split(":", -1);
      if (f.length >= 3) {
        List<String> members = f.length > 3 ? List.of(f[3].split(",")) : List.of();
        NumericId.parse(f[2]).ifPresent(gid -> groups.add(new Group(f[0], gid, members)));
      }
    }
    return new UserDatabase(users, groups);
  }

  Optional<User> user(String name) {
    return users.stream().filter(u -> u.name().equals(name)).findFirst();
  }

  Optional<User> user(long uid) {
    return users.stream().filter(u -> u.uid() == uid).findFirst();
  }

  Optional<Group> group(String name) {
    return groups.stream().filter(g -> g.name().equals(name)).findFirst();
  }

  /** Ids of the groups that list {@code name} as a member. */
  List<Long> groupsOf(String name) {
    return groups.stream().filter(g -> g.members().contains(name)).map(Group::gid).toList();
  }
}
