package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.List;

/** What differs between two lists of lines, by their longest common subsequence. */
final class LineDiff {
  private LineDiff() {}

  /** Lines that only one list has, in order: {@code - } of the first, {@code + } of the second. */
  static List<String> of(List<String> first, List<String> second) {
    int[][] common = new int[first.size() + 1][second.size() + 1];
    for (int i = first.size() - 1; i >= 0; i--) {
      for (int j = second.size() - 1; j >= 0; j--) {
        common[i][j] =
            first.get(i).equals(second.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    var differences = new ArrayList<String>();
    int i = 0;
    int j = 0;
    while (i < first.size() || j < second.size()) {
      if (i < first.size() && j < second.size() && first.get(i).equals(second.get(j))) {
        i++;
        j++;
      } else if (j == second.size() || i < first.size() && common[i + 1][j] >= common[i][j + 1]) {
        differences.add("- " + first.get(i++));
      } else {
        differences.add("+ " + second.get(j++));
      }
    }
    return differences;
  }
}
