package org.jcontainerd.oci.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OciJsonTest {
  record Leaf(@Json(always = true) String type, @Json(unsigned = 32) long uid) {}

  @JsonText
  record Digest(String algorithm, String hex) {
    public static Digest parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("digest '" + text + "' has no algorithm");
      }
      return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
      return algorithm + ":" + hex;
    }
  }

  record Tree(
      String name,
      boolean on,
      int small,
      @Json(unsigned = 64) long big,
      Optional<Boolean> maybe,
      Optional<Long> count,
      List<Leaf> leaves,
      Map<String, Leaf> named,
      Map<String, List<String>> lists,
      @Json(name = "diff_ids", always = true) List<String> diffIds,
      Optional<Digest> digest,
      Optional<Instant> created,
      JsonValue rest) {}

  private static Tree tree(String json) throws JsonException {
    return OciJson.read(json.getBytes(UTF_8), Tree.class);
  }

  private static String written(Object value) {
    return new String(OciJson.write(value), UTF_8);
  }

  private static String message(String json) {
    return String.valueOf(assertThrows(JsonException.class, () -> tree(json)).getMessage());
  }

  @Test
  void read_emptyObject_givesEmptyValues() throws Exception {
    Tree tree = tree("{}");
    assertEquals(
        new Tree(
            "",
            false,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            new JsonValue.Null()),
        tree);
    assertEquals("{\"diff_ids\":[]}", written(tree));
  }

  @Test
  void read_nulls_areAbsent() throws Exception {
    assertEquals(
        tree("{}"),
        tree(
            "{\"name\":null,\"on\":null,\"small\":null,\"maybe\":null,\"leaves\":null,\"named\":null}"));
  }

  @Test
  void write_everything_isReadBack() throws Exception {
    String json =
        "{\"name\":\"a\\\"b\",\"on\":true,\"small\":-3,\"big\":18446744073709551615,\"maybe\":false,"
            + "\"count\":0,\"leaves\":[{\"type\":\"\",\"uid\":4294967295}],\"named\":{\"k\":{\"type\":\"x\"}},"
            + "\"lists\":{\"l\":[\"1\",\"2\"]},\"diff_ids\":[\"d\"],\"digest\":\"sha256:00\","
            + "\"created\":\"2026-01-02T03:04:05Z\",\"rest\":{\"a\":[1,2.50,null,true,\"s\"],\"b\":{}}}";
    Tree tree = tree(json);
    assertEquals(-1L, tree.big());
    assertEquals(4294967295L, tree.leaves().get(0).uid());
    assertEquals(Optional.of(false), tree.maybe());
    assertEquals(json, written(tree));
    assertEquals(tree, OciJson.read(OciJson.writeIndented(tree), Tree.class));
  }

  @Test
  void read_unknownFields_areSkippedWhole() throws Exception {
    assertEquals("x", tree("{\"zzz\":{\"a\":[{}]},\"name\":\"x\",\"y\":[[1]]}").name());
  }

  @Test
  void read_wrongType_namesThePath() {
    assertEquals(
        "leaves[1].type: expected a string, found 12", message("{\"leaves\":[{},{\"type\":12}]}"));
    assertEquals("named.k: expected an object, found an array", message("{\"named\":{\"k\":[]}}"));
    assertEquals(
        "lists.l[0]: expected a string, found true", message("{\"lists\":{\"l\":[true]}}"));
    assertEquals("on: expected true or false, found the string 'yes'", message("{\"on\":\"yes\"}"));
    assertEquals("small: expected a whole number, found 1.5", message("{\"small\":1.5}"));
    assertEquals("leaves[0]: expected an object, found null", message("{\"leaves\":[null]}"));
    assertEquals("digest: digest 'x' has no algorithm", message("{\"digest\":\"x\"}"));
  }

  @Test
  void read_numberOutOfRange_isRefused() {
    assertEquals(
        "leaves[0].uid: number 4294967296 does not fit 32 unsigned bits",
        message("{\"leaves\":[{\"uid\":4294967296}]}"));
    assertEquals(
        "leaves[0].uid: number -1 does not fit 32 unsigned bits",
        message("{\"leaves\":[{\"uid\":-1}]}"));
    assertEquals(
        "small: number 2147483648 does not fit 32 bits", message("{\"small\":2147483648}"));
    assertEquals(
        "big: number 18446744073709551616 does not fit 64 unsigned bits",
        message("{\"big\":18446744073709551616}"));
    assertEquals(
        "count: number 9223372036854775808 does not fit 64 bits",
        message("{\"count\":9223372036854775808}"));
  }

  @Test
  void read_brokenDocument_isRefused() {
    assertEquals("empty document", message(""));
    assertEquals("text after the end of the document", message("{} {}"));
    assertTrue(message("{\"name\":").startsWith("name: line 1: "));
    assertThrows(JsonException.class, () -> tree("{\"a\":" + "[".repeat(100_000)));
  }

  @Test
  void readList_records_areRead() throws Exception {
    var leaves = OciJson.readList("[{\"type\":\"a\"},{\"uid\":1}]".getBytes(UTF_8), Leaf.class);
    assertEquals(List.of(new Leaf("a", 0), new Leaf("", 1)), leaves);
    assertEquals("[{\"type\":\"a\"},{\"type\":\"\",\"uid\":1}]", written(leaves));
  }

  @Test
  void writeIndented_looksAsGoWritesIt() {
    assertEquals(
        "{\n  \"a\": [\n    1,\n    {\n      \"type\": \"x\"\n    }\n  ],\n  \"b\": {},\n  \"c\": []\n}",
        new String(
            OciJson.writeIndented(
                new java.util.TreeMap<>(
                    Map.of("a", List.of(1, new Leaf("x", 0)), "b", Map.of(), "c", List.of()))),
            UTF_8));
  }
}
