package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * A process of a container (config.md, "Process").
 *
 * @param terminal whether it gets a pseudoterminal
 * @param consoleSize size of that terminal
 * @param user identity
 * @param args the program and its arguments
 * @param env {@code NAME=value} entries
 * @param cwd working directory, absolute
 * @param capabilities the five capability sets; absent means none is set explicitly
 * @param rlimits resource limits
 * @param noNewPrivileges no_new_privs, see prctl(2)
 * @param apparmorProfile AppArmor profile; "" for none
 * @param oomScoreAdj value for {@code /proc/self/oom_score_adj}; absent leaves it
 * @param scheduler scheduling policy
 * @param selinuxLabel SELinux label; "" for none
 * @param ioPriority I/O priority
 * @param execCpuAffinity CPUs used while entering the container
 */
public record ProcessSpec(
    boolean terminal,
    Optional<ConsoleSize> consoleSize,
    @Json(always = true) User user,
    List<String> args,
    List<String> env,
    @Json(always = true) String cwd,
    Optional<Capabilities> capabilities,
    List<Rlimit> rlimits,
    boolean noNewPrivileges,
    String apparmorProfile,
    Optional<Integer> oomScoreAdj,
    Optional<Scheduler> scheduler,
    String selinuxLabel,
    Optional<IoPriority> ioPriority,
    @Json(name = "execCPUAffinity") Optional<CpuAffinity> execCpuAffinity) {
  public ProcessSpec {
    args = List.copyOf(args);
    env = List.copyOf(env);
    rlimits = List.copyOf(rlimits);
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.terminal = terminal;
    builder.consoleSize = consoleSize;
    builder.user = user;
    builder.args = args;
    builder.env = env;
    builder.cwd = cwd;
    builder.capabilities = capabilities;
    builder.rlimits = rlimits;
    builder.noNewPrivileges = noNewPrivileges;
    builder.apparmorProfile = apparmorProfile;
    builder.oomScoreAdj = oomScoreAdj;
    builder.scheduler = scheduler;
    builder.selinuxLabel = selinuxLabel;
    builder.ioPriority = ioPriority;
    builder.execCpuAffinity = execCpuAffinity;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private boolean terminal = false;
    private Optional<ConsoleSize> consoleSize = Optional.empty();
    private User user = User.root();
    private List<String> args = List.of();
    private List<String> env = List.of();
    private String cwd = "";
    private Optional<Capabilities> capabilities = Optional.empty();
    private List<Rlimit> rlimits = List.of();
    private boolean noNewPrivileges = false;
    private String apparmorProfile = "";
    private Optional<Integer> oomScoreAdj = Optional.empty();
    private Optional<Scheduler> scheduler = Optional.empty();
    private String selinuxLabel = "";
    private Optional<IoPriority> ioPriority = Optional.empty();
    private Optional<CpuAffinity> execCpuAffinity = Optional.empty();

    private Builder() {}

    /** Sets {@link ProcessSpec#terminal}. */
    @CanIgnoreReturnValue
    public Builder terminal(boolean value) {
      this.terminal = value;
      return this;
    }

    /** Sets {@link ProcessSpec#consoleSize}. */
    @CanIgnoreReturnValue
    public Builder consoleSize(ConsoleSize value) {
      this.consoleSize = Optional.of(value);
      return this;
    }

    /** Sets {@link ProcessSpec#user}. */
    @CanIgnoreReturnValue
    public Builder user(User value) {
      this.user = value;
      return this;
    }

    /** Sets {@link ProcessSpec#args}. */
    @CanIgnoreReturnValue
    public Builder args(List<String> value) {
      this.args = value;
      return this;
    }

    /** Sets {@link ProcessSpec#env}. */
    @CanIgnoreReturnValue
    public Builder env(List<String> value) {
      this.env = value;
      return this;
    }

    /** Sets {@link ProcessSpec#cwd}. */
    @CanIgnoreReturnValue
    public Builder cwd(String value) {
      this.cwd = value;
      return this;
    }

    /** Sets {@link ProcessSpec#capabilities}. */
    @CanIgnoreReturnValue
    public Builder capabilities(Capabilities value) {
      this.capabilities = Optional.of(value);
      return this;
    }

    /** Sets {@link ProcessSpec#rlimits}. */
    @CanIgnoreReturnValue
    public Builder rlimits(List<Rlimit> value) {
      this.rlimits = value;
      return this;
    }

    /** Sets {@link ProcessSpec#noNewPrivileges}. */
    @CanIgnoreReturnValue
    public Builder noNewPrivileges(boolean value) {
      this.noNewPrivileges = value;
      return this;
    }

    /** Sets {@link ProcessSpec#apparmorProfile}. */
    @CanIgnoreReturnValue
    public Builder apparmorProfile(String value) {
      this.apparmorProfile = value;
      return this;
    }

    /** Sets {@link ProcessSpec#oomScoreAdj}. */
    @CanIgnoreReturnValue
    public Builder oomScoreAdj(Integer value) {
      this.oomScoreAdj = Optional.of(value);
      return this;
    }

    /** Sets {@link ProcessSpec#scheduler}. */
    @CanIgnoreReturnValue
    public Builder scheduler(Scheduler value) {
      this.scheduler = Optional.of(value);
      return this;
    }

    /** Sets {@link ProcessSpec#selinuxLabel}. */
    @CanIgnoreReturnValue
    public Builder selinuxLabel(String value) {
      this.selinuxLabel = value;
      return this;
    }

    /** Sets {@link ProcessSpec#ioPriority}. */
    @CanIgnoreReturnValue
    public Builder ioPriority(IoPriority value) {
      this.ioPriority = Optional.of(value);
      return this;
    }

    /** Sets {@link ProcessSpec#execCpuAffinity}. */
    @CanIgnoreReturnValue
    public Builder execCpuAffinity(CpuAffinity value) {
      this.execCpuAffinity = Optional.of(value);
      return this;
    }

    /** The record. */
    public ProcessSpec build() {
      return new ProcessSpec(
          terminal,
          consoleSize,
          user,
          args,
          env,
          cwd,
          capabilities,
          rlimits,
          noNewPrivileges,
          apparmorProfile,
          oomScoreAdj,
          scheduler,
          selinuxLabel,
          ioPriority,
          execCpuAffinity);
    }
  }
}
