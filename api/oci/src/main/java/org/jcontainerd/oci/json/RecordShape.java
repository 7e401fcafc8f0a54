package org.jcontainerd.oci.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one record class, found once by reflection. Immutable. */
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  /** One component: its field name, its shape, and how to get it from a record. */
  record Field(int index, String name, Shape shape, Method accessor, boolean always) {
    Object get(Object owner) {
      try {
        return accessor.invoke(owner);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("read component " + accessor, e);
      }
    }

    /** The value of the field in a document that has no such field. */
    Object absent() throws JsonException {
      Object value = shape.absent();
      if (value == null) {
        if (shape instanceof Shape.Nested nested) {
          return nested.shape().construct(new Object[nested.shape().fields.size()]);
        }
        throw new JsonException("required, but absent").inField(name);
      }
      return value;
    }
  }

  private final Class<?> type;
  private final Constructor<?> constructor;
  private final List<Field> fields;
  private final Map<String, Field> byName = new HashMap<>();

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  private RecordShape(Class<?> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    this.constructor = canonicalConstructor(type, components);
    var all = new ArrayList<Field>(components.length);
    for (RecordComponent component : components) {
      Field field = field(all.size(), component);
      all.add(field);
      byName.put(field.name, field);
    }
    this.fields = List.copyOf(all);
  }

  private static Constructor<?> canonicalConstructor(Class<?> type, RecordComponent[] components) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> found = type.getDeclaredConstructor(types);
      found.trySetAccessible();
      return found;
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + " is not a record", e);
    }
  }

  private static Field field(int index, RecordComponent component) {
    Json json = component.getAnnotation(Json.class);
    String name = json == null || json.name().isEmpty() ? component.getName() : json.name();
    Shape shape = Shape.of(component.getGenericType(), json == null ? 0 : json.unsigned());
    Method accessor = component.getAccessor();
    accessor.trySetAccessible();
    return new Field(index, name, shape, accessor, json != null && json.always());
  }

  List<Field> fields() {
    return fields;
  }

  @Nullable Field field(String name) {
    return byName.get(name);
  }

  /**
   * Makes the record; absent values (nulls) become the empty value of their type.
   *
   * @throws JsonException if a required value is absent or the record refuses its values with an
   *     {@link IllegalArgumentException}
   */
  Object construct(@Nullable Object[] values) throws JsonException {
    for (Field field : fields) {
      if (values[field.index] == null) {
        values[field.index] = field.absent();
      }
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new JsonException("", String.valueOf(wrong.getMessage()), wrong);
      }
      throw new IllegalStateException("construct " + type.getName(), e.getCause());
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException("construct " + type.getName(), e);
    }
  }
}
