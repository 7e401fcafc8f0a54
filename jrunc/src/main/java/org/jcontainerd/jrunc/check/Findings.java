package org.jcontainerd.jrunc.check;

import java.util.ArrayList;
import java.util.List;

/** Collects findings; of several about the same field and problem the first stays. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();

  void add(String field, String problem, String advice) {
    if (all.stream().noneMatch(one -> one.field().equals(field) && one.problem().equals(problem))) {
      all.add(new Finding(field, problem, advice));
    }
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
