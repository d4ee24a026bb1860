package dev.heapwarden.operator.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a field, as the API server records it. An update owns what it changed the value of; an
 * apply owns what it names, alone or with others. What is changed is lost to all former owners.
 */
public final class ManagedFields {
  private ManagedFields() {}

  /**
   * The entries that own a field.
   *
   * @param path as in FieldsV1, such as {@code f:spec}, {@code f:replicas}
   */
  public static List<ManagedFieldsEntry> owners(HasMetadata object, String... path) {
    return all(object).filter(entry -> has(entry, path)).toList();
  }

  /** Whether this manager applied anything to the object. */
  public static boolean isApplied(HasMetadata object, String manager) {
    return all(object).anyMatch(entry -> isApplyBy(entry, manager));
  }

  public static boolean isApplyBy(ManagedFieldsEntry entry, String manager) {
    return manager.equals(entry.getManager()) && "Apply".equals(entry.getOperation());
  }

  private static Stream<ManagedFieldsEntry> all(HasMetadata object) {
    var entries = object.getMetadata().getManagedFields();
    return entries == null ? Stream.of() : entries.stream();
  }

  private static boolean has(ManagedFieldsEntry entry, String... path) {
    @Nullable Object at =
        entry.getFieldsV1() == null ? null : entry.getFieldsV1().getAdditionalProperties();
    for (var key : path) {
      at = at instanceof Map<?, ?> fields ? fields.get(key) : null;
    }
    return at != null;
  }
}
