package org.jcontainerd.cni;

import java.util.Optional;
import org.jcontainerd.oci.cni.CniResult;
import org.junit.jupiter.api.Tag;

/** The plugins of this project, called in this process. */
@Tag("root")
class InProcessRootTest extends CniContract {
  @Override
  PluginCaller plugins(Testbed testbed) {
    return new PluginCaller() {
      @Override
      public Optional<CniResult> call(String type, CniRequest request) throws CniFailure {
        return CniPlugins.call(type, request);
      }

      @Override
      public boolean speaksNewest() {
        return true;
      }
    };
  }
}
