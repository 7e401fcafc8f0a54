package org.jcontainerd.oci.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.junit.jupiter.api.Test;

/**
 * Every number of a configuration, found in the records themselves, with values that it cannot
 * hold: none is cut to fit, and the error names the field.
 */
class NumbersTest {
  private static final List<String> NO_WHOLE_NUMBERS =
      List.of("1.5", "1e3", "1E400", "-0.1", "\"7\"", "true", "[]", "{}");

  /**
   * One number.
   *
   * @param path as an error names it
   * @param before what a document has before the value
   * @param after what it has after it
   */
  private record Place(String path, String before, String after, int bits, boolean unsigned) {
    String with(String value) {
      return before + value + after;
    }
  }

  private static List<Place> places() {
    var places = new ArrayList<Place>();
    find(Spec.class, "", "", "", places);
    return places;
  }

  private static void find(
      Class<?> type, String path, String before, String after, List<Place> places) {
    for (RecordComponent component : type.getRecordComponents()) {
      Json json = component.getAnnotation(Json.class);
      String name = json == null || json.name().isEmpty() ? component.getName() : json.name();
      String inner = path.isEmpty() ? name : path + "." + name;
      String start = before + "{\"" + name + "\":";
      find(component.getGenericType(), json, inner, start, "}" + after, places);
    }
  }

  private static void find(
      Type type, Json json, String path, String before, String after, List<Place> places) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Type last = arguments[arguments.length - 1];
      if (generic.getRawType() == Optional.class) {
        find(last, json, path, before, after, places);
      } else if (generic.getRawType() == List.class) {
        find(last, json, path + "[0]", before + "[", "]" + after, places);
      } else if (generic.getRawType() == Map.class) {
        find(last, json, path + ".key", before + "{\"key\":", "}" + after, places);
      }
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      find(plain, path, before, after, places);
    } else if (type == long.class || type == Long.class) {
      places.add(place(path, before, after, json, 64));
    } else if (type == int.class || type == Integer.class) {
      places.add(place(path, before, after, json, 32));
    }
  }

  private static Place place(String path, String before, String after, Json json, int bits) {
    boolean unsigned = json != null && json.unsigned() != 0;
    return new Place(path, before, after, unsigned ? json.unsigned() : bits, unsigned);
  }

  private static String refusal(Place place, String value) {
    byte[] json = place.with(value).getBytes(StandardCharsets.UTF_8);
    var refused =
        assertThrows(
            JsonException.class, () -> OciJson.read(json, Spec.class), place.path() + "=" + value);
    assertEquals(place.path(), refused.path(), place.with(value));
    return refused.reason();
  }

  @Test
  void numbers_ofEveryField_areThere() {
    List<String> paths = places().stream().map(Place::path).toList();
    assertTrue(paths.size() > 60, paths.toString());
    for (String path :
        List.of(
            "process.user.uid",
            "process.user.additionalGids[0]",
            "process.rlimits[0].hard",
            "mounts[0].uidMappings[0].hostID",
            "linux.timeOffsets.key.secs",
            "linux.resources.memory.limit",
            "linux.resources.rdma.key.hcaHandles",
            "linux.resources.blockIO.weight",
            "linux.seccomp.syscalls[0].args[0].value",
            "hooks.poststop[0].timeout")) {
      assertTrue(paths.contains(path), path + " in " + paths);
    }
  }

  @Test
  void values_thatAreNoWholeNumber_areRefused() {
    for (Place place : places()) {
      for (String value : NO_WHOLE_NUMBERS) {
        String reason = refusal(place, value);
        assertTrue(reason.startsWith("expected a whole number, found "), reason);
      }
    }
  }

  @Test
  void values_outOfRange_areRefused() {
    for (Place place : places()) {
      for (String value : outOfRange(place)) {
        String reason = refusal(place, value);
        assertTrue(reason.startsWith("number " + value + " does not fit "), reason);
      }
    }
  }

  @Test
  void values_withoutEnd_areRefused() {
    for (Place place : places()) {
      byte[] json = place.with("9".repeat(2000)).getBytes(StandardCharsets.UTF_8);
      var refused = assertThrows(JsonException.class, () -> OciJson.read(json, Spec.class));
      assertTrue(
          !refused.path().isEmpty() && place.path().startsWith(refused.path()),
          refused.getMessage());
      assertTrue(
          refused.reason().startsWith("line 1: not JSON, or a number of too many digits"),
          refused.reason());
    }
  }

  private static List<String> outOfRange(Place place) {
    var one = BigInteger.ONE;
    var least = place.unsigned() ? BigInteger.ZERO : one.shiftLeft(place.bits() - 1).negate();
    var most = one.shiftLeft(place.unsigned() ? place.bits() : place.bits() - 1).subtract(one);
    return List.of(
        least.subtract(one).toString(),
        most.add(one).toString(),
        one.shiftLeft(200).toString(),
        one.shiftLeft(200).negate().toString());
  }

  @Test
  void values_atTheEndsOfTheRange_areRead() throws Exception {
    for (Place place : places()) {
      var one = BigInteger.ONE;
      var most = one.shiftLeft(place.unsigned() ? place.bits() : place.bits() - 1).subtract(one);
      byte[] json = place.with(most.toString()).getBytes(StandardCharsets.UTF_8);
      Spec spec = OciJson.read(json, Spec.class);
      String written = new String(OciJson.write(spec), StandardCharsets.UTF_8);
      assertTrue(written.contains(":" + most) || written.contains("[" + most), written);
    }
  }
}
