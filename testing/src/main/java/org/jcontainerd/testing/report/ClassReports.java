package org.jcontainerd.testing.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes a report per class, in the form of Surefire's, and again after each of its tests: a run
 * that is cut off keeps the results it has had, which the launcher's own reports do not. They go to
 * the directory of the system property {@code test.reports}. Thread-safe.
 */
public final class ClassReports implements TestExecutionListener {
  private static final String DIRECTORY = "test.reports";
  private static final double SECOND_NANOS = 1e9;

  private final Path directory;
  private final Map<String, StringBuilder> cases = new HashMap<>();
  private final Map<String, Long> starts = new HashMap<>();

  /** For the service loader. */
  public ClassReports() {
    this(
        Path.of(
            Optional.ofNullable(System.getProperty(DIRECTORY))
                .orElseThrow(() ->
                    new IllegalStateException("the system property test.reports is not set"))));
  }

  ClassReports(Path directory) {
    this.directory = directory;
  }

  @Override
  public synchronized void executionStarted(TestIdentifier test) {
    starts.put(test.getUniqueId(), System.nanoTime());
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    add(test, "<skipped message=\"" + escape(reason) + "\"/>");
  }

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String reason = result.getThrowable().map(Throwable::toString).orElse("");
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) { // a container is told only if it fails
          add(test, "");
        }
      }
      case ABORTED -> add(test, "<skipped message=\"" + escape(reason) + "\"/>");
      case FAILED -> add(test, "<failure message=\"" + escape(reason) + "\"/>");
    }
  }

  private void add(TestIdentifier test, String outcome) {
    String owner = className(test.getSource()).orElse(test.getDisplayName());
    long nanos = System.nanoTime() - starts.getOrDefault(test.getUniqueId(), System.nanoTime());
    StringBuilder report = cases.computeIfAbsent(owner, _ -> new StringBuilder());
    report.append(
        String.format(
            Locale.ROOT,
            "  <testcase name=\"%s\" classname=\"%s\" time=\"%.3f\">\n",
            escape(test.getLegacyReportingName().replace("()", "")),
            escape(owner),
            nanos / SECOND_NANOS));
    if (!outcome.isEmpty()) {
      report.append("    ").append(outcome).append('\n');
    }
    report.append("  </testcase>\n");
    write(owner, report);
  }

  private static Optional<String> className(Optional<TestSource> source) {
    return source.map(s ->
        switch (s) {
          case MethodSource method -> method.getClassName();
          case ClassSource type -> type.getClassName();
          default -> null;
        });
  }

  /** Whole or not at all: it may be read while the tests go on. */
  private void write(String owner, CharSequence report) {
    String name = "TEST-" + owner.replace('/', '_') + ".xml";
    Path file = directory.resolve(name);
    Path next = directory.resolve(name + ".next");
    String text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"%s\">\n%s</testsuite>\n"
            .formatted(escape(owner), report);
    try {
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("write report '" + file + "'", e);
    }
  }

  /** For an attribute; what XML 1.0 cannot say becomes '?'. */
  static String escape(String text) {
    var escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\n', '\r', '\t' -> escaped.append("&#").append(c).append(';');
            default -> escaped.appendCodePoint(c < ' ' || c == 0xFFFE || c == 0xFFFF ? '?' : c);
          }
        });
    return escaped.toString();
  }
}
