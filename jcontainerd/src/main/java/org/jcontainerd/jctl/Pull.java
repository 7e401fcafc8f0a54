package org.jcontainerd.jctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import java.io.Console;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.api.cri.v1.AuthConfig;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.PullImageRequest;
import org.jcontainerd.api.cri.v1.PullImageResponse;

/**
 * Pulls an image and draws its progress. The CRI has no progress; our daemon tells it in the
 * verbose ImageStatus of an image that is being pulled, under {@value #KEY}. With another runtime
 * nothing is drawn.
 */
final class Pull {
  private static final String KEY = "pull";
  private static final long REDRAW_MILLIS = 100;
  private static final int BAR_WIDTH = 30;

  private final CriConnection cri;
  private final ImageSpec image;
  private final Optional<AuthConfig> auth;
  private final boolean onTerminal =
      Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  private final ObjectMapper json = new ObjectMapper();
  private int drawnLines;
  private long printedTenths = -1;

  Pull(CriConnection cri, String image, Optional<AuthConfig> auth) {
    this.cri = cri;
    this.image = ImageSpec.newBuilder().setImage(image).build();
    this.auth = auth;
  }

  /**
   * @return the image's id
   */
  String run() throws IOException, InterruptedException {
    var request = PullImageRequest.newBuilder().setImage(image);
    auth.ifPresent(request::setAuth);
    ListenableFuture<PullImageResponse> pulling = cri.imagesAsync().pullImage(request.build());
    while (true) {
      try {
        PullImageResponse done = pulling.get(REDRAW_MILLIS, TimeUnit.MILLISECONDS);
        finish();
        return done.getImageRef();
      } catch (TimeoutException e) {
        draw(); // still pulling
      } catch (ExecutionException e) {
        finish();
        throw Status.fromThrowable(e).asRuntimeException();
      }
    }
  }

  private void draw() throws IOException {
    String progress =
        cri.images()
            .imageStatus(ImageStatusRequest.newBuilder().setImage(image).setVerbose(true).build())
            .getInfoOrDefault(KEY, "");
    if (progress.isEmpty()) {
      return;
    }
    var text = new StringBuilder();
    if (onTerminal && drawnLines > 0) {
      text.append("\u001b[").append(drawnLines).append('A');
    }
    JsonNode layers = json.readTree(progress).path("layers");
    if (onTerminal) {
      layers.forEach(layer -> text.append(bar(layer)));
      drawnLines = layers.size();
    } else {
      text.append(total(layers));
    }
    System.err.print(text);
  }

  private static String bar(JsonNode layer) {
    long done = layer.path("done").asLong();
    long total = Math.max(1, layer.path("total").asLong());
    int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * done / total);
    return String.format(
        Locale.ROOT,
        "\u001b[2K%s [%s%s] %9s / %-9s %s%n",
        Shown.id(layer.path("digest").asText()),
        "=".repeat(filled),
        " ".repeat(BAR_WIDTH - filled),
        Shown.bytes(done),
        Shown.bytes(total),
        layer.path("phase").asText());
  }

  /** One line per tenth: a log file does not want ten a second. */
  private String total(JsonNode layers) {
    long done = 0;
    long total = 0;
    for (JsonNode layer : layers) {
      done += layer.path("done").asLong();
      total += layer.path("total").asLong();
    }
    long tenths = 10 * done / Math.max(1, total);
    if (tenths == printedTenths) {
      return "";
    }
    printedTenths = tenths;
    return String.format(
        Locale.ROOT, "%d layers, %s of %s%n", layers.size(), Shown.bytes(done), Shown.bytes(total));
  }

  private void finish() {
    if (onTerminal && drawnLines > 0) {
      System.err.print("\u001b[" + drawnLines + "A\u001b[J");
    }
  }
}
