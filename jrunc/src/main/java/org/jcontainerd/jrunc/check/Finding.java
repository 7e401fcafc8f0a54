package org.jcontainerd.jrunc.check;

/**
 * Something that will fail, or be other than the configuration asks for.
 *
 * @param field the place in config.json
 * @param problem what is wrong with it here
 * @param advice a sentence: what to do about it
 */
public record Finding(String field, String problem, String advice) {
  /** One line. */
  public String line() {
    return field + ": " + problem + ". " + advice;
  }
}
