package org.jcontainerd.jshim;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.oci.json.OciJson;

/** The shim's log: one JSON object per line with runc's keys, to standard error. Thread-safe. */
public final class ShimLog {
  private final PrintStream out;

  public ShimLog(PrintStream out) {
    this.out = out;
  }

  /** One line per state change. */
  public void info(String message, Map<String, String> fields) {
    write("info", message, fields);
  }

  /** We recovered. */
  public void warn(String message, Throwable cause) {
    write("warning", message, Map.of("cause", String.valueOf(cause)));
  }

  /** Somebody must act. */
  public void error(String message, Throwable cause) {
    write("error", message, Map.of("cause", String.valueOf(cause)));
    cause.printStackTrace(out);
  }

  private void write(String level, String message, Map<String, String> fields) {
    var line = new LinkedHashMap<String, String>();
    line.put("level", level);
    line.put("msg", message);
    line.putAll(fields);
    line.put("time", Instant.now().toString());
    out.println(new String(OciJson.write(line), StandardCharsets.UTF_8));
  }
}
