package org.jcontainerd.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Files and methods that fit in one head: docs in CONTRIBUTING.md, "Size is a budget". */
class SizeBudgetTest {
  private static final int MAIN_FILE = 400;
  private static final int TEST_FILE = 600;
  private static final int METHOD = 60;

  /** A table of cases is one method, however many cases there are. */
  private static final int TEST_METHOD = 110;

  /** All of it, so that it can be read as a whole: docs/adr/0002-plan-and-c-helper.md. */
  private static final int HELPER_IN_C = 2000;

  @Test
  void files_areWithinBudget() throws IOException {
    var over = new ArrayList<String>();
    var sources = Sources.ending(".java");
    assertFalse(sources.isEmpty());
    for (var file : sources) {
      int lines = lines(file);
      int budget = Sources.isTest(file) ? TEST_FILE : MAIN_FILE;
      if (lines > budget) {
        over.add("%s: %d lines, at most %d".formatted(file, lines, budget));
      }
    }
    assertEquals(List.of(), over);
  }

  @Test
  void methods_areWithinBudget() throws IOException {
    var over = new ArrayList<String>();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(Sources.ending(".java")));
      for (var unit : task.parse()) {
        var _ = new LongMethods(Trees.instance(task), unit).scan(unit, over);
      }
    }
    assertEquals(List.of(), over);
  }

  @Test
  void helper_isWithinBudget() throws IOException {
    int lines = 0;
    for (var ending : List.of(".c", ".h")) {
      for (var file : Sources.ending(ending)) {
        if (Sources.root().relativize(file).startsWith("jrunc/src/main/c")) {
          lines += lines(file);
        }
      }
    }
    assertTrue(lines <= HELPER_IN_C, "jrunc-init has " + lines + " lines, at most " + HELPER_IN_C);
  }

  private static int lines(Path file) throws IOException {
    return Files.readAllLines(file).size();
  }

  private static final class LongMethods extends TreeScanner<Void, List<String>> {
    private final Trees trees;
    private final CompilationUnitTree unit;

    LongMethods(Trees trees, CompilationUnitTree unit) {
      this.trees = trees;
      this.unit = unit;
    }

    @Override
    public Void visitMethod(MethodTree method, List<String> over) {
      var positions = trees.getSourcePositions();
      var lineMap = unit.getLineMap();
      long first = lineMap.getLineNumber(positions.getStartPosition(unit, method));
      long last = lineMap.getLineNumber(positions.getEndPosition(unit, method));
      int budget = Sources.isTest(Path.of(unit.getSourceFile().toUri())) ? TEST_METHOD : METHOD;
      if (last - first + 1 > budget) {
        over.add(
            "%s:%d: '%s' has %d lines, at most %d"
                .formatted(
                    unit.getSourceFile().getName(),
                    first,
                    method.getName(),
                    last - first + 1,
                    budget));
      }
      return super.visitMethod(method, over);
    }
  }
}
