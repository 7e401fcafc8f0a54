package org.jcontainerd.daemon.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jcontainerd.api.cri.v1.Int64Value;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.SupplementalGroupsPolicy;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.junit.jupiter.api.Test;

final class UserRequestTest {
  private static final UserDatabase IMAGE =
      UserDatabase.parse(
          """
          root:x:0:0:root:/root:/bin/sh
          app:x:1000:1000::/:/bin/sh
          4294967296:x:0:0:a name that is a number out of range:/:/bin/sh
          broken:x:abc:1
          short
          """,
          """
          root:x:0:
          app:x:1000:
          extra:x:50000:app,other
          staff:x:50:
          """);

  @Test
  void resolve_table() {
    assertEquals("0:0 [0]", resolve(""));
    assertEquals("0:0 [0]", resolve("root"));
    assertEquals("1000:1000 [1000, 50000]", resolve("app"));
    assertEquals("1000:1000 [1000, 50000]", resolve("1000"));
    assertEquals("1000:50 [50, 50000]", resolve("app:staff"));
    assertEquals("1000:7 [7, 50000]", resolve("1000:7"));
    assertEquals("5:0 [0]", resolve("5"));
    assertEquals("4294967294:0 [0]", resolve("4294967294"));
  }

  @Test
  void resolve_numbersOutOfRange_areNeverNames() {
    for (String each :
        List.of("4294967295", "4294967296", "18446744073709551616", "99999999999999999999")) {
      assertEquals("user '" + each + "': out of range, at most 4294967294", refusal(each));
      assertEquals(
          "group '" + each + "': out of range, at most 4294967294", refusal("app:" + each));
    }
  }

  @Test
  void resolve_unknownNames_areRefused() {
    assertEquals("user 'nobody': not in the image's /etc/passwd", refusal("nobody"));
    assertEquals("user '-1': not in the image's /etc/passwd", refusal("-1"));
    assertEquals("user 'broken': not in the image's /etc/passwd", refusal("broken"));
    assertEquals("group 'nogroup': not in the image's /etc/group", refusal("app:nogroup"));
  }

  @Test
  void resolve_policies() {
    var security =
        LinuxContainerSecurityContext.newBuilder()
            .setRunAsUser(Int64Value.newBuilder().setValue(1000))
            .addSupplementalGroups(1234);
    assertEquals("1000:1000 [1000, 50000, 1234]", resolve(security, ""));
    security.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict);
    assertEquals("1000:1000 [1000, 1234]", resolve(security, ""));
  }

  @Test
  void of_criOverImage() {
    var user =
        LinuxContainerSecurityContext.newBuilder()
            .setRunAsUser(Int64Value.newBuilder().setValue(0));
    assertEquals("0:0 [0]", resolve(user, "app"));
    var name = LinuxContainerSecurityContext.newBuilder().setRunAsUsername("app");
    assertEquals("1000:1000 [1000, 50000]", resolve(name, "root"));
    var group = user.setRunAsGroup(Int64Value.newBuilder().setValue(9)).build().toBuilder();
    assertEquals("0:9 [9]", resolve(group, "app"));
    var alone =
        LinuxContainerSecurityContext.newBuilder()
            .setRunAsGroup(Int64Value.newBuilder().setValue(9));
    var e = assertThrows(DaemonFailure.InvalidArgument.class, () -> resolve(alone, "app"));
    assertTrue(String.valueOf(e.getMessage()).contains("run_as_group"));
    var negative =
        LinuxContainerSecurityContext.newBuilder()
            .setRunAsUser(Int64Value.newBuilder().setValue(-1));
    assertThrows(DaemonFailure.InvalidArgument.class, () -> resolve(negative, ""));
  }

  private static String refusal(String imageUser) {
    return String.valueOf(
        assertThrows(DaemonFailure.InvalidArgument.class, () -> resolve(imageUser)).getMessage());
  }

  private static String resolve(String imageUser) {
    return resolve(LinuxContainerSecurityContext.newBuilder(), imageUser);
  }

  private static String resolve(LinuxContainerSecurityContext.Builder security, String imageUser) {
    var user = UserRequest.of(security.build(), imageUser).resolve(IMAGE);
    return user.uid() + ":" + user.gid() + " " + user.additionalGids();
  }
}
