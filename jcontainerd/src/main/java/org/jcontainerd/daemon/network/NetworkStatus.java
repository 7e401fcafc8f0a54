package org.jcontainerd.daemon.network;

/** Whether pods can be connected now. */
public sealed interface NetworkStatus {
  /**
   * They can.
   *
   * @param network name of the network
   */
  record Ready(String network) implements NetworkStatus {}

  /**
   * They cannot.
   *
   * @param reason one word for the condition NetworkReady, as the kubelet knows it
   * @param message for a person
   */
  record NotReady(String reason, String message) implements NetworkStatus {
    /** No usable configuration, or a plugin that says that it does not work. */
    static final String NOT_READY = "NetworkPluginNotReady";
  }
}
