package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.oci.runtime.Cpu;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.HugepageLimit;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Pids;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.TimeOffset;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A configuration that is made to deceive: numbers that become others when they are cut to fit,
 * names that lead elsewhere, text in which the kernel sees an end. Each is one clear error that
 * names the field, and nothing is left. What no field can hold at all is in {@code NumbersTest}.
 */
@Tag("oci")
class MaliciousConfigOciTest {
  private static final long NO_ID = 0xFFFF_FFFFL;
  private static final int TEN_MEGABYTES = 10 << 20;

  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  interface Change {
    void apply(Box box) throws IOException;
  }

  /**
   * What is wrong.
   *
   * @param named what the error of ours holds
   * @param accepted the references that take it, separated by spaces
   */
  record Lie(String what, String named, String accepted, Change change) {
    Lie(String what, String named, Change change) {
      this(what, named, "", change);
    }
  }

  /** All of them in turn, with one bundle; what was wrong with any is told at the end. */
  private void assertRefused(Stream<Lie> lies) throws Exception {
    try (Box box = new Box(runtime, directory)) {
      var checks = new ArrayList<Executable>();
      for (Lie lie : lies.toList()) {
        if (List.of(lie.accepted().split(" ")).contains(runtime.name())) {
          System.out.println(runtime.name() + " of this release takes it: " + lie.what());
          continue;
        }
        lie.change().apply(box.script("true"));
        var result = box.tryRun();
        var cgroups = box.cgroups();
        boolean state = Files.exists(runtime.root().resolve(box.id()));
        checks.add(() -> assertOneError(lie, result));
        checks.add(() -> assertEquals(List.of(), cgroups, lie.what()));
        checks.add(() -> assertFalse(state, lie.what() + ": state left"));
        if (state) {
          var _ = box.tryVerb("delete", "--force");
        }
      }
      assertAll(checks);
    }
  }

  private void assertOneError(Lie lie, RuntimeUnderTest.Result result) {
    String message = lie.what() + ": " + shortened(result.said());
    assertNotEquals(0, result.code(), message);
    if (runtime.isOurs()) {
      assertEquals(1, result.code(), message);
      assertEquals(1, result.stderr().lines().count(), message);
      assertTrue(result.stderr().contains(lie.named()), message);
      assertFalse(result.stderr().contains("internal error"), message);
      assertTrue(result.stderr().length() < 2000, message);
    }
  }

  private static String shortened(String text) {
    return text.length() < 500 ? text : text.substring(0, 500) + "... " + text.length();
  }

  private static Lie user(String what, String field, User user) {
    return new Lie(what, "process.user." + field, "", box -> box.process(p -> p.user(user)));
  }

  private static Lie resources(String what, String field, Resources resources) {
    return new Lie(what, field, "", box -> box.linux(l -> l.resources(resources)));
  }

  private static Lie device(String what, String field, String accepted, long major, long minor) {
    var none = Optional.<Long>empty();
    var device = new Device("/dev/x", "c", major, minor, none, none, none);
    return new Lie(
        what,
        "linux.devices['/dev/x']." + field,
        accepted,
        box -> box.linux(l -> l.devices(List.of(device))));
  }

  private static Cpu.Builder cpu() {
    return Cpu.builder();
  }

