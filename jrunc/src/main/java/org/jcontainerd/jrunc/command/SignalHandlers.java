package org.jcontainerd.jrunc.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Hears signals. The JDK has only {@code sun.misc.Signal} for it (module jdk.unsupported, JEP 260),
 * which javac does not let anybody name without a warning that cannot be suppressed: so it is
 * called by reflection.
 */
final class SignalHandlers {
  private SignalHandlers() {}

  /**
   * Has {@code reaction} run, on a thread of the JVM, whenever the signal comes.
   *
   * @param name without SIG
   * @return false if the JVM keeps the signal for itself
   */
  static boolean handle(String name, Runnable reaction) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              SignalHandlers.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, _) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      reaction.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> false;
                    default -> name;
                  });
      var _ = signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
      return true;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return false; // "Signal already used by VM or OS", or unknown here
      }
      throw new IllegalStateException("handle signal " + name, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("handle signal " + name, e);
    }
  }
}
