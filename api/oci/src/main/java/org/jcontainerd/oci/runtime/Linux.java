package org.jcontainerd.oci.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Linux part of a {@link Spec} (config-linux.md).
 *
 * @param uidMappings user ids of the user namespace
 * @param gidMappings group ids of the user namespace
 * @param sysctl kernel parameters, by dotted name
 * @param resources cgroup limits
 * @param cgroupsPath the cgroup; "" lets the runtime choose
 * @param namespaces namespaces made or joined; those not listed are the runtime's
 * @param devices device nodes besides the default ones
 * @param netDevices host interfaces moved into the network namespace, by their name on the host
 * @param seccomp system call filter
 * @param rootfsPropagation propagation of the root mount
 * @param maskedPaths paths hidden from the container
 * @param readonlyPaths paths made read-only
 * @param mountLabel SELinux label of mounts
 * @param intelRdt Intel resource director technology
 * @param memoryPolicy NUMA memory policy
 * @param personality execution domain
 * @param timeOffsets offsets of the time namespace, by clock
 */
public record Linux(
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings,
    Map<String, String> sysctl,
    Optional<Resources> resources,
    String cgroupsPath,
    List<Namespace> namespaces,
    List<Device> devices,
    Map<String, NetDevice> netDevices,
    Optional<Seccomp> seccomp,
    String rootfsPropagation,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    String mountLabel,
    Optional<IntelRdt> intelRdt,
    Optional<MemoryPolicy> memoryPolicy,
    Optional<Personality> personality,
    Map<String, TimeOffset> timeOffsets) {
  public Linux {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    sysctl = Collections.unmodifiableMap(new LinkedHashMap<>(sysctl));
    namespaces = List.copyOf(namespaces);
    devices = List.copyOf(devices);
    netDevices = Collections.unmodifiableMap(new LinkedHashMap<>(netDevices));
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
    timeOffsets = Collections.unmodifiableMap(new LinkedHashMap<>(timeOffsets));
  }

  /** A builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    var builder = new Builder();
    builder.uidMappings = uidMappings;
    builder.gidMappings = gidMappings;
    builder.sysctl = sysctl;
    builder.resources = resources;
    builder.cgroupsPath = cgroupsPath;
    builder.namespaces = namespaces;
    builder.devices = devices;
    builder.netDevices = netDevices;
    builder.seccomp = seccomp;
    builder.rootfsPropagation = rootfsPropagation;
    builder.maskedPaths = maskedPaths;
    builder.readonlyPaths = readonlyPaths;
    builder.mountLabel = mountLabel;
    builder.intelRdt = intelRdt;
    builder.memoryPolicy = memoryPolicy;
    builder.personality = personality;
    builder.timeOffsets = timeOffsets;
    return builder;
  }

  /** Sets components by name; confined to one thread. */
  public static final class Builder {
    private List<IdMapping> uidMappings = List.of();
    private List<IdMapping> gidMappings = List.of();
    private Map<String, String> sysctl = Map.of();
    private Optional<Resources> resources = Optional.empty();
    private String cgroupsPath = "";
    private List<Namespace> namespaces = List.of();
    private List<Device> devices = List.of();
    private Map<String, NetDevice> netDevices = Map.of();
    private Optional<Seccomp> seccomp = Optional.empty();
    private String rootfsPropagation = "";
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private String mountLabel = "";
    private Optional<IntelRdt> intelRdt = Optional.empty();
    private Optional<MemoryPolicy> memoryPolicy = Optional.empty();
    private Optional<Personality> personality = Optional.empty();
    private Map<String, TimeOffset> timeOffsets = Map.of();

    private Builder() {}

    /** Sets {@link Linux#uidMappings}. */
    @CanIgnoreReturnValue
    public Builder uidMappings(List<IdMapping> value) {
      this.uidMappings = value;
      return this;
    }

    /** Sets {@link Linux#gidMappings}. */
    @CanIgnoreReturnValue
    public Builder gidMappings(List<IdMapping> value) {
      this.gidMappings = value;
      return this;
    }

    /** Sets {@link Linux#sysctl}. */
    @CanIgnoreReturnValue
    public Builder sysctl(Map<String, String> value) {
      this.sysctl = value;
      return this;
    }

    /** Sets {@link Linux#resources}. */
    @CanIgnoreReturnValue
    public Builder resources(Resources value) {
      this.resources = Optional.of(value);
      return this;
    }

    /** Sets {@link Linux#cgroupsPath}. */
    @CanIgnoreReturnValue
    public Builder cgroupsPath(String value) {
      this.cgroupsPath = value;
      return this;
    }

    /** Sets {@link Linux#namespaces}. */
    @CanIgnoreReturnValue
    public Builder namespaces(List<Namespace> value) {
      this.namespaces = value;
      return this;
    }

    /** Sets {@link Linux#devices}. */
    @CanIgnoreReturnValue
    public Builder devices(List<Device> value) {
      this.devices = value;
      return this;
    }

    /** Sets {@link Linux#netDevices}. */
    @CanIgnoreReturnValue
    public Builder netDevices(Map<String, NetDevice> value) {
      this.netDevices = value;
      return this;
    }

    /** Sets {@link Linux#seccomp}. */
    @CanIgnoreReturnValue
    public Builder seccomp(Seccomp value) {
      this.seccomp = Optional.of(value);
      return this;
    }

    /** Sets {@link Linux#rootfsPropagation}. */
    @CanIgnoreReturnValue
    public Builder rootfsPropagation(String value) {
      this.rootfsPropagation = value;
      return this;
    }

    /** Sets {@link Linux#maskedPaths}. */
    @CanIgnoreReturnValue
    public Builder maskedPaths(List<String> value) {
      this.maskedPaths = value;
      return this;
    }

    /** Sets {@link Linux#readonlyPaths}. */
    @CanIgnoreReturnValue
    public Builder readonlyPaths(List<String> value) {
      this.readonlyPaths = value;
      return this;
    }

    /** Sets {@link Linux#mountLabel}. */
    @CanIgnoreReturnValue
    public Builder mountLabel(String value) {
      this.mountLabel = value;
      return this;
    }

    /** Sets {@link Linux#intelRdt}. */
    @CanIgnoreReturnValue
    public Builder intelRdt(IntelRdt value) {
      this.intelRdt = Optional.of(value);
      return this;
    }

    /** Sets {@link Linux#memoryPolicy}. */
    @CanIgnoreReturnValue
    public Builder memoryPolicy(MemoryPolicy value) {
      this.memoryPolicy = Optional.of(value);
      return this;
    }

    /** Sets {@link Linux#personality}. */
    @CanIgnoreReturnValue
    public Builder personality(Personality value) {
      this.personality = Optional.of(value);
      return this;
    }

    /** Sets {@link Linux#timeOffsets}. */
    @CanIgnoreReturnValue
    public Builder timeOffsets(Map<String, TimeOffset> value) {
      this.timeOffsets = value;
      return this;
    }

    /** The record. */
    public Linux build() {
      return new Linux(
          uidMappings,
          gidMappings,
          sysctl,
          resources,
          cgroupsPath,
          namespaces,
          devices,
          netDevices,
          seccomp,
          rootfsPropagation,
          maskedPaths,
          readonlyPaths,
          mountLabel,
          intelRdt,
          memoryPolicy,
          personality,
          timeOffsets);
    }
  }
}
