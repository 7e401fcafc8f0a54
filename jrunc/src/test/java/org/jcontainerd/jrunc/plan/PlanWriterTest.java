package org.jcontainerd.jrunc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanWriterTest {
  private static Plan plan(Step... steps) {
    return new Plan(List.of(steps), List.of());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String step(Step step) {
    byte[] plan = PlanWriter.write(plan(step));
    return hex(Arrays.copyOfRange(plan, 24, plan.length));
  }

  @Test
  void header_tellsMagicVersionLengthStepsDescriptorsFlags() {
    var builder = new PlanBuilder();
    var _ = builder.passedSlot("a");
    byte[] bytes = PlanWriter.write(builder.add(new EitherStep.Session()).build(), true);
    var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals("JRPL", new String(bytes, 0, 4, StandardCharsets.US_ASCII));
    assertEquals(PlanWriter.VERSION, in.getInt(4));
    assertEquals(bytes.length, in.getInt(8));
    assertEquals(1, in.getInt(12));
    assertEquals(1, in.getInt(16));
    assertEquals(1, in.getInt(20));
    assertEquals(32, bytes.length);
  }

  @Test
  void steps_areWrittenByte_forByte() {
    assertEquals("0200" + "0000" + "00000000", step(new EitherStep.Session()));
    assertEquals("5a00" + "0000" + "02000000" + "6800", step(new ProcessStep.Hostname("h")));
    assertEquals(
        "5d00" + "0000" + "14000000" + "07000000" + "0100000000000000" + "ffffffffffffffff",
        step(new ProcessStep.Rlimit(7, 1, -1)));
    assertEquals(
        "3d00" + "0000" + "0b000000" + "2f7200" + "01000000" + "ffffffff",
        step(new RootStep.Root("/r", true)));
    assertEquals(
        "6d00" + "0000" + "10000000" + "02000000" + "02000000" + "c0000000" + "01000000",
        step(new ProcessStep.Descriptors(Map.of(1, new Slot(192, "out")))));
    assertEquals(
        "5f00" + "0100" + "02000000" + "6b00",
        step(new Step.Lenient(new ProcessStep.Keyring("k"))));
  }

  @Test
  void accessTimes_clearTheirField() {
    assertEquals(0x70, MountAttribute.clearMask(Set.of(MountAttribute.NOATIME), Set.of()));
    assertEquals(0x70, MountAttribute.clearMask(Set.of(MountAttribute.RELATIME), Set.of()));
    assertEquals(
        0x71,
        MountAttribute.clearMask(
            Set.of(), EnumSet.of(MountAttribute.RDONLY, MountAttribute.NOATIME)));
    assertEquals(
        0x1, MountAttribute.setMask(Set.of(MountAttribute.RDONLY, MountAttribute.RELATIME)));
  }

  @Test
  void everyOp_hasAStepOfItsLayout() {
    var written = EnumSet.noneOf(Op.class);
    for (Step step : EveryStep.plan().steps()) {
      Payload payload = StepWriter.write(step);
      var _ = payload.finish();
      written.add(payload.op());
    }
    written.add(StepWriter.write(new ProcessStep.Ready()).op()); // excluded by the fifo
    assertEquals(EnumSet.allOf(Op.class), written);
  }

  @Test
  void text_withNul_isRefused() {
    var step = plan(new ProcessStep.Hostname("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> PlanWriter.write(step));
  }

  @Test
  void sysctlKeys_takeDotsOrSlashes() {
    assertEquals(
        "sys/net/ipv4/ip_forward", EitherStep.WriteProc.sysctl("net.ipv4.ip_forward", "1").path());
    assertEquals(
        "sys/net/ipv4/ip_forward", EitherStep.WriteProc.sysctl("net/ipv4/ip_forward", "1").path());
    assertEquals(
        "sys/net/ipv4/conf/eth0.1/x",
        EitherStep.WriteProc.sysctl("net/ipv4/conf/eth0.1/x", "1").path());
    assertEquals(
        "sys/net/ipv4/conf/eth0.1/x",
        EitherStep.WriteProc.sysctl("net.ipv4.conf.eth0/1.x", "1").path());
  }
}
