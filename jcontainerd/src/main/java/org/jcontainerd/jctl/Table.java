package org.jcontainerd.jctl;

import java.util.ArrayList;
import java.util.List;

/** Left-aligned columns, as wide as their widest cell. */
final class Table {
  private static final int GAP = 3;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  void print() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i));
        if (i < columns - 1) {
          line.repeat(' ', widths[i] - row.get(i).length() + GAP);
        }
      }
      System.out.println(line);
    }
  }
}
