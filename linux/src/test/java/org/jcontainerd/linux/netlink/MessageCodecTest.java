package org.jcontainerd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** No length, true or false, may lead past an end (CVE-2021-43784). */
class MessageCodecTest {
  @Property
  void parse_anyBytes_staysInBounds(@ForAll @Size(max = 300) byte[] bytes) {
    try {
      int total = 0;
      for (Attribute attribute : Attributes.parse(bytes, 0, bytes.length)) {
        total += Attributes.HEADER + attribute.length();
        assertEquals(attribute.length(), attribute.bytes().length);
        touch(attribute);
      }
      assertTrue(total <= bytes.length);
    } catch (NetlinkFormatException _) {
      // refused, which is as good
    }
  }

  @Property
  void parse_datagram_staysInBounds(
      @ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 300) int length) {
    int used = Math.min(length, bytes.length);
    try {
      for (NetlinkMessage message : NetlinkMessage.parse(bytes, used)) {
        assertTrue(message.offset() + message.length() <= used);
        readAll(message);
      }
    } catch (NetlinkFormatException _) {
      // refused, which is as good
    }
  }

  private static void touch(Attribute attribute) {
    try {
      var _ = attribute.string();
      var _ = attribute.nested().size();
      var _ = attribute.u64() + attribute.be32() + attribute.u16() + attribute.u8();
      var _ = attribute.address();
    } catch (NetlinkFormatException _) {
      // too short for that reading
    }
  }

  private static void readAll(NetlinkMessage message) {
    List<Reader> readers =
        List.of(Link::parse, Address::parse, Route::parse, Acknowledgement::parse);
    for (Reader reader : readers) {
      try {
        var _ = reader.read(message);
      } catch (NetlinkFormatException _) {
        // no such message
      }
    }
  }

  private interface Reader {
    Object read(NetlinkMessage message) throws NetlinkFormatException;
  }

  @Property
  void write_thenParse_givesTheSame(
      @ForAll("values") List<byte[]> values, @ForAll @IntRange(min = 1, max = 0x3fff) int type)
      throws NetlinkFormatException {
    var writer = new MessageWriter();
    writer.nest(type, inside -> values.forEach(v -> inside.bytes(type, v)));
    byte[] bytes = writer.toBytes();
    assertEquals(0, bytes.length % 4);
    Attributes outer = Attributes.parse(bytes, 0, bytes.length);
    assertEquals(1, outer.size());
    int i = 0;
    for (Attribute attribute : outer.nested(type)) {
      assertArrayEquals(values.get(i++), attribute.bytes());
    }
    assertEquals(values.size(), i);
  }

  @Provide
  Arbitrary<List<byte[]>> values() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(60).list().ofMaxSize(20);
  }

  /** What wrapped in CVE-2021-43784: a value whose length does not fit 16 bits. */
  @Property(tries = 50)
  void write_valueThatDoesNotFit_isRefused(@ForAll @IntRange(min = 65532, max = 70000) int length) {
    var writer = new MessageWriter();
    var failure =
        assertThrows(IllegalArgumentException.class, () -> writer.bytes(1, new byte[length]));
    assertTrue(String.valueOf(failure.getMessage()).contains("largest is 65531"));
    assertEquals(0, writer.toBytes().length, "nothing was written");
  }

  @Example
  void write_nestedThatDoesNotFit_isRefused() {
    var writer = new MessageWriter();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            writer.nest(
                1,
                inside -> {
                  for (int i = 0; i < 3; i++) {
                    inside.bytes(2, new byte[30_000]);
                  }
                }));
  }

  @Example
  void write_largestValue_comesBack() throws NetlinkFormatException {
    byte[] bytes = new MessageWriter().bytes(9, new byte[MessageWriter.LARGEST_VALUE]).toBytes();
    assertEquals(
        MessageWriter.LARGEST_VALUE,
        Attributes.parse(bytes, 0, bytes.length).find(9).orElseThrow().length());
  }

  /**
   * The bytes that iproute2 6.1 sends for {@code ip link add br9 type bridge} behind its header.
   */
  @Example
  void createBridge_isWhatIprouteSends() {
    byte[] body =
        LinkRequests.createBridge("br9", java.util.Optional.empty(), java.util.Optional.empty())
            .body();
    var expected = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder());
    expected.position(16); // struct ifinfomsg, all zero
    expected
        .putShort((short) 8)
        .putShort((short) 3)
        .put("br9\0".getBytes(StandardCharsets.US_ASCII));
    expected.putShort((short) 16).putShort((short) (18 | 0x8000));
    expected
        .putShort((short) 11)
        .putShort((short) 1)
        .put("bridge\0\0".getBytes(StandardCharsets.US_ASCII));
    assertEquals(40, body.length);
    assertArrayEquals(expected.array(), body);
  }
}
