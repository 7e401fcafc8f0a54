package org.jcontainerd.oci.json;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a Java type looks like in JSON: the plan by which a value is read. Immutable. */
sealed interface Shape {
  /** The value of an absent or null field; empty if such a field cannot be read. */
  @Nullable Object absent();

  record Text() implements Shape {
    @Override
    public Object absent() {
      return "";
    }
  }

  record Truth() implements Shape {
    @Override
    public Object absent() {
      return false;
    }
  }

  /** A whole number of {@code bits}, as a boxed int or long. */
  record Whole(int bits, boolean unsigned, boolean asInt) implements Shape {
    @Override
    public Object absent() {
      return asInt ? (Object) 0 : (Object) 0L;
    }
  }

  record Real() implements Shape {
    @Override
    public Object absent() {
      return 0.0;
    }
  }

  /** A point in time, RFC 3339. */
  record Time() implements Shape {
    @Override
    public Object absent() {
      return Instant.EPOCH;
    }
  }

  /** A type with {@link JsonText}. */
  record Parsed(Class<?> type, Method parse) implements Shape {
    @Override
    public @Nullable Object absent() {
      return null;
    }

    Object read(String text) throws JsonException {
      try {
        return parse.invoke(null, text);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof IllegalArgumentException wrong) {
          throw new JsonException("", String.valueOf(wrong.getMessage()), wrong);
        }
        throw new IllegalStateException("parse " + type.getName(), e.getCause());
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("parse " + type.getName(), e);
      }
    }
  }

  /** A record; looked up late, so that records may nest in themselves. */
  record Nested(Class<?> type) implements Shape {
    RecordShape shape() {
      return RecordShape.of(type);
    }

    @Override
    public @Nullable Object absent() {
      return null;
    }
  }

  record ListOf(Shape element) implements Shape {
    @Override
    public Object absent() {
      return List.of();
    }
  }

  record MapOf(Shape value) implements Shape {
    @Override
    public Object absent() {
      return Map.of();
    }
  }

  record OptionalOf(Shape value) implements Shape {
    @Override
    public Object absent() {
      return Optional.empty();
    }
  }

  /** {@link JsonValue} or the one of its cases that the component asks for. */
  record Any(Class<?> type) implements Shape {
    @Override
    public Object absent() {
      return new JsonValue.Null();
    }
  }

  /** The shape of a component's type. */
  static Shape of(Type type, int unsigned) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Shape last = of(arguments[arguments.length - 1], unsigned);
      if (generic.getRawType() == List.class) {
        return new ListOf(last);
      } else if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new MapOf(last);
      } else if (generic.getRawType() == Optional.class) {
        return new OptionalOf(last);
      }
    } else if (type instanceof Class<?> plain) {
      return ofClass(plain, unsigned);
    }
    throw new IllegalArgumentException("no JSON shape for " + type.getTypeName());
  }

  private static Shape ofClass(Class<?> type, int unsigned) {
    if (type == String.class) {
      return new Text();
    } else if (type == boolean.class || type == Boolean.class) {
      return new Truth();
    } else if (type == int.class || type == Integer.class) {
      return new Whole(unsigned == 0 ? 32 : unsigned, unsigned != 0, true);
    } else if (type == long.class || type == Long.class) {
      return new Whole(unsigned == 0 ? 64 : unsigned, unsigned != 0, false);
    } else if (type == double.class || type == Double.class) {
      return new Real();
    } else if (type == Instant.class) {
      return new Time();
    } else if (type.isAnnotationPresent(JsonText.class)) {
      return new Parsed(type, parseMethod(type));
    } else if (JsonValue.class.isAssignableFrom(type)) {
      return new Any(type);
    } else if (type.isRecord()) {
      return new Nested(type);
    }
    throw new IllegalArgumentException("no JSON shape for " + type.getName());
  }

  private static Method parseMethod(Class<?> type) {
    try {
      return type.getMethod("parse", String.class);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + " has @JsonText and no parse(String)", e);
    }
  }
}
