package org.jcontainerd.oci.cni;

import org.jcontainerd.oci.json.Json;

/**
 * What a plugin answers when it fails.
 *
 * @param code see the constants; 100 and above are a plugin's own
 */
public record CniError(
    String cniVersion,
    @Json(always = true) int code,
    @Json(always = true) String msg,
    String details) {
  /** The version is not supported. */
  public static final int INCOMPATIBLE_VERSION = 1;

  /** A key of the configuration is not supported; the message names it and its value. */
  public static final int UNSUPPORTED_FIELD = 2;

  /** There is no such container, and nothing to clean up. */
  public static final int UNKNOWN_CONTAINER = 3;

  /** A variable of the environment is missing or wrong; the message names it. */
  public static final int INVALID_ENVIRONMENT = 4;

  /** Input or output went wrong. */
  public static final int IO_FAILURE = 5;

  /** The configuration is no JSON. */
  public static final int DECODING_FAILURE = 6;

  /** The configuration is wrong. */
  public static final int INVALID_CONFIG = 7;

  /** It would work later. */
  public static final int TRY_AGAIN_LATER = 11;

  /** STATUS: no ADD will work now. */
  public static final int PLUGIN_NOT_AVAILABLE = 50;

  /** STATUS: no ADD will work now, and what exists may not be reachable. */
  public static final int LIMITED_CONNECTIVITY = 51;

  /** Anything else; the code that the reference plugins use. */
  public static final int INTERNAL = 999;
}
