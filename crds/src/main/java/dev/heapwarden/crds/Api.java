package dev.heapwarden.crds;

/** Names that are part of the API: changing one breaks what is installed. */
public final class Api {
  public static final String GROUP = "heapwarden.dev";
  public static final String VERSION = "v1alpha1";

  /** On an isolated pod: the incident's name. It keeps the pod a target of observation. */
  public static final String QUARANTINE_LABEL = GROUP + "/quarantine";

  /** On an isolated pod: the labels that isolation replaced, as a JSON object. */
  public static final String ORIGINAL_LABELS_ANNOTATION = GROUP + "/original-labels";

  /** On an isolated pod: the name of the policy that selected it before its labels changed. */
  public static final String POLICY_ANNOTATION = GROUP + "/policy";

  /** On a snapshot that looks for a second witness: whose leak it is suspected to be. */
  public static final String LOOK_LABEL = GROUP + "/look";

  /** On an incident whose undo the uninstallation asked for: it says nothing of what was done. */
  public static final String UNINSTALL_ANNOTATION = GROUP + "/uninstall";

  /** On a policy: when a person last closed its circuit breaker, ISO 8601. */
  public static final String BREAKER_ANNOTATION = GROUP + "/breaker-closed-at";

  /** The field manager of an incident's patches is this prefix and the incident's name. */
  public static final String FIELD_MANAGER_PREFIX = "heapwarden-";

  private Api() {}
}
