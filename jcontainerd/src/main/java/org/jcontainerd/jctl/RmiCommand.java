package org.jcontainerd.jctl;

import java.util.List;
import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.RemoveImageRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "rmi",
    description = "Removes images, each with all its names.",
    mixinStandardHelpOptions = true)
final class RmiCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "name, digest or id")
  private List<String> names = List.of();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      for (String name : names) {
        ImageSpec spec = ImageSpec.newBuilder().setImage(name).build();
        if (!cri.images()
            .imageStatus(ImageStatusRequest.newBuilder().setImage(spec).build())
            .hasImage()) {
          throw new Main.Refusal("no image has the id or name '" + name + "'");
        }
        var _ = cri.images().removeImage(RemoveImageRequest.newBuilder().setImage(spec).build());
        System.out.println(name);
      }
      return 0;
    }
  }
}
