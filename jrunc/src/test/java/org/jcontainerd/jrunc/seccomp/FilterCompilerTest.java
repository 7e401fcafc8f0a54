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
      args[i] = new SyscallArg(0, 1000L + 2L * i, 0, "SCMP_CMP_EQ");
    }
    var machine =
        machine(
            refusing(rule("SCMP_ACT_ALLOW", args, "socket"), rule("SCMP_ACT_LOG", "read", "mseal"))
                .build());
    assertTrue(machine.length() > 2000, "length " + machine.length());
    assertEquals(0x7FFC0000, machine.run(X86_64, 0));
    assertEquals(ALLOW, machine.run(X86_64, 41, 1000));
    assertEquals(EPERM, machine.run(X86_64, 41, 1001));
    assertEquals(ALLOW, machine.run(X86_64, 41, 1000 + 2 * 899));
    assertEquals(EPERM, machine.run(X86_64, 41, 1000 + 2 * 900));
    assertEquals(EPERM, machine.run(X86_64, 40));
    assertEquals(ENOSYS, machine.run(X86_64, 463));
  }

  @Test
  void compile_moreThanTheKernelTakes_isRefused() {
    var args = new SyscallArg[2000];
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
        refusal(refusing(rule("SCMP_ACT_NOTIFY", "write")).build()));
  }

  @Test
  void compile_flags_areBitsOfTheKernel() throws Exception {
    List<String> flags = FilterCompiler.flags();
    assertEquals(2 | 4 | 32, compiler.compile(refusing().flags(flags).build()).flags());
    Filter notifying = compiler.compile(refusing(rule("SCMP_ACT_NOTIFY", "mkdir")).build());
    assertEquals(8, notifying.flags());
    assertTrue(notifying.notifies());
  }
}
