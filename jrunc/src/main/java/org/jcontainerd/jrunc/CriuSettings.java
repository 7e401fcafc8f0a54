package org.jcontainerd.jrunc;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What checkpoint and restore have in common.
 *
 * @param program criu's file, or its name along {@code PATH}
 * @param images directory of the saved state; made by checkpoint if missing
 * @param work directory of criu's log and statistics; without one they are beside the images
 * @param flags what criu may do beyond the ordinary
 * @param cgroups how cgroups are brought back
 */
public record CriuSettings(
    String program, Path images, Optional<Path> work, Set<Flag> flags, CgroupMode cgroups) {
  /** The program if nobody names another. */
  public static final String PROGRAM = "criu";

  /** criu(8) has each under the same name, as an option, and in its protocol as a field. */
  public enum Flag {
    TCP_ESTABLISHED,
    TCP_SKIP_IN_FLIGHT,
    LINK_REMAP,
    EXT_UNIX_SK,
    SHELL_JOB,
    FILE_LOCKS,
    AUTO_DEDUP,
    LAZY_PAGES
  }

  /** {@code --manage-cgroups} of criu(8). */
  public enum CgroupMode {
    IGNORE(0),
    SOFT(3),
    FULL(4),
    STRICT(5),
    DEFAULT(6);

    private final int number;

    CgroupMode(int number) {
      this.number = number;
    }

    /** {@code criu_cg_mode} of criu's protocol. */
    public int number() {
      return number;
    }
  }

  public CriuSettings {
    flags = Set.copyOf(flags);
  }

  /** Where criu's log is. */
  public Path logs() {
    return work.orElse(images);
  }
}
