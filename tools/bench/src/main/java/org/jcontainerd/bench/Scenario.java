package org.jcontainerd.bench;

/** Something that is done on a runtime and measured. */
interface Scenario {
  /** For the {@code --only} option. */
  String name();

  /** How many rounds are counted, taken in turn with the other runtime. */
  int rounds();

  /** Rounds before those, not counted. */
  int warmUpRounds();

  /** Does it once; what it makes, it removes. */
  void round(Target target, Recorder recorder) throws Exception;
}
