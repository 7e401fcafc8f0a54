package org.jcontainerd.testing.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.w3c.dom.Element;

class ClassReportsTest {
  @TempDir Path directory;

  /** One test of every outcome; no test itself, by its name. */
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class Outcomes {
    @Test
    void a_passes() {
      assertTrue(true);
    }

    @Test
    void b_fails() {
      assertEquals("one\n\"<two>\"", "", "said \u0000");
    }

    @Test
    void c_isAborted() {
      Assumptions.abort("no such host");
    }

    @Test
    @Disabled("not today")
    void d_isDisabled() {}
  }

  /** A class whose tests cannot begin. */
  static class Broken {
    @BeforeAll
    static void fail() {
      throw new IllegalStateException("no way");
    }

    @Test
    void never() {}
  }

  private void run(Class<?> type, TestExecutionListener... more) {
    var listeners = new ArrayList<>(List.of(more));
    listeners.add(new ClassReports(directory)); // the last one is the first to hear of an end
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(type)).build(),
            listeners.toArray(TestExecutionListener[]::new));
  }

  private Path report(Class<?> type) {
    return directory.resolve("TEST-" + type.getName() + ".xml");
  }

  private static List<String> outcomes(Path report) throws Exception {
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    var cases = document.getElementsByTagName("testcase");
    var outcomes = new ArrayList<String>();
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      String outcome = "passed";
      for (String kind : List.of("failure", "skipped")) {
        var found = test.getElementsByTagName(kind);
        if (found.getLength() > 0) {
          outcome = kind + ": " + ((Element) found.item(0)).getAttribute("message");
        }
      }
      outcomes.add(test.getAttribute("name") + ": " + outcome);
    }
    return outcomes;
  }

  @Test
  void everyOutcome_isInTheReport() throws Exception {
    run(Outcomes.class);
    assertEquals(
        List.of(
            "a_passes: passed",
            "b_fails: failure: org.opentest4j.AssertionFailedError: said ? ==> expected: <one\n"
                + "\"<two>\"> but was: <>",
            "c_isAborted: skipped: org.opentest4j.TestAbortedException: no such host",
            "d_isDisabled: skipped: not today"),
        outcomes(report(Outcomes.class)));
  }

  @Test
  void classThatCannotBegin_isAFailure() throws Exception {
    run(Broken.class);
    assertEquals(
        List.of(Broken.class.getName() + ": failure: java.lang.IllegalStateException: no way"),
        outcomes(report(Broken.class)));
  }

  @Test
  void report_isWholeAfterEachTest() throws Exception {
    var counts = new ArrayList<Integer>();
    run(
        Outcomes.class,
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
              try {
                counts.add(outcomes(report(Outcomes.class)).size());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            }
          }
        });
    assertEquals(List.of(1, 2, 3), counts);
    assertFalse(Files.exists(directory.resolve("TEST-" + Outcomes.class.getName() + ".xml.next")));
  }
}
