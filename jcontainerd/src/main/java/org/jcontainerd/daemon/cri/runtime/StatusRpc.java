package org.jcontainerd.daemon.cri.runtime;

import java.util.List;
import java.util.function.Supplier;
import org.jcontainerd.api.cri.v1.RuntimeCondition;
import org.jcontainerd.api.cri.v1.RuntimeFeatures;
import org.jcontainerd.api.cri.v1.RuntimeHandler;
import org.jcontainerd.api.cri.v1.RuntimeHandlerFeatures;
import org.jcontainerd.api.cri.v1.RuntimeStatus;
import org.jcontainerd.api.cri.v1.StatusRequest;
import org.jcontainerd.api.cri.v1.StatusResponse;
import org.jcontainerd.daemon.config.Config;
import org.jcontainerd.daemon.config.ConfigText;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.oci.json.OciJson;

/**
 * Whether pods can be run, and what of the contract we can do; kubelet asks every few seconds.
 *
 * @param runtime whether the shim answers
 * @param network whether pods get a network
 */
public record StatusRpc(
    Config config, String version, Supplier<Readiness> runtime, Supplier<Readiness> network)
    implements Rpc<StatusRequest, StatusResponse> {

  /**
   * One condition.
   *
   * @param reason a word for machines, "" if ready
   * @param message a sentence for people, "" if ready
   */
  public record Readiness(boolean ready, String reason, String message) {
    public static final Readiness READY = new Readiness(true, "", "");
  }

  @Override
  public StatusResponse call(StatusRequest request) {
    var response =
        StatusResponse.newBuilder()
            .setStatus(
                RuntimeStatus.newBuilder()
                    .addConditions(condition("RuntimeReady", runtime.get()))
                    .addConditions(condition("NetworkReady", network.get())))
            .setFeatures(RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true));
    var names = new java.util.LinkedHashSet<>(config.runtime().handlers());
    names.add(""); // the default handler is listed under the empty name as well
    for (String name : names) {
      response.addRuntimeHandlers(
          RuntimeHandler.newBuilder()
              .setName(name)
              .setFeatures(RuntimeHandlerFeatures.newBuilder().setRecursiveReadOnlyMounts(true)));
    }
    if (request.getVerbose()) {
      response.putInfo("version", quote(version));
      response.putInfo("config", quote(ConfigText.of(config)));
    }
    return response.build();
  }

  private static RuntimeCondition condition(String type, Readiness readiness) {
    return RuntimeCondition.newBuilder()
        .setType(type)
        .setStatus(readiness.ready())
        .setReason(readiness.reason())
        .setMessage(readiness.message())
        .build();
  }

  private static String quote(String text) {
    var array = new String(OciJson.write(List.of(text)), java.nio.charset.StandardCharsets.UTF_8);
    return array.substring(1, array.length() - 1);
  }
}
