package org.jcontainerd.oci.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  private static final String HEX =
      "9700f9a2f5bf2c45f2f605a0bd3bce7cf37420ec9d3ed50ac2758413308766bf";

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "busybox:1.37, docker.io/library/busybox:1.37",
    "user/app, docker.io/user/app:latest",
    "docker.io/busybox, docker.io/library/busybox:latest",
    "index.docker.io/user/app:x, docker.io/user/app:x",
    "localhost/app, localhost/app:latest",
    "localhost:5000/app, localhost:5000/app:latest",
    "localhost:5000/app:v1, localhost:5000/app:v1",
    "127.0.0.1:41234/deep/er/app:v1, 127.0.0.1:41234/deep/er/app:v1",
    "[::1]:5000/app, [::1]:5000/app:latest",
    "registry.k8s.io/pause:3.9, registry.k8s.io/pause:3.9",
    "MyHost/app, MyHost/app:latest",
    "host.example, docker.io/library/host.example:latest",
    "host.example/app_a__b--c.d:T_1.x-y, host.example/app_a__b--c.d:T_1.x-y",
  })
  void parse_whatUsersWrite_addsWhatIsLeftOut(String text, String whole) {
    assertEquals(whole, ImageName.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"busybox@sha256:" + HEX, "busybox:tag@sha256:" + HEX})
  void parse_withDigest_asksTheRegistryForTheDigest(String text) {
    var name = ImageName.parse(text);
    assertEquals("sha256:" + HEX, name.reference());
    assertEquals("docker.io/library/" + text, name.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "@",
        "a:",
        "a@",
        "/a",
        "a/",
        "a//b",
        "A",
        "user/App",
        "a:b:c",
        "a:-tag",
        "a b",
        "a\n",
        "a:tag\n",
        "../a",
        "a/../b",
        "host.example/../../etc",
        "host.example:99/",
        "-host.example/a",
        "host.example:port/a",
        "a@sha256:abc",
        "a@md5:0123456789abcdef0123456789abcdef",
        "a@sha256:../../../../../../../../../../../../../../../../../../../../../../../../etc",
        "https://host.example/a",
        "a?b",
        "a#b",
        "a%2fb",
      })
  void parse_noReference_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ImageName.parse(text));
  }

  @Property
  void parse_anyText_isAReferenceThatReadsBackOrIsRefused(@ForAll String text) {
    ImageName name;
    try {
      name = ImageName.parse(text);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertEquals(name, ImageName.parse(name.toString()));
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 256, 5000, 2_000_000})
  void parse_veryLong_isBounded(int length) {
    var text = "host.example/" + "a".repeat(length);
    if (length == 255) {
      assertEquals(text + ":latest", ImageName.parse(text).toString());
    } else {
      assertThrows(IllegalArgumentException.class, () -> ImageName.parse(text));
    }
  }
}
