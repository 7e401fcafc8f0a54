package org.jcontainerd.jrunc.command;

import java.util.List;

/** Columns as runc lays them out: 12 characters or more, three spaces between them. */
final class Table {
  private static final int NARROWEST = 12;
  private static final int GAP = 3;

  private Table() {}

  /** The rows, of which all have as many cells, as lines; the last column is not filled up. */
  static String of(List<List<String>> rows) {
    int last = rows.get(0).size() - 1;
    var text = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < last; column++) {
        int at = column;
        int widest = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
        String cell = row.get(column);
        text.append(cell).repeat(' ', Math.max(NARROWEST, widest + GAP) - cell.length());
      }
      text.append(row.get(last)).append('\n');
    }
    return text.toString();
  }
}
