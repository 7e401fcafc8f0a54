package org.jcontainerd.jrunc.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.junit.jupiter.api.Test;

/** The two writers of device rules, held against each other and against the v1 controller. */
class DeviceProgramTest {
  private static final DeviceRule NONE = rule(false, "", -1, -1, "rwm");
  private static final DeviceRule ALL = rule(true, "a", -1, -1, "rwm");
  private static final String[] ACCESSES = {"r", "w", "m", "rw", "rm", "wm", "rwm"};
  private static final int[] NUMBERS = {0, 1, 3, 7, 10, 136, 229, 0x8000_0000, -1};

  private static DeviceRule rule(
      boolean allow, String type, long major, long minor, String access) {
    return new DeviceRule(
        allow,
        type,
        major < 0 ? Optional.empty() : Optional.of(major),
        minor < 0 ? Optional.empty() : Optional.of(minor),
        access);
  }

  private static DeviceMachine machine(DeviceRule... rules) throws Exception {
    return new DeviceMachine(DeviceProgram.compile(DeviceAllowance.of(List.of(rules))));
  }

  private static int bits(String access) {
    return (access.contains("m") ? 1 : 0)
        | (access.contains("r") ? 2 : 0)
        | (access.contains("w") ? 4 : 0);
  }

  @Test
  void wildcard_atTheEnd_decidesAlone() throws Exception {
    var fuse = rule(true, "c", 10, 229, "rw");
    assertTrue(machine(NONE, fuse).allows('c', bits("rw"), 10, 229));
    assertFalse(machine(NONE, fuse).allows('c', bits("rwm"), 10, 229), "no mknod");
    assertFalse(machine(NONE, fuse).allows('b', bits("r"), 10, 229));
    assertFalse(machine(fuse, NONE).allows('c', bits("r"), 10, 229), "the last one wins");
    assertTrue(machine(NONE, ALL).allows('b', bits("rwm"), 8, 0));
    assertFalse(machine().allows('c', bits("r"), 1, 3), "no rule is no device");
  }

  @Test
  void deny_ofOneAccess_refusesEveryAccessThatHasIt() throws Exception {
    DeviceMachine machine = machine(ALL, rule(false, "b", 8, -1, "w"));
    assertTrue(machine.allows('b', bits("r"), 8, 1));
    assertFalse(machine.allows('b', bits("rw"), 8, 1));
    assertTrue(machine.allows('b', bits("w"), 9, 1));
  }

  @Test
  void typeA_withNumbers_isBothTypesAndNoMore() throws Exception {
    DeviceMachine machine = machine(NONE, rule(true, "a", 10, 229, "r"));
    assertTrue(machine.allows('c', bits("r"), 10, 229));
    assertTrue(machine.allows('b', bits("r"), 10, 229));
    assertFalse(machine.allows('c', bits("r"), 10, 228));
  }

  @Test
  void hole_inAWiderRule_isRefused() {
    var failure =
        assertThrows(
            RuncFailure.InvalidArgument.class,
            () -> machine(rule(true, "c", 1, -1, "rwm"), rule(false, "c", 1, 3, "w")));
    assertEquals(
        "linux.resources.devices: 'c 1:3 w' cannot be taken out of 'c 1:* rwm', which an earlier"
            + " rule allows",
        failure.getMessage());
  }

  @Test
  void rules_thatAreNoRules_areRefusedByField() {
    assertRefused("linux.resources.devices[0].type: unknown 'x'", rule(true, "x", -1, -1, "rw"));
    assertRefused(
        "linux.resources.devices[0].access: '' is not of the letters rwm",
        rule(true, "c", -1, -1, ""));
    assertRefused(
        "linux.resources.devices[0].major: 4294967296 is not a device number",
        rule(true, "c", 1L << 32, -1, "r"));
    var negative = new DeviceRule(true, "c", Optional.of(1L), Optional.of(-2L), "r");
    assertRefused("linux.resources.devices[0].minor: -2 is not a device number", negative);
  }

  private static void assertRefused(String message, DeviceRule rule) {
    var failure =
        assertThrows(RuncFailure.InvalidArgument.class, () -> DeviceRules.allowance(List.of(rule)));
    assertEquals(message, failure.getMessage());
  }

