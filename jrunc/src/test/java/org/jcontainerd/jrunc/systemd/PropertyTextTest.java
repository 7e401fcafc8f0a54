package org.jcontainerd.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.junit.jupiter.api.Test;

class PropertyTextTest {
  private static Property read(String name, String text) throws Exception {
    return PropertyText.of(Map.of("org.systemd.property." + name, text)).get(0);
  }

  private static void reads(String signature, Object value, String text) throws Exception {
    assertEquals(new Property("Name", signature, value), read("Name", text), text);
  }

  private static void refused(String problem, String name, String text) {
    var failure = assertThrows(RuncFailure.InvalidArgument.class, () -> read(name, text), text);
    assertEquals(
        "annotations['org.systemd.property." + name + "']: '" + text + "': " + problem,
        failure.getMessage());
  }

  @Test
  void values_haveTheTypesOfGVariant() throws Exception {
    reads("b", true, "true");
    reads("i", 5L, "5");
    reads("i", -5L, "-5");
    reads("d", 0.5, "0.5");
    reads("t", 5L, "uint64 5");
    reads("t", -1L, "uint64 18446744073709551615");
    reads("y", 255L, "byte 0xff");
    reads("u", 7L, "@u 7");
    reads("s", "a b", "'a b'");
    reads("s", "it's", "\"it's\"");
    reads("s", "a'b", "'a\\'b'");
    reads("as", List.of("a.service", "b.service"), "['a.service', 'b.service']");
    reads("at", List.of(1L, 2L), "[uint64 1, 2]");
    reads("as", List.of(), "@as []");
  }

  @Test
  void seconds_areMicrosecondsOnTheBus() throws Exception {
    assertEquals(Property.of("TimeoutStopUSec", 123_000_000L), read("TimeoutStopSec", "123"));
    assertEquals(Property.of("TimeoutStopUSec", 500_000L), read("TimeoutStopSec", "0.5"));
    refused("is not a number of seconds", "TimeoutStopSec", "'soon'");
    refused("is not a number of seconds", "TimeoutStopSec", "-1");
  }

  @Test
  void others_areLeftAlone() throws Exception {
    assertEquals(List.of(), PropertyText.of(Map.of("org.example", "x")));
  }

  @Test
  void nonsense_isRefusedWithItsPlace() {
    refused("a value is missing", "Name", "");
    refused("'x' is not a value of type 'i'", "Name", "x");
    refused("'256' is out of the range of type 'y'", "Name", "byte 256");
    refused("the closing quote is missing", "Name", "'a");
    refused("']' is missing", "Name", "[1");
    refused("an empty array needs its type, '@as []'", "Name", "[]");
    refused("' 2' is too much", "Name", "1 2");
    refused("'a' is not of type 'b'", "Name", "boolean 'a'");
    refused("the name of a property has letters only, at least three", "No", "1");
    refused("the name of a property has letters only, at least three", "Na-me", "1");
  }
}
