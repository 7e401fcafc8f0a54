package org.jcontainerd.daemon.config;

/** The configuration cannot be used; the message names the file, the key and the reason. */
public final class ConfigFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;

  public ConfigFailure(String message) {
    super(message);
    this.message = message;
  }

  public ConfigFailure(String message, Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
