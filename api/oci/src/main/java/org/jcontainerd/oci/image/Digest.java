package org.jcontainerd.oci.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jcontainerd.oci.json.JsonText;

/**
 * The digest of a content (descriptor.md, "Digests"). Immutable.
 *
 * <p>Only values of the registered grammar exist, so a digest may be used in a path: neither part
 * can hold a slash or a dot.
 *
 * @param algorithm "sha256" or "sha512"
 * @param hex 64 or 128 lower case hex digits
 */
@JsonText
public record Digest(String algorithm, String hex) {
  private static final Pattern SHA256 = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern SHA512 = Pattern.compile("[a-f0-9]{128}");

  public Digest {
    var pattern =
        switch (algorithm) {
          case "sha256" -> SHA256;
          case "sha512" -> SHA512;
          default ->
              throw new IllegalArgumentException(
                  "digest '" + algorithm + ":" + hex + "' has an unsupported algorithm");
        };
    if (!pattern.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "digest '" + algorithm + ":" + hex + "' is not lower case hex of the right length");
    }
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws IllegalArgumentException if the text is no digest of a supported algorithm
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("digest '" + text + "' has no algorithm");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The digest whose SHA-256 value is {@code hash}. */
  public static Digest sha256(byte[] hash) {
    return new Digest("sha256", HexFormat.of().formatHex(hash));
  }

  /** The SHA-256 digest of a content. */
  public static Digest of(byte[] content) {
    return sha256(hasher("sha256").digest(content));
  }

  /** A new hash function for this algorithm. */
  public MessageDigest hasher() {
    return hasher(algorithm);
  }

  /** The digest of this algorithm with the value that {@code hasher} ends with. */
  public Digest finish(MessageDigest hasher) {
    return new Digest(algorithm, HexFormat.of().formatHex(hasher.digest()));
  }

  private static MessageDigest hasher(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
    }
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
