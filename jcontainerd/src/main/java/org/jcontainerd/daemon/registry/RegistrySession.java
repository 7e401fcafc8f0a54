package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.daemon.registry.RegistryEndpoint.Capability;
import org.jcontainerd.daemon.registry.RegistryFailure.Attempt;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.MediaType;

/**
 * One caller's reading of one repository, from the first of its endpoints that can give each thing.
 * Thread-safe; holds no connections of its own.
 */
public final class RegistrySession {
  /** The most that a manifest may have (distribution-spec, "Pushing Manifests"). */
  public static final int MANIFEST_LIMIT = 4 << 20;

  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.OCI_INDEX,
          MediaType.OCI_MANIFEST,
          MediaType.DOCKER_LIST,
          MediaType.DOCKER_MANIFEST,
          "*/*");

  private final ImageName name;
  private final List<EndpointRequests> endpoints;

  RegistrySession(
      HttpTransport http,
      ImageName name,
      List<RegistryEndpoint> endpoints,
      Optional<RegistryAuth> auth) {
    this.name = name;
    this.endpoints =
        endpoints.stream()
            .map(endpoint -> new EndpointRequests(http, endpoint, name, auth))
            .toList();
  }

  /** Asks one endpoint. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(EndpointRequests endpoint) throws IOException, InterruptedException;
  }

  /**
   * Fetches a manifest by tag or digest.
   *
   * @throws RegistryFailure with the reason of every endpoint
   */
  public FetchedManifest manifest(String reference) throws RegistryFailure, InterruptedException {
    boolean isDigest = reference.contains(":");
    var capability = isDigest ? Capability.PULL : Capability.RESOLVE;
    return first(
        "get manifest '" + reference + "' of '" + name.name() + "'",
        capability,
        endpoint -> manifest(endpoint, reference));
  }

  private static FetchedManifest manifest(EndpointRequests endpoint, String reference)
      throws IOException, InterruptedException {
    var response = endpoint.get("/manifests/" + reference, Map.of("Accept", ACCEPT));
    try (var body = response.body()) {
      var content = body.readAll(MANIFEST_LIMIT);
      var digest = Digest.of(content);
      var announced = response.headers().firstValue("Docker-Content-Digest").orElse("");
      if (reference.startsWith("sha512:")) {
        digest = digestOf(Digest.parse(reference), content);
      }
      var expected = reference.contains(":") ? reference : announced;
      if (!expected.isEmpty()
          && expected.startsWith(digest.algorithm())
          && !expected.equals(digest.toString())) {
        throw new EndpointException(
            EndpointException.Kind.MALFORMED,
            "manifest has digest '" + digest + "', expected '" + expected + "'");
      }
      var type = response.headers().firstValue("Content-Type").orElse("");
      int semicolon = type.indexOf(';');
      return new FetchedManifest(
          (semicolon < 0 ? type : type.substring(0, semicolon)).strip(), digest, content);
    }
  }

  private static Digest digestOf(Digest like, byte[] content) {
    var hasher = like.hasher();
    hasher.update(content);
    return like.finish(hasher);
  }

  /**
   * Starts to fetch a blob.
   *
   * @param offset bytes that the caller has
   */
  public BlobBody blob(Descriptor blob, long offset) throws RegistryFailure, InterruptedException {
    return first(
        "get blob '" + blob.digest() + "' of '" + name.name() + "'",
        Capability.PULL,
        endpoint -> blob(endpoint, blob, offset));
  }

  private static BlobBody blob(EndpointRequests endpoint, Descriptor blob, long offset)
      throws IOException, InterruptedException {
    var headers = new LinkedHashMap<String, String>();
    if (offset > 0) {
      headers.put("Range", "bytes=" + offset + "-");
    }
    var response = endpoint.get("/blobs/" + blob.digest(), headers);
    return new BlobBody(response.body(), start(response, blob, offset));
  }

  /** Where the body starts: servers may ignore the range, and some answer another one. */
  private static long start(HttpResponse<HttpBody> response, Descriptor blob, long offset)
      throws EndpointException {
    long start = 0;
    if (response.statusCode() == 206) {
      var range = response.headers().firstValue("Content-Range").orElse("");
      start = range.startsWith("bytes " + offset + "-") ? offset : -1;
    }
    long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (start < 0 || (length >= 0 && length != blob.size() - start)) {
      response.body().close();
      throw new EndpointException(
          EndpointException.Kind.MALFORMED,
          start < 0
              ? "answers another range than asked for"
              : "blob has " + (length + start) + " bytes, expected " + blob.size());
    }
    return start;
  }

  private <T> T first(String operation, Capability capability, Question<T> question)
      throws RegistryFailure, InterruptedException {
    var attempts = new ArrayList<Attempt>();
    for (var endpoint : endpoints) {
      if (!endpoint.endpoint().can(capability)) {
        continue;
      }
      try {
        return question.ask(endpoint);
      } catch (InterruptedIOException e) {
        // from a body whose reader was interrupted
        if (Thread.interrupted()) {
          throw new InterruptedException(e.getMessage());
        }
        attempts.add(attempt(endpoint, e));
      } catch (IOException e) {
        attempts.add(attempt(endpoint, e));
      }
    }
    if (attempts.isEmpty()) {
      attempts.add(
          new Attempt(
              name.registry(),
              new EndpointException(
                  EndpointException.Kind.UNAVAILABLE,
                  "no configured host has the capability " + capability)));
    }
    throw RegistryFailure.of(operation, attempts);
  }

  private static Attempt attempt(EndpointRequests endpoint, IOException e) {
    return new Attempt(endpoint.endpoint().authority(), EndpointException.transport(e));
  }
}
