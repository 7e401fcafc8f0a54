package org.jcontainerd.testing.leak;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something on the host, and a class that does so after its last test. For
 * classes tagged {@code root}: {@code @ExtendWith(LeakCheck.class)}.
 */
public final class LeakCheck
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakCheck.class);

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    remember(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    remember(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    compare(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    compare(context);
  }

  private static void remember(ExtensionContext context) throws Exception {
    context.getStore(NAMESPACE).put(context.getUniqueId(), HostState.capture());
  }

  private static void compare(ExtensionContext context) throws Exception {
    HostState before = context.getStore(NAMESPACE).get(context.getUniqueId(), HostState.class);
    List<String> left = before == null ? List.of() : before.left();
    if (!left.isEmpty()) {
      throw new AssertionError(
          context.getDisplayName() + " left behind:\n  " + String.join("\n  ", left));
    }
  }
}
