package org.jcontainerd.oci.distribution;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jcontainerd.oci.image.Digest;

/**
 * A reference to an image: registry, repository, and a tag, a digest or both. Immutable.
 *
 * <p>The grammar is that of the distribution project's references; {@link #parse} adds what users
 * leave out, as Docker does: {@code busybox} is {@code docker.io/library/busybox:latest}. A first
 * part is a registry only if it has a dot, a colon or a capital letter, or is {@code localhost}.
 *
 * @param registry host, with a port if one was given
 * @param repository path on that host
 */
public record ImageName(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
  /** The registry of names that have none. */
  public static final String DEFAULT_REGISTRY = "docker.io";

  private static final String DEFAULT_TAG = "latest";
  private static final int MAX_REPOSITORY = 255;
  private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern REPOSITORY = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final String HOST_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:" + HOST_PART + "(?:\\." + HOST_PART + ")*|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");

  public ImageName {
    require(REGISTRY.matcher(registry).matches(), registry, "is not a registry's host");
    require(REPOSITORY.matcher(repository).matches(), repository, "is not a repository");
    require(repository.length() <= MAX_REPOSITORY, repository, "is longer than 255 characters");
    tag.ifPresent(t -> require(TAG.matcher(t).matches(), t, "is not a tag"));
  }

  private static void require(boolean valid, String part, String problem) {
    if (!valid) {
      throw new IllegalArgumentException("image reference part '" + part + "' " + problem);
    }
  }

  /**
   * Reads a reference as users write it.
   *
   * @throws IllegalArgumentException if it is no reference; the message says which part is wrong
   */
  public static ImageName parse(String text) {
    // lengths are checked before the regular expressions, which would otherwise work on anything
    require(text.length() <= 1024, text.substring(0, Math.min(64, text.length())), "is too long");
    require(!text.isEmpty(), text, "is empty");
    var rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = Optional.of(Digest.parse(rest.substring(at + 1)));
      rest = rest.substring(0, at);
    }
    Optional<String> tag = Optional.empty();
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    if (tag.isEmpty() && digest.isEmpty()) {
      tag = Optional.of(DEFAULT_TAG);
    }
    int slash = rest.indexOf('/');
    var first = slash < 0 ? "" : rest.substring(0, slash);
    if (!isRegistry(first)) {
      return ofDefaultRegistry(rest, tag, digest);
    }
    var repository = rest.substring(slash + 1);
    return first.equals("index.docker.io") || first.equals(DEFAULT_REGISTRY)
        ? ofDefaultRegistry(repository, tag, digest)
        : new ImageName(first, repository, tag, digest);
  }

  private static ImageName ofDefaultRegistry(
      String repository, Optional<String> tag, Optional<Digest> digest) {
    var path = repository.contains("/") ? repository : "library/" + repository;
    return new ImageName(DEFAULT_REGISTRY, path, tag, digest);
  }

  private static boolean isRegistry(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
  }

  /** Registry and repository, without tag and digest. */
  public String name() {
    return registry + "/" + repository;
  }

  /** What the registry is asked for: the digest where there is one, else the tag. */
  public String reference() {
    return digest.map(Digest::toString).or(() -> tag).orElse(DEFAULT_TAG);
  }

  /** The same repository by a tag alone. */
  public ImageName withTag(String other) {
    return new ImageName(registry, repository, Optional.of(other), Optional.empty());
  }

  /** The same repository by a digest alone. */
  public ImageName withDigest(Digest other) {
    return new ImageName(registry, repository, Optional.empty(), Optional.of(other));
  }

  /** The whole reference, with nothing left out. */
  @Override
  public String toString() {
    return name() + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
