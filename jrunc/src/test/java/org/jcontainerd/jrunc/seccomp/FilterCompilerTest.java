package org.jcontainerd.jrunc.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.SyscallArg;
import org.jcontainerd.oci.runtime.SyscallRule;
import org.junit.jupiter.api.Test;

class FilterCompilerTest {
  private static final int X86_64 = Architecture.X86_64.audit();
  private static final int ALLOW = 0x7FFF0000;
  private static final int ENOSYS = 0x00050026;
  private static final int EPERM = 0x00050001;

  private final SyscallTable table = SyscallTable.load();
  private final FilterCompiler compiler = new FilterCompiler(Architecture.X86_64, table);

  private static SyscallRule rule(String action, SyscallArg[] args, String... names) {
    return new SyscallRule(List.of(names), action, Optional.empty(), List.of(args));
  }

  private static SyscallRule rule(String action, String... names) {
    return rule(action, new SyscallArg[0], names);
  }

  private static Seccomp.Builder refusing(SyscallRule... rules) {
    return Seccomp.builder().defaultAction("SCMP_ACT_ERRNO").syscalls(List.of(rules));
  }

  private BpfMachine machine(Seccomp seccomp) throws Exception {
    return new BpfMachine(compiler.compile(seccomp).program().toByteArray());
  }

  private String refusal(Seccomp seccomp) {
    return String.valueOf(
        assertThrows(RuncFailure.InvalidArgument.class, () -> compiler.compile(seccomp))
            .getMessage());
  }

  @Test
  void compile_callNewerThanTheProfile_isNotImplemented() throws Exception {
    var machine = machine(refusing(rule("SCMP_ACT_ALLOW", "read", "openat2")).build());
    assertEquals(ALLOW, machine.run(X86_64, 0));
    assertEquals(EPERM, machine.run(X86_64, 1));
    assertEquals(ALLOW, machine.run(X86_64, 437));
    assertEquals(ENOSYS, machine.run(X86_64, 438));
    assertEquals(ENOSYS, machine.run(X86_64, 100_000));
    assertEquals(EPERM, machine.run(X86_64, -1), "a call that a tracer skips");
    assertEquals(0, machine.run(X86_64, Architecture.X32_BIT), "x32 is not in the profile");
    assertEquals(0, machine.run(0x40000028, 0), "no ARM here");
  }

  @Test
  void compile_refusedNameCountsAsKnown_asInRunc() throws Exception {
    var machine = machine(refusing(rule("SCMP_ACT_ERRNO", "mseal")).build());
    assertEquals(EPERM, machine.run(X86_64, 462));
    assertEquals(ENOSYS, machine.run(X86_64, 463));
  }

  @Test
  void compile_allowingDefault_hasNoEnosys() throws Exception {
    var machine =
        machine(
            Seccomp.builder()
                .defaultAction("SCMP_ACT_ALLOW")
                .syscalls(List.of(rule("SCMP_ACT_KILL_PROCESS", "read")))
                .build());
    assertEquals(0x80000000, machine.run(X86_64, 0));
    assertEquals(ALLOW, machine.run(X86_64, 5000));
  }

  @Test
  void compile_twoConditionsOnOneArgument_areAlternatives() throws Exception {
    SyscallArg[] args = {
      new SyscallArg(0, 1, 0, "SCMP_CMP_EQ"), new SyscallArg(0, 2, 0, "SCMP_CMP_EQ")
    };
    var machine = machine(refusing(rule("SCMP_ACT_ALLOW", args, "socket")).build());
    assertEquals(ALLOW, machine.run(X86_64, 41, 1));
    assertEquals(ALLOW, machine.run(X86_64, 41, 2));
    assertEquals(EPERM, machine.run(X86_64, 41, 3));
  }

  @Test
  void compile_conditionsOnTwoArguments_mustBothHold() throws Exception {
    SyscallArg[] args = {
      new SyscallArg(0, 1, 0, "SCMP_CMP_EQ"), new SyscallArg(1, 2, 0, "SCMP_CMP_GE")
    };
    var machine = machine(refusing(rule("SCMP_ACT_ALLOW", args, "socket")).build());
    assertEquals(ALLOW, machine.run(X86_64, 41, 1, 2));
    assertEquals(ALLOW, machine.run(X86_64, 41, 1, -1));
    assertEquals(EPERM, machine.run(X86_64, 41, 1, 1));
    assertEquals(EPERM, machine.run(X86_64, 41, 2, 2));
  }

  @Test
  void compile_manyConditions_usesLongJumps() throws Exception {
    var args = new SyscallArg[900];
    for (int i = 0; i < args.length; i++) {
      args[i] = new SyscallArg(0, i | i + 1000L << 32, 0, "SCMP_CMP_EQ");
    }
    var machine =
        machine(
            refusing(rule("SCMP_ACT_ALLOW", args, "socket"), rule("SCMP_ACT_LOG", "read", "mseal"))
                .build());
    assertTrue(machine.length() > 2000, "length " + machine.length());
    assertEquals(0x7FFC0000, machine.run(X86_64, 0));
    assertEquals(ALLOW, machine.run(X86_64, 41, 1000L << 32));
    assertEquals(EPERM, machine.run(X86_64, 41, 1001L << 32));
    assertEquals(ALLOW, machine.run(X86_64, 41, 899 | 1899L << 32));
    assertEquals(EPERM, machine.run(X86_64, 41, 900 | 1900L << 32));
    assertEquals(EPERM, machine.run(X86_64, 40));
    assertEquals(ENOSYS, machine.run(X86_64, 463));
  }

