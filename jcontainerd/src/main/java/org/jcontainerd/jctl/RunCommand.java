package org.jcontainerd.jctl;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jcontainerd.api.cri.v1.AttachRequest;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerMetadata;
import org.jcontainerd.api.cri.v1.CreateContainerRequest;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.KeyValue;
import org.jcontainerd.api.cri.v1.LinuxPodSandboxConfig;
import org.jcontainerd.api.cri.v1.LinuxSandboxSecurityContext;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.NamespaceOption;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxMetadata;
import org.jcontainerd.api.cri.v1.RunPodSandboxRequest;
import org.jcontainerd.api.cri.v1.StartContainerRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "run",
    description = "Runs an image as a pod of one container, pulling the image if it is not here.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();

  @Option(
      names = {"-d", "--detach"},
      description = "print the container's id and leave it running")
  private boolean detach;

  @Option(
      names = {"-i", "--interactive"},
      description = "pass standard input on")
  private boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "give the process a terminal")
  private boolean tty;

  @Option(names = "--rm", description = "remove the pod when the process ends")
  private boolean remove;

  @Option(
      names = {"-n", "--name"},
      description = "name of the pod and the container")
  private String name = "jctl-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "[IP:]HOST:PORT[/PROTOCOL]",
      description = "make a port of the pod reachable from the host's network")
  private List<String> ports = List.of();

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME=VALUE",
      description = "environment variable")
  private List<String> environment = List.of();

  @Option(names = "--host-network", description = "without a network namespace of its own")
  private boolean hostNetwork;

  @Option(
      names = "--log-dir",
      paramLabel = "DIR",
      defaultValue = "/var/log/jcontainerd/jctl",
      description = "where log files go (default: ${DEFAULT-VALUE})")
  private String logDirectory = "";

  @Parameters(index = "0", paramLabel = "IMAGE", description = "name with tag or digest")
  private String image = "";

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "instead of the image's")
  private List<String> command = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (CriConnection cri = main.connect()) {
      String imageId = present(cri);
      PodSandboxConfig pod = pod();
      String podId =
          cri.runtime()
              .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
              .getPodSandboxId();
      try {
        return runIn(cri, podId, pod, imageId);
      } catch (RuntimeException | IOException e) {
        RmCommand.remove(cri, podId); // a run that failed leaves nothing
        throw e;
      }
    }
  }

  private String present(CriConnection cri) throws IOException, InterruptedException {
    var spec = ImageSpec.newBuilder().setImage(image).build();
    var status = cri.images().imageStatus(ImageStatusRequest.newBuilder().setImage(spec).build());
    return status.hasImage()
        ? status.getImage().getId()
        : new Pull(cri, image, Optional.empty()).run();
  }

  private PodSandboxConfig pod() {
    byte[] uid = new byte[16];
    ThreadLocalRandom.current().nextBytes(uid);
    var config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("default")
                    .setUid(HexFormat.of().formatHex(uid)))
            .setLogDirectory(logDirectory + "/" + name);
    if (!hostNetwork) {
      config.setHostname(name);
    }
    ports.forEach(each -> config.addPortMappings(PublishedPort.parse(each)));
    var namespaces =
        NamespaceOption.newBuilder()
            .setPid(NamespaceMode.CONTAINER)
            .setNetwork(hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD);
    return config
        .setLinux(
            LinuxPodSandboxConfig.newBuilder()
                .setSecurityContext(
                    LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
        .build();
  }

  private ContainerConfig container(PodSandboxConfig pod, String imageId) {
    var config =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName(name))
            .setImage(ImageSpec.newBuilder().setImage(imageId).setUserSpecifiedImage(image))
            .addAllArgs(command)
            .setLogPath("0.log")
            .setStdin(interactive)
            .setStdinOnce(interactive)
            .setTty(tty);
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setNamespaceOptions(pod.getLinux().getSecurityContext().getNamespaceOptions());
    for (String variable : environment) {
      String[] parts = variable.split("=", 2);
      if (parts.length != 2) {
        throw new Main.Refusal("environment '" + variable + "': NAME=VALUE expected");
      }
      config.addEnvs(
          KeyValue.newBuilder().setKey(parts[0]).setValue(ByteString.copyFromUtf8(parts[1])));
    }
    return config.build();
  }

  private int runIn(CriConnection cri, String podId, PodSandboxConfig pod, String imageId)
      throws IOException, InterruptedException {
    String id =
        cri.runtime()
            .createContainer(
                CreateContainerRequest.newBuilder()
                    .setPodSandboxId(podId)
                    .setConfig(container(pod, imageId))
                    .setSandboxConfig(pod)
                    .build())
            .getContainerId();
    var start = StartContainerRequest.newBuilder().setContainerId(id).build();
    if (detach) {
      var _ = cri.runtime().startContainer(start);
      System.out.println(id);
      return 0;
    }
    var _ = cri.runtime().startContainer(start);
    var printer = new LogPrinter(cri, id, false);
    if (interactive) {
      int _ = new RemoteSession(true, tty).run(attach(cri, id));
    } else {
      new LogFile(Path.of(printer.status().getLogPath()), printer::show).follow(printer::ended);
    }
    int code = printer.status().getExitCode();
    if (remove) {
      RmCommand.remove(cri, podId);
    }
    return code;
  }

  private URI attach(CriConnection cri, String id) {
    var request =
        AttachRequest.newBuilder()
            .setContainerId(id)
            .setStdin(true)
            .setStdout(true)
            .setStderr(!tty)
            .setTty(tty)
            .build();
    return URI.create(cri.runtime().attach(request).getUrl());
  }
}
