package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.compile.CapabilityNames;
import org.jcontainerd.jrunc.compile.SpecVocabulary;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.jrunc.seccomp.FilterCompiler;

/** {@code jrunc features} (runtime-spec, features.md, features-linux.md). */
final class FeaturesCommand implements Command {
  @Override
  public String name() {
    return "features";
  }

  @Override
  public String usage() {
    return ": print what this runtime can do, as JSON";
  }

  @Override
  public Flags flags() {
    return new Flags();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    invocation.arguments().none(name());
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      Output.json(features(context));
    }
    return 0;
  }

  private static Map<String, Object> features(RuntimeContext context) throws IOException {
    var features = new LinkedHashMap<String, Object>();
    features.put("ociVersionMin", "1.0.0");
    features.put("ociVersionMax", JruncProgram.SPEC_VERSION);
    features.put(
        "hooks",
        List.of(
            "prestart",
            "createRuntime",
            "createContainer",
            "startContainer",
            "poststart",
            "poststop"));
    features.put("mountOptions", SpecVocabulary.mountOptions());
    features.put("linux", linux(context));
    features.put("annotations", Map.of("org.jcontainerd.jrunc.version", JruncProgram.version()));
    features.put(
        "potentiallyUnsafeConfigAnnotations",
        List.of("bundle", "org.systemd.property.", "org.criu.config"));
    return features;
  }

  private static Map<String, Object> linux(RuntimeContext context) throws IOException {
    var linux = new LinkedHashMap<String, Object>();
    linux.put("namespaces", SpecVocabulary.namespaces());
    linux.put("capabilities", CapabilityNames.upTo(context.host().lastCapability()));
    linux.put(
        "cgroup",
        Map.of("v1", true, "v2", true, "systemd", true, "systemdUser", true, "rdma", true));
    linux.put("seccomp", seccomp());
    linux.put("apparmor", Map.of("enabled", context.host().appArmor()));
    linux.put("selinux", Map.of("enabled", context.host().selinux()));
    linux.put("intelRdt", Map.of("enabled", false));
    linux.put(
        "memoryPolicy",
        Map.of("modes", SpecVocabulary.memoryModes(), "flags", SpecVocabulary.memoryFlags()));
    linux.put("mountExtensions", Map.of("idmap", Map.of("enabled", true)));
    linux.put("netDevices", Map.of("enabled", false));
    return linux;
  }

  private static Map<String, Object> seccomp() {
    var seccomp = new LinkedHashMap<String, Object>();
    seccomp.put("enabled", true);
    seccomp.put("actions", FilterCompiler.actions());
    seccomp.put("operators", FilterCompiler.operators());
    seccomp.put("archs", new FilterCompiler().architectures());
    seccomp.put("knownFlags", FilterCompiler.flags());
    seccomp.put("supportedFlags", FilterCompiler.supportedFlags());
    return seccomp;
  }
}
