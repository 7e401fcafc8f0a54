package org.jcontainerd.jrunc.keeper;

import java.nio.file.Path;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.jrunc.launch.TestPlan;
import org.jcontainerd.linux.loop.KernelWaiter;

/** A program that starts a process with a keeper, says so, and waits to be killed. */
public final class DoomedStarter {
  private DoomedStarter() {}

  /** Arguments: root file system, directory of the keeper. */
  public static void main(String[] arguments) throws Exception {
    Path init = Path.of(arguments[1]);
    var waiter = KernelWaiter.start("helpers", (_, failure) -> failure.printStackTrace());
    var launcher = Launcher.open(waiter);
    var launch =
        TestPlan.of(Path.of(arguments[0]), "sh", "-c", "read a; echo $a; read b; exit $b")
            .keeper(init)
            .ready()
            .launch(launcher);
    System.out.println(launch.await(LaunchListener.NONE).pid());
    KeeperClient.of(launch).start(LaunchListener.NONE);
    System.out.println("started");
    var _ = launch.exited().get();
  }
}
