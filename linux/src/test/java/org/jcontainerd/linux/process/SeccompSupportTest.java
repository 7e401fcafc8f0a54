package org.jcontainerd.linux.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SeccompSupportTest {
  @Test
  void knowsFlags_ofEveryKernelThatWeRunOn() {
    int log = 1 << 1;
    int specAllow = 1 << 2;
    assertTrue(SeccompSupport.knowsFlags(0));
    assertTrue(SeccompSupport.knowsFlags(log | specAllow));
  }

  @Test
  void knowsFlags_thatNoKernelHas_isFalse() {
    assertFalse(SeccompSupport.knowsFlags(1 << 30));
  }
}
