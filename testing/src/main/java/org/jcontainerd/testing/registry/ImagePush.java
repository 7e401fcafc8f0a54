package org.jcontainerd.testing.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.Index;
import org.jcontainerd.oci.image.Manifest;
import org.jcontainerd.oci.image.MediaType;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.testing.image.ImageLayoutReader;

/** Pushes to a registry by plain HTTP (distribution-spec, "Push"). Confined to one thread. */
final class ImagePush implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String address;

  ImagePush(String address) {
    this.address = address;
  }

  void image(ImageLayoutReader layout, Descriptor manifest, String tagged)
      throws IOException, InterruptedException {
    int colon = tagged.lastIndexOf(':');
    manifest(layout, manifest, tagged.substring(0, colon), tagged.substring(colon + 1));
  }

  private void manifest(
      ImageLayoutReader layout, Descriptor manifest, String repository, String reference)
      throws IOException, InterruptedException {
    var bytes = layout.read(manifest.digest());
    if (MediaType.isIndex(manifest.mediaType())) {
      for (var child : OciJson.read(bytes, Index.class).manifests()) {
        manifest(layout, child, repository, child.digest().toString());
      }
    } else {
      var content = OciJson.read(bytes, Manifest.class);
      blob(layout, repository, content.config().digest());
      for (var layer : content.layers()) {
        blob(layout, repository, layer.digest());
      }
    }
    var put =
        HttpRequest.newBuilder(uri("/v2/" + repository + "/manifests/" + reference))
            .header("Content-Type", manifest.mediaType())
            .PUT(BodyPublishers.ofByteArray(bytes))
            .build();
    HttpResponse<String> _ = send(put, 201);
  }

  private void blob(ImageLayoutReader layout, String repository, Digest digest)
      throws IOException, InterruptedException {
    var head =
        HttpRequest.newBuilder(uri("/v2/" + repository + "/blobs/" + digest))
            .method("HEAD", BodyPublishers.noBody())
            .build();
    if (http.send(head, BodyHandlers.discarding()).statusCode() == 200) {
      return;
    }
    var start =
        HttpRequest.newBuilder(uri("/v2/" + repository + "/blobs/uploads/"))
            .POST(BodyPublishers.noBody())
            .build();
    var location = send(start, 202).headers().firstValue("Location").orElseThrow();
    var target = uri("/").resolve(location);
    var separator = target.getQuery() == null ? "?" : "&";
    BodyPublisher body = BodyPublishers.ofFile(layout.blob(digest));
    var put =
        HttpRequest.newBuilder(URI.create(target + separator + "digest=" + digest))
            .header("Content-Type", "application/octet-stream")
            .PUT(body)
            .build();
    HttpResponse<String> _ = send(put, 201);
  }

  private URI uri(String path) {
    return URI.create("http://" + address + path);
  }

  private HttpResponse<String> send(HttpRequest request, int expected)
      throws IOException, InterruptedException {
    var response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (response.statusCode() != expected) {
      throw new IOException(
          request.method()
              + " "
              + request.uri()
              + ": status "
              + response.statusCode()
              + ", "
              + response.body());
    }
    return response;
  }

  @Override
  public void close() {
    http.close();
  }
}
