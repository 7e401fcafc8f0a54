package org.jcontainerd.jrunc.stats;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/** Files of pressure stall information: the kernel's accounting/psi.rst. */
final class PressureText {
  private PressureText() {}

  /** Empty if the kernel does not measure it. */
  static Optional<Map<String, Object>> read(Path file) throws LinuxException {
    try {
      return KernelFile.readIfPresent(file).filter(t -> !t.isBlank()).map(PressureText::parse);
    } catch (LinuxException e) {
      if (e.is(Errno.EOPNOTSUPP)) { // compiled in and switched off
        return Optional.empty();
      }
      throw e;
    }
  }

  /** {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}. */
  static Map<String, Object> parse(String text) {
    var kinds = new LinkedHashMap<String, Object>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ");
      var values = new LinkedHashMap<String, Object>();
      for (int i = 1; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        String name = words[i].substring(0, equals);
        String value = words[i].substring(equals + 1);
        if (name.equals("total")) {
          values.put(name, Long.parseLong(value));
        } else {
          values.put(name, Double.parseDouble(value));
        }
      }
      kinds.put(words[0], values);
    }
    return kinds;
  }
}
