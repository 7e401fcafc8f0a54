package org.jcontainerd.jctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "trace",
    description = "Draws how long each step of a pod's start took.",
    mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {
  private static final int WIDTH = 50;

  @ParentCommand private Main main = new Main();

  @Parameters(paramLabel = "POD", description = "id, its beginning, or name")
  private String pod = "";

  @Override
  public Integer call() throws IOException {
    try (CriConnection cri = main.connect()) {
      var request =
          PodSandboxStatusRequest.newBuilder()
              .setPodSandboxId(new Lookup(cri).pod(pod).getId())
              .setVerbose(true)
              .build();
      String timeline = cri.runtime().podSandboxStatus(request).getInfoOrDefault("timeline", "");
      if (timeline.isEmpty()) {
        throw new Main.Refusal("the runtime keeps no timeline of pod '" + pod + "'");
      }
      draw(new ObjectMapper().readTree(timeline));
      return 0;
    }
  }

  /** Steps as {@code {"step":..,"start_us":..,"us":..}}, start relative to the first. */
  private static void draw(JsonNode steps) {
    long end = 1;
    int longest = 0;
    for (JsonNode step : steps) {
      end = Math.max(end, step.path("start_us").asLong() + step.path("us").asLong());
      longest = Math.max(longest, step.path("step").asText().length());
    }
    for (JsonNode step : steps) {
      long start = step.path("start_us").asLong();
      long duration = step.path("us").asLong();
      int from = (int) (WIDTH * start / end);
      int length = (int) Math.max(1, Math.min(WIDTH - from, WIDTH * duration / end));
      System.out.println(
          String.format(
              Locale.ROOT,
              "%-" + longest + "s %8.2f ms |%s%s%s|",
              step.path("step").asText(),
              duration / 1000.0,
              " ".repeat(from),
              "#".repeat(length),
              " ".repeat(Math.max(0, WIDTH - from - length))));
    }
  }
}
