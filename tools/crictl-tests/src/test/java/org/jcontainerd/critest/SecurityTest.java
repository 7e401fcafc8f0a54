package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.Capability;
import org.jcontainerd.api.cri.v1.Int64Value;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.junit.jupiter.api.Test;

/** Security contexts of containers. */
class SecurityTest extends CriSuite {

  private String startWith(String name, Consumer<LinuxContainerSecurityContext.Builder> change) {
    var pod = pods().pod(name).build();
    var config = shell("main", "sleep 3600");
    change.accept(config.getLinuxBuilder().getSecurityContextBuilder());
    return start(run(pod), pod, config.build());
  }

  private int code(String id, String script) {
    return pods().exec(id, "sh", "-c", script).getExitCode();
  }

  @Test
  void user_groupAndSupplementalGroups_areSet() {
    String id =
        startWith(
            "user",
            security ->
                security
                    .setRunAsUser(Int64Value.newBuilder().setValue(1001))
                    .setRunAsGroup(Int64Value.newBuilder().setValue(1002))
                    .addSupplementalGroups(1234));
    assertEquals("1001", output(id, "id -u"));
    assertEquals("1002", output(id, "id -g"));
    assertTrue(output(id, "id -G").contains("1234"));
  }

  @Test
  void capabilities_ofAnOrdinaryContainer_areTheDefaultOnes() {
    String id = startWith("caps", _ -> {});
    String status = output(id, "cat /proc/self/status");
    assertTrue(status.contains("CapBnd:\t00000000a80425fb"), status);
    assertTrue(status.contains("CapInh:\t0000000000000000"), status);
  }

  @Test
  void capabilities_addedAndDropped_change() {
    String added =
        startWith(
            "added",
            security ->
                security.setCapabilities(Capability.newBuilder().addAddCapabilities("NET_ADMIN")));
    assertEquals(0, code(added, "ip link add dev jcx type veth peer name jcy"));
    String dropped =
        startWith(
            "dropped",
            security ->
                security.setCapabilities(Capability.newBuilder().addDropCapabilities("ALL")));
    assertTrue(output(dropped, "cat /proc/self/status").contains("CapBnd:\t0000000000000000"));
  }

  @Test
  void readOnlyRoot_refusesWrites() {
    String id = startWith("read-only", security -> security.setReadonlyRootfs(true));
    var answer = pods().exec(id, "touch", "/file");
    assertEquals(1, answer.getExitCode());
    assertTrue(answer.getStderr().toStringUtf8().contains("Read-only file system"));
  }

  @Test
  void maskedAndReadOnlyPaths_areInPlace() {
    String id = startWith("masked", _ -> {});
    assertEquals("", output(id, "cat /proc/timer_list /proc/kcore | head -c 10"));
    assertEquals("", output(id, "ls /sys/firmware"));
    assertTrue(code(id, "echo 1 > /proc/sys/vm/drop_caches") != 0);
  }

  @Test
  void seccomp_byDefault_isAFilterAndBlocksForbiddenCalls() {
    String id = startWith("seccomp", _ -> {});
    assertTrue(output(id, "cat /proc/self/status").contains("Seccomp:\t2"));
    assertTrue(code(id, "unshare -U true") != 0);
    String unconfined =
        startWith(
            "unconfined",
            security ->
                security.setSeccomp(
                    SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.Unconfined)));
    assertTrue(output(unconfined, "cat /proc/self/status").contains("Seccomp:\t0"));
  }

  @Test
  void noNewPrivileges_isSetWhenAsked() {
    String id = startWith("no-new-privs", security -> security.setNoNewPrivs(true));
    assertTrue(output(id, "cat /proc/self/status").contains("NoNewPrivs:\t1"));
  }

  @Test
  void privileged_hasAllCapabilitiesAndDevices() {
    var pod = pods().pod("privileged");
    pod.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    var config = shell("main", "sleep 3600");
    config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    config.getLinuxBuilder().getSecurityContextBuilder().clearMaskedPaths().clearReadonlyPaths();
    String id = start(run(pod.build()), pod.build(), config.build());
    assertTrue(output(id, "cat /proc/self/status").contains("Seccomp:\t0"));
    assertEquals(0, code(id, "mount -t tmpfs none /mnt || mount -t tmpfs none /tmp"));
  }

  @Test
  void hostPid_seesTheHostsProcesses() {
    var pod = pods().pod("host-pid");
    var namespaces = pod.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder();
    namespaces.setPid(NamespaceMode.NODE);
    var config = shell("main", "sleep 3600");
    config.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(namespaces);
    String id = start(run(pod.build()), pod.build(), config.build());
    String mine = Long.toString(ProcessHandle.current().pid());
    assertEquals(0, code(id, "test -d /proc/" + mine));
  }

  @Test
  void runAsGroup_withoutUser_isRefused() {
    var pod = pods().pod("group").build();
    String podId = run(pod);
    var config = shell("main", "true");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsGroup(Int64Value.newBuilder().setValue(5));
    var _ = refused(() -> pods().create(podId, pod, config.build()));
  }
}
