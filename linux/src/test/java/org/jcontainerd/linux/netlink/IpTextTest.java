package org.jcontainerd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTextTest {
  /** RFC 5952 section 4: the examples. */
  @ParameterizedTest
  @CsvSource({
    "10.1.0.5, 10.1.0.5",
    "2001:0db8::0001, 2001:db8::1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "::, ::",
    "::1, ::1",
    "fe80::, fe80::",
    "::ffff:10.1.0.5, 10.1.0.5",
  })
  void format_isCanonical(String given, String expected) {
    assertEquals(expected, IpText.format(IpText.parse(given)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.1", "localhost", "1.2.3.4.5", "fe80::1%eth0", "[::1]", "256.1.1.1"})
  void parse_whatIsNoAddress_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> IpText.parse(text));
  }

  @Test
  void prefix_networkLastAndContains() {
    IpPrefix prefix = IpPrefix.parse("10.1.3.7/22");
    assertEquals("10.1.0.0/22", prefix.network().toString());
    assertEquals("10.1.3.255", IpText.format(prefix.last()));
    assertTrue(prefix.contains(IpText.parse("10.1.1.1")));
    assertFalse(prefix.contains(IpText.parse("10.1.4.0")));
    assertFalse(prefix.contains(IpText.parse("fd00::1")));
  }

  @Test
  void step_carriesOverBytes() {
    InetAddress end = IpText.parse("10.1.255.255");
    assertEquals("10.2.0.0", IpText.format(IpPrefix.step(end, 1)));
    assertEquals("fd00::ffff:ffff", IpText.format(IpPrefix.step(IpText.parse("fd00::1:0:0"), -1)));
  }
}
