package org.jcontainerd.daemon.metadata;

import java.util.List;

/**
 * One step of the schema. Immutable.
 *
 * <p>Migrations form one ordered list for the whole daemon; each feature package contributes its
 * own, and names it {@code <feature>.<number>} ("images.1"). A migration that was released is never
 * changed, only followed by another.
 *
 * @param name unique in the list, stored in the database when the migration has run
 * @param statements SQL, run in order in one transaction
 */
public record Migration(String name, List<String> statements) {
  public Migration {
    statements = List.copyOf(statements);
  }

  public static Migration of(String name, String... statements) {
    return new Migration(name, List.of(statements));
  }
}
