package org.jcontainerd.cni;

import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.Objects;
import org.jcontainerd.oci.cni.CniError;

/**
 * A plugin's failure with the code that the specification gives it. What a caller can act on is the
 * code, see {@link CniError}: {@link CniError#TRY_AGAIN_LATER} may be repeated.
 */
public final class CniFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int code;
  private final String details;

  private CniFailure(int code, String message, String details) {
    super(details.isEmpty() ? message : message + ": " + details);
    this.code = code;
    this.details = details;
  }

  /** A failure of that code. */
  public static CniFailure of(int code, String message) {
    return new CniFailure(code, message, "");
  }

  /** The answer of a plugin that ran as a program. */
  public static CniFailure answered(CniError error) {
    return new CniFailure(error.code(), error.msg(), error.details());
  }

  /** A failed kernel call or file. */
  public static CniFailure io(String what, IOException cause) {
    var failure = new CniFailure(CniError.INTERNAL, what, Objects.toString(cause.getMessage(), ""));
    failure.initCause(cause);
    return failure;
  }

  /** A configuration that is wrong. */
  public static CniFailure config(String message) {
    return of(CniError.INVALID_CONFIG, message);
  }

  /** A key that is understood but not supported; section 5 wants the key and its value named. */
  public static CniFailure unsupported(String key, Object value) {
    return of(
        CniError.UNSUPPORTED_FIELD,
        "'%s' with value '%s': not supported yet".formatted(key, value));
  }

  /** Several failures of a teardown that tried everything; null if there were none. */
  static void throwAll(List<CniFailure> failures) throws CniFailure {
    if (failures.isEmpty()) {
      return;
    }
    CniFailure first = failures.getFirst();
    failures.stream().skip(1).forEach(first::addSuppressed);
    throw first;
  }

  /** The code, see {@link CniError}. */
  public int code() {
    return code;
  }

  /** The failure as a plugin prints it. */
  public CniError toError(String cniVersion) {
    String message = Objects.toString(getMessage(), "");
    String shortMessage =
        details.isEmpty() ? message : message.substring(0, message.length() - details.length() - 2);
    return new CniError(cniVersion, code, shortMessage, details);
  }
}