  @Test
  void allowance_hasTheDefaultDevices() throws Exception {
    var machine = new DeviceMachine(DeviceProgram.compile(DeviceRules.allowance(List.of(NONE))));
    assertTrue(machine.allows('c', bits("rw"), 1, 3), "null");
    assertTrue(machine.allows('c', bits("rw"), 136, 12), "a pty");
    assertTrue(machine.allows('b', bits("m"), 8, 0), "mknod of any");
    assertFalse(machine.allows('b', bits("r"), 8, 0));
    assertFalse(machine.allows('c', bits("r"), 10, 229));
  }

  @Test
  void update_betweenLists_deniesNothingThatStays() throws Exception {
    var before = DeviceAllowance.of(List.of(NONE, rule(true, "c", 1, 3, "rwm")));
    var after =
        DeviceAllowance.of(
            List.of(NONE, rule(true, "c", 1, 3, "rw"), rule(true, "c", 10, 229, "r")));
    assertEquals(
        List.of(
            new DeviceAllowance.Line(false, "c 1:3 m"),
            new DeviceAllowance.Line(true, "c 10:229 r")),
        after.since(before));
    assertEquals(List.of(), after.since(after));
  }

  /** Any list: the program, and the lines from any earlier list, mean what the controller does. */
  @Test
  void randomLists_bothWriters_meanTheSame() throws Exception {
    var random = new Random(20_261_128);
    var earlier = new LegacyDevices(); // goes through all lists, as a container that is updated
    int compared = 0;
    for (int round = 0; round < 20_000; round++) {
      List<DeviceRule> rules = randomRules(random);
      DeviceAllowance allowance;
      try {
        allowance = DeviceAllowance.of(rules);
      } catch (RuncFailure.InvalidArgument _) {
        continue; // a hole, see above
      }
      LegacyDevices meaning = new LegacyDevices();
      meaning.write(false, "a");
      rules.forEach(rule -> write(meaning, rule));
      allowance
          .since(DeviceAllowance.read(earlier.list()))
          .forEach(line -> earlier.write(line.allow(), line.text()));
      var machine = new DeviceMachine(DeviceProgram.compile(allowance));
      for (int i = 0; i < 40; i++, compared++) {
        char type = random.nextBoolean() ? 'b' : 'c';
        String access = ACCESSES[random.nextInt(ACCESSES.length)];
        int major = NUMBERS[random.nextInt(NUMBERS.length)];
        int minor = NUMBERS[random.nextInt(NUMBERS.length)];
        boolean expected = meaning.allows(String.valueOf(type), access, major, minor);
        String what = rules + ": " + type + " " + major + ":" + minor + " " + access;
        assertEquals(expected, machine.allows(type, bits(access), major, minor), what);
        assertEquals(expected, earlier.allows(String.valueOf(type), access, major, minor), what);
      }
    }
    assertTrue(compared > 400_000, "compared only " + compared);
  }

  private static List<DeviceRule> randomRules(Random random) {
    var rules = new ArrayList<DeviceRule>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      String type = new String[] {"a", "b", "c", "c", "c"}[random.nextInt(5)];
      rules.add(
          rule(
              random.nextBoolean(),
              type,
              randomNumber(random),
              randomNumber(random),
              ACCESSES[random.nextInt(ACCESSES.length)]));
    }
    return rules;
  }

  private static long randomNumber(Random random) {
    return random.nextInt(3) == 0
        ? -1
        : Integer.toUnsignedLong(NUMBERS[random.nextInt(NUMBERS.length)]);
  }

  /** "a" with numbers or less access is for the controller a line of each type. */
  private static void write(LegacyDevices devices, DeviceRule rule) {
    String numbers =
        rule.major().map(Object::toString).orElse("*")
            + ":"
            + rule.minor().map(Object::toString).orElse("*");
    if (!rule.type().equals("a")) {
      devices.write(rule.allow(), rule.type() + " " + numbers + " " + rule.access());
    } else if (numbers.equals("*:*") && rule.access().equals("rwm")) {
      devices.write(rule.allow(), "a");
    } else {
      devices.write(rule.allow(), "b " + numbers + " " + rule.access());
      devices.write(rule.allow(), "c " + numbers + " " + rule.access());
    }
  }
}