  /** CVE-2024-40635, CVE-2026-46680: an id that the kernel takes for "stay who you are". */
  @Test
  void numbers_thatMeanSomethingElse_areRefused() throws Exception {
    assumeFalse(
        runtime.name().equals("crun"), "crun 1.8 takes user and group 4294967295, and any clock");
    var none = Optional.<Long>empty();
    assertRefused(
        Stream.of(
            user("uid -1", "uid", new User(NO_ID, 0, none, List.of())),
            user("gid -1", "gid", new User(0, NO_ID, none, List.of())),
            user("group -1", "additionalGids", new User(0, 0, none, List.of(5L, NO_ID))),
            device("major of 33 bits", "major", "runc crun", (1L << 32) + 1, 3),
            device("major of 13 bits", "major", "runc crun", 1 << 12, 3),
            device("minor of 33 bits", "minor", "runc crun", 1, (1L << 32) + 3),
            device("negative major", "major", "crun", -1, 3),
            new Lie(
                "soft limit above the hard one",
                "process.rlimits[0]",
                box -> box.process(p -> p.rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 5, 10))))),
            new Lie("oom score", "oomScoreAdj", box -> box.process(p -> p.oomScoreAdj(100_000))),
            new Lie(
                "umask above 0777",
                "process.user.umask",
                "runc crun",
                box ->
                    box.process(p -> p.user(new User(0, 0, Optional.of(0xFFFF_FFFFL), List.of())))),
            new Lie(
                "clock of the next universe",
                "timens_offsets",
                "runc",
                box ->
                    box.linux(l ->
                        l.namespaces(
                                List.of(
                                    Namespace.created("time"),
                                    Namespace.created("uts"),
                                    Namespace.created("mount")))
                            .timeOffsets(Map.of("boottime", new TimeOffset(1L << 60, 0)))))));
  }

  @Test
  void limits_thatNoCgroupTakes_areRefused() throws Exception {
    assumeFalse(
        runtime.name().equals("crun"),
        "crun 1.8 leaves the cgroup of a container whose limits the kernel refused");
    assertRefused(
        Stream.of(
            resources(
                "negative memory",
                "linux.resources.memory.limit",
                Resources.builder().memory(Memory.builder().limit(-5L).build()).build()),
            resources(
                "swap below memory",
                "linux.resources.memory.swap",
                Resources.builder()
                    .memory(Memory.builder().limit(1L << 30).swap(1L << 20).build())
                    .build()),
            resources(
                "period of 64 bits",
                "linux.resources.cpu.period",
                Resources.builder().cpu(cpu().period(Long.MIN_VALUE).quota(1000L).build()).build()),
            resources(
                "quota of 63 bits",
                "linux.resources.cpu.quota",
                Resources.builder().cpu(cpu().quota(Long.MAX_VALUE).build()).build()),
            resources(
                "pids",
                "linux.resources.pids.limit",
                Resources.builder().pids(new Pids(Optional.of(Long.MAX_VALUE))).build()),
            resources(
                "processors that are not there",
                "linux.resources.cpu.cpus",
                Resources.builder().cpu(cpu().cpus("0-2000000000").build()).build()),
            resources(
                "page size that is a path",
                "linux.resources.hugepageLimits",
                Resources.builder()
                    .hugepageLimits(List.of(new HugepageLimit("../../x", 1)))
                    .build())));
  }

  private static Lie sysctl(String key) {
    return new Lie(
        "sysctl '" + key.replace("\n", "\\n") + "'",
        "linux.sysctl['",
        box -> box.linux(l -> l.sysctl(Map.of(key, "|/tmp/of-the-container"))));
  }

  /** CVE-2022-0811: a parameter of the host by the name of one of the container. */
  @Test
  void sysctls_thatLeadElsewhere_areRefused() throws Exception {
    Path pattern = Path.of("/proc/sys/kernel/core_pattern");
    String before = Files.readString(pattern);
    try {
      assertRefused(
          Stream.of(
                  "net/../kernel/core_pattern",
                  "net.//.kernel.core_pattern",
                  "net/ipv4/../../kernel/core_pattern",
                  "net/./../kernel/core_pattern",
                  "kernel.core_pattern",
                  "kernel/core_pattern",
                  "kernel.msgmax/../core_pattern",
                  "fs.mqueue.//.//.kernel.core_pattern",
                  "net.",
                  "net..ipv4.ip_forward",
                  "",
                  ".",
                  "/",
                  "net.ipv4.ip_forward\nkernel.core_pattern")
              .map(MaliciousConfigOciTest::sysctl));
      assertEquals(before, Files.readString(pattern));
    } finally {
      if (!before.equals(Files.readString(pattern))) {
        Files.writeString(pattern, before); // it is the whole machine's
      }
    }
  }

  private static Lie json(String what, String named, String find, String replacement) {
    return new Lie(what, named, box -> replace(box, find, replacement));
  }

  private static void replace(Box box, String find, String replacement) throws IOException {
    Path config = box.bundle().directory().resolve("config.json");
    String json = Files.readString(config);
    assertTrue(json.contains(find), json);
    Files.writeString(config, json.replace(find, replacement));
  }

  /** A name that is one thing to a check and another to the kernel, which ends it at the NUL. */
  @Test
  void text_withANul_isRefused() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun takes strings to end at their first NUL");
    assertRefused(
        Stream.of(
            json("argument", "process.args[2]", "\"-c\",\"true\"", "\"-c\",\"true\\u0000x\""),
            json("variable", "process.env[0]", "PATH=/bin", "PATH=/bin\\u0000"),
            json("cwd", "process.cwd", "\"cwd\":\"/\"", "\"cwd\":\"/\\u0000\""),
            json("root", "root.path", "\"path\":\"rootfs\"", "\"path\":\"rootfs\\u0000\""),
            new Lie(
                "host name", "hostname", "runc", box -> replace(box, "\"box\"", "\"box\\u0000\"")),
            json("mount point", "mounts[0].destination", "\"/proc\"", "\"/proc\\u0000\""),
            json("mask", "linux.maskedPaths[0]", "\"/proc/kcore\"", "\"/proc/kcore\\u0000x\""),
            new Lie(
                "annotation",
                "annotations",
                "runc",
                box ->
                    replace(
                        box, "\"hostname\"", "\"annotations\":{\"a\\u0000\":\"b\"},\"hostname\"")),
            new Lie(
                "label",
                "process.selinuxLabel",
                "crun runc",
                box -> box.process(p -> p.selinuxLabel("a:b:c:s0\nchangeprofile unconfined"))),
            new Lie(
                "profile",
                "process.apparmorProfile",
                "crun runc",
                box -> box.process(p -> p.apparmorProfile("a\nexec unconfined")))));
  }

  @Test
  void documents_thatAreTooMuch_areRefused() throws Exception {
    assumeFalse(runtime.name().equals("crun"), "crun 1.8 reads documents of any depth");
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String long1 = "1".repeat(2_000);
    assertRefused(
        Stream.of(
            json(
                "argument of 10 MB",
                "config.json: '",
                "\"-c\",\"true\"",
                "\"-c\",\"" + "x".repeat(TEN_MEGABYTES) + "\""),
            new Lie(
                "10 MB of mounts",
                "config.json: '",
                box -> {
                  var mounts = new ArrayList<Mount>();
                  for (int i = 0; i < 100; i++) {
                    mounts.add(Mount.of("/x", "tmpfs", "y".repeat(TEN_MEGABYTES / 100)));
                  }
                  box.mounting(mounts.toArray(Mount[]::new));
                }),
            json("host name of 10 MB", "hostname", "\"box\"", "\"" + "x".repeat(1 << 16) + "\""),
            json(
                "depth of 100,000",
                "nest",
                "{\"ociVersion\"",
                "{\"deep\":" + deep + ",\"ociVersion\""),
            json("number of 2,000 digits", "process.user.uid: ", "\"uid\":0", "\"uid\":" + long1),
            json("number with an exponent", "process.user.uid", "\"uid\":0", "\"uid\":1e400"),
            json("fraction", "process.user.uid", "\"uid\":0", "\"uid\":0.5"),
            json("negative uid", "process.user.uid", "\"uid\":0", "\"uid\":-1")));
  }

  /** CVE-2024-3154, CVE-2026-53488: who writes annotations does not choose what the host does. */
  @Test
  void annotations_ofOtherRuntimes_doNothing() throws Exception {
    Path made = directory.resolve("made");
    try (Box box = new Box(runtime, directory).script("echo ran")) {
      box.change(spec ->
          spec.toBuilder()
              .annotations(
                  Map.of(
                      "run.oci.hooks.stdout",
                      made.toString(),
                      "run.oci.hooks.stderr",
                      made.toString(),
                      "org.systemd.property.ExecStartPre",
                      "'/bin/touch " + made + "'",
                      "containerd.io/restart.loguri",
                      "binary:///bin/touch?" + made))
              .build());
      assertEquals("ran\n", box.run(0));
      assertFalse(Files.exists(made));
    }
  }
}
