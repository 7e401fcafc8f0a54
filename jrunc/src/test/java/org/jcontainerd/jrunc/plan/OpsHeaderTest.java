package org.jcontainerd.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The helper's table of steps is the one of {@link Op}. */
final class OpsHeaderTest {
  private static final Path HEADER = Path.of("src/main/c/ops.h");

  private static String header() {
    return Arrays.stream(Op.values())
        .map(op ->
            "  X(%d, %s, \"%s\", %s, \"%s\")"
                .formatted(
                    op.number(),
                    op.name().toLowerCase(Locale.ROOT),
                    op.label(),
                    op.place(),
                    op.layout()))
        .collect(
            Collectors.joining(
                " \\\n",
                """
                /* Made from org.jcontainerd.jrunc.plan.Op, which explains the columns; a test compares. */
                #pragma once

                /* clang-format off */
                #define OPS(X) \\
                """,
                "\n/* clang-format on */\n"));
  }

  @Test
  void header_ofTheHelper_isMadeFromTheTable() throws IOException {
    assertEquals(header(), Files.readString(HEADER), "write this text to jrunc/" + HEADER);
  }

  @Test
  void numbers_ofAllOps_areDistinct() {
    assertEquals(
        Op.values().length, Arrays.stream(Op.values()).mapToInt(Op::number).distinct().count());
  }

  @Test
  void layouts_ofAllOps_fitTheHelper() {
    for (Op op : Op.values()) {
      assertTrue(op.layout().length() <= 10, op.label());
      assertTrue(op.layout().matches("[uUsSbLfo]*"), op.label());
    }
  }
}
