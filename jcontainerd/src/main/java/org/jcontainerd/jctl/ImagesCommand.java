package org.jcontainerd.jctl;

import java.util.concurrent.Callable;
import org.jcontainerd.api.cri.v1.Image;
import org.jcontainerd.api.cri.v1.ListImagesRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "images", description = "Lists images.", mixinStandardHelpOptions = true)
final class ImagesCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Override
  public Integer call() {
    try (CriConnection cri = main.connect()) {
      var table = new Table("IMAGE", "ID", "SIZE");
      for (Image image :
          cri.images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList()) {
        var names =
            image.getRepoTagsCount() > 0 ? image.getRepoTagsList() : image.getRepoDigestsList();
        for (String name : names) {
          table.row(name, Shown.id(image.getId()), Shown.bytes(image.getSize()));
        }
      }
      table.print();
      return 0;
    }
  }
}
