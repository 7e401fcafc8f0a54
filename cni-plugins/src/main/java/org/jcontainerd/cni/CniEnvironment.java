package org.jcontainerd.cni;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniVersion;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/** The environment variables of a plugin that is a program, and the rules for their values. */
final class CniEnvironment {
  /** IFNAMSIZ of linux/if.h without the NUL. */
  private static final int LONGEST_IFNAME = 15;

  private CniEnvironment() {}

  /** The verb of {@code CNI_COMMAND}. */
  static CniVerb verb(Map<String, String> environment) throws CniFailure {
    String command = environment.getOrDefault("CNI_COMMAND", "");
    for (CniVerb verb : CniVerb.values()) {
      if (verb.name().equals(command)) {
        return verb;
      }
    }
    throw invalid("CNI_COMMAND", command);
  }

  /** The request that the variables and stdin make. */
  static CniRequest request(CniVerb verb, Map<String, String> environment, byte[] stdin)
      throws CniFailure {
    String netns = environment.getOrDefault("CNI_NETNS", "");
    return new CniRequest(
        verb,
        environment.getOrDefault("CNI_CONTAINERID", ""),
        netns.isEmpty() ? Optional.empty() : Optional.of(Path.of(netns)),
        environment.getOrDefault("CNI_IFNAME", ""),
        environment.getOrDefault("CNI_ARGS", ""),
        Arrays.stream(environment.getOrDefault("CNI_PATH", "").split(":"))
            .filter(p -> !p.isEmpty())
            .map(Path::of)
            .toList(),
        config(stdin),
        new CniHost(Optional.empty()),
        false);
  }

  /** stdin as an object. */
  static JsonValue.Fields config(byte[] stdin) throws CniFailure {
    try {
      if (OciJson.readValue(stdin) instanceof JsonValue.Fields fields) {
        return fields;
      }
      throw CniFailure.of(CniError.DECODING_FAILURE, "configuration: expected an object");
    } catch (JsonException e) {
      throw CniFailure.of(CniError.DECODING_FAILURE, "configuration: " + e.getMessage());
    }
  }

  /** Checks what each verb requires; section 2 of the specification. */
  static void validate(CniRequest request, CniVersion version) throws CniFailure {
    boolean attachment =
        switch (request.verb()) {
          case ADD, DEL, CHECK -> true;
          case GC, STATUS, VERSION -> false;
        };
    if (!attachment) {
      if (!version.atLeast(CniVersion.V1_1_0)) {
        throw tooOld(request.verb(), version);
      }
      return;
    }
    if (request.verb() == CniVerb.CHECK && !version.atLeast(CniVersion.V0_4_0)) {
      throw tooOld(request.verb(), version);
    }
    List<String> missing = new ArrayList<>();
    if (request.containerId().isEmpty()) {
      missing.add("CNI_CONTAINERID");
    }
    if (request.ifname().isEmpty()) {
      missing.add("CNI_IFNAME");
    }
    if (request.netns().isEmpty() && request.verb() != CniVerb.DEL) {
      missing.add("CNI_NETNS");
    }
    if (!missing.isEmpty()) {
      throw CniFailure.of(
          CniError.INVALID_ENVIRONMENT,
          "required environment variables missing: " + String.join(", ", missing));
    }
    if (!request.containerId().matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw invalid("CNI_CONTAINERID", request.containerId());
    }
    validateInterfaceName(request.ifname());
  }

  private static void validateInterfaceName(String name) throws CniFailure {
    boolean wrong =
        name.length() > LONGEST_IFNAME
            || name.equals(".")
            || name.equals("..")
            || name.chars().anyMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c));
    if (wrong) {
      throw invalid("CNI_IFNAME", name);
    }
  }

  private static CniFailure tooOld(CniVerb verb, CniVersion version) {
    return CniFailure.of(
        CniError.INCOMPATIBLE_VERSION,
        "config version '%s' does not have %s".formatted(version, verb));
  }

  private static CniFailure invalid(String variable, String value) {
    return CniFailure.of(CniError.INVALID_ENVIRONMENT, variable + " '" + value + "': not allowed");
  }
}
