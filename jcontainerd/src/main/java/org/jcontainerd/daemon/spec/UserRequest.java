package org.jcontainerd.daemon.spec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.SupplementalGroupsPolicy;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.User;

/**
 * As whom a container shall run: CRI first, then the image. Numbers are taken as unsigned 32-bit
 * numbers or refused; they are never looked up as names (CVE-2024-40635, CVE-2026-46680).
 *
 * @param user name or number, "" for root
 * @param group name or number, "" for the user's own
 * @param extraGroups supplementary groups from CRI
 * @param imageGroups whether the image's /etc/group adds more
 */
public record UserRequest(String user, String group, List<Long> extraGroups, boolean imageGroups) {
  public UserRequest {
    extraGroups = List.copyOf(extraGroups);
  }

  /**
   * @param imageUser the user of the image's configuration, as its maker wrote it
   */
  public static UserRequest of(LinuxContainerSecurityContext security, String imageUser) {
    String user = "";
    if (!security.getRunAsUsername().isEmpty()) {
      user = security.getRunAsUsername();
    } else if (security.hasRunAsUser()) {
      user = number("run_as_user", security.getRunAsUser().getValue());
    }
    String group = "";
    if (security.hasRunAsGroup()) {
      if (user.isEmpty()) {
        throw new DaemonFailure.InvalidArgument(
            "security context: run_as_group is set without run_as_user or run_as_username");
      }
      group = number("run_as_group", security.getRunAsGroup().getValue());
    }
    if (user.isEmpty()) {
      int colon = imageUser.indexOf(':');
      user = colon < 0 ? imageUser : imageUser.substring(0, colon);
      group = colon < 0 ? "" : imageUser.substring(colon + 1);
    }
    var extra = new ArrayList<Long>();
    for (long each : security.getSupplementalGroupsList()) {
      extra.add(Long.parseLong(number("supplemental_groups", each)));
    }
    return new UserRequest(
        user,
        group,
        extra,
        security.getSupplementalGroupsPolicy() == SupplementalGroupsPolicy.Merge);
  }

  /** The identity, with names and memberships from the image. */
  public User resolve(UserDatabase image) {
    Optional<UserDatabase.User> entry = entry(image);
    long uid = entry.map(UserDatabase.User::uid).orElseGet(this::numericUser);
    long gid = group.isEmpty() ? entry.map(UserDatabase.User::gid).orElse(0L) : gid(image);
    // the primary group is in the list too: leaving it out once let processes drop it
    // (CVE-2022-2995)
    Set<Long> groups = new LinkedHashSet<>();
    groups.add(gid);
    if (imageGroups) {
      entry.ifPresent(e -> groups.addAll(image.groupsOf(e.name())));
    }
    groups.addAll(extraGroups);
    return new User(uid, gid, Optional.empty(), List.copyOf(groups));
  }

  private Optional<UserDatabase.User> entry(UserDatabase image) {
    if (user.isEmpty()) {
      return image.user(0);
    }
    if (!NumericId.looksNumeric(user)) {
      var found = image.user(user);
      if (found.isEmpty()) {
        throw new DaemonFailure.InvalidArgument(
            "user '" + user + "': not in the image's /etc/passwd");
      }
      return found;
    }
    return image.user(numericUser());
  }

  private long numericUser() {
    return user.isEmpty() ? 0 : inRange("user", user);
  }

  private long gid(UserDatabase image) {
    if (NumericId.looksNumeric(group)) {
      return inRange("group", group);
    }
    return image
        .group(group)
        .map(UserDatabase.Group::gid)
        .orElseThrow(() ->
            new DaemonFailure.InvalidArgument(
                "group '" + group + "': not in the image's /etc/group"));
  }

  private static long inRange(String what, String text) {
    return NumericId.parse(text)
        .orElseThrow(() ->
            new DaemonFailure.InvalidArgument(
                what + " '" + text + "': out of range, at most " + NumericId.LARGEST));
  }

  private static String number(String field, long value) {
    if (value < 0 || value > NumericId.LARGEST) {
      throw new DaemonFailure.InvalidArgument(
          "security context: " + field + " '" + value + "': out of range");
    }
    return Long.toString(value);
  }
}