  @Test
  void compile_moreThanTheKernelTakes_isRefused() {
    var args = new SyscallArg[4200];
    for (int i = 0; i < args.length; i++) {
      args[i] = new SyscallArg(0, i, 0, "SCMP_CMP_EQ");
    }
    assertTrue(
        refusal(refusing(rule("SCMP_ACT_ALLOW", args, "socket")).build())
            .contains("BPF instructions, the kernel takes 4096"));
  }

  @Test
  void compile_everyCallAllowedByName_staysSmall() throws Exception {
    var all = refusing(rule("SCMP_ACT_ALLOW", table.names().toArray(String[]::new)));
    var machine =
        machine(
            all.architectures(List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"))
                .build());
    assertTrue(machine.length() < 200, "length " + machine.length());
  }

  @Test
  void compile_wrongProfile_namesTheField() {
    assertEquals(
        "linux.seccomp.syscalls[0].action: unknown action 'SCMP_ACT_MAYBE'",
        refusal(refusing(rule("SCMP_ACT_MAYBE", "read")).build()));
    assertEquals(
        "linux.seccomp.defaultAction: unknown action ''", refusal(Seccomp.builder().build()));
    assertEquals(
        "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default action",
        refusal(Seccomp.builder().defaultAction("SCMP_ACT_NOTIFY").build()));
    assertEquals(
        "linux.seccomp.architectures[1]: unknown architecture 'SCMP_ARCH_VAX'",
        refusal(refusing().architectures(List.of("SCMP_ARCH_ARM", "SCMP_ARCH_VAX")).build()));
    assertEquals(
        "linux.seccomp.flags: unknown flag 'X'", refusal(refusing().flags(List.of("X")).build()));
    SyscallArg[] args = {new SyscallArg(6, 0, 0, "SCMP_CMP_EQ")};
    assertEquals(
        "linux.seccomp.syscalls[0].args[0].index: argument 6 is not in 0 to 5",
        refusal(refusing(rule("SCMP_ACT_ALLOW", args, "read")).build()));
    SyscallArg[] operators = {new SyscallArg(0, 0, 0, "SCMP_CMP_LIKE")};
    assertEquals(
        "linux.seccomp.syscalls[0].args[0].op: unknown operator 'SCMP_CMP_LIKE'",
        refusal(refusing(rule("SCMP_ACT_ALLOW", operators, "read")).build()));
    assertEquals(
        "linux.seccomp.syscalls[0]: SCMP_ACT_NOTIFY cannot be used for write",
        refusal(notifying("write").build()));
    assertEquals(
        "linux.seccomp.syscalls[0]: SCMP_ACT_NOTIFY cannot be used for sendmsg",
        refusal(notifying("sendmsg").build()));
    assertEquals(
        "linux.seccomp.listenerPath: is not set, but a rule has SCMP_ACT_NOTIFY",
        refusal(refusing(rule("SCMP_ACT_NOTIFY", "mkdir")).build()));
    assertEquals(
        "linux.seccomp.listenerMetadata: is set without a listenerPath that would get it",
        refusal(refusing().listenerMetadata("x").build()));
    assertEquals(
        "linux.seccomp.flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with"
            + " SCMP_ACT_NOTIFY, without one the kernel refuses it",
        refusal(refusing().flags(List.of("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")).build()));
  }

  private static Seccomp.Builder notifying(String... names) {
    return refusing(rule("SCMP_ACT_NOTIFY", names)).listenerPath("/run/agent.sock");
  }

  @Test
  void compile_unknownNames_areToldAndIgnored() throws Exception {
    var seccomp = refusing(rule("SCMP_ACT_ALLOW", "read", "frobnicate", "riscv_hwprobe", "send"));
    assertEquals(List.of("frobnicate"), compiler.compile(seccomp.build()).ignored());
  }

  @Test
  void compile_fiveValuesOfOneArgument_areAskedForWithoutLoadingAgain() throws Exception {
    var args = new SyscallArg[] {equal(0), equal(8), equal(0x20000), equal(0x20008), equal(-1)};
    var machine = machine(refusing(rule("SCMP_ACT_ALLOW", args, "personality")).build());
    assertEquals(ALLOW, machine.run(X86_64, 135, 0x20008));
    assertEquals(EPERM, machine.run(X86_64, 135, 1));
    assertEquals(ALLOW, machine.run(X86_64, 135, 0));
    assertTrue(machine.executed() <= 18, "executed " + machine.executed());
  }

  private static SyscallArg equal(long value) {
    return new SyscallArg(0, value, 0, "SCMP_CMP_EQ");
  }

  @Test
  void compile_callWithMultiplexer_doesNotCountAsTheNewest_asInRunc() throws Exception {
    var machine =
        machine(
            refusing(rule("SCMP_ACT_ALLOW", "read", "socket"))
                .architectures(List.of("SCMP_ARCH_X86"))
                .build());
    int x86 = Architecture.X86.audit();
    assertEquals(ENOSYS, machine.run(x86, 359), "socket itself: libc then asks socketcall");
    assertEquals(ENOSYS, machine.run(x86, 102, 1));
    assertEquals(ALLOW, machine.run(X86_64, 41));
  }

  @Test
  void compile_flags_areBitsOfTheKernel() throws Exception {
    List<String> flags = FilterCompiler.flags();
    assertEquals(2 | 4 | 8 | 32, compiler.compile(notifying("mkdir").flags(flags).build()).flags());
    assertEquals(0, compiler.compile(refusing().flags(List.of()).build()).flags());
    assertEquals(4, compiler.compile(refusing().build()).flags(), "SPEC_ALLOW, as runc and crun");
    assertTrue(compiler.compile(notifying("mkdir").build()).notifies());
  }
}
