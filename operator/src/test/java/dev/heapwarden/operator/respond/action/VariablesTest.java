package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.JvmSettings;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VariablesTest {
  private static final String PAUSE = "-XX:MaxGCPauseMillis=150";
  private static final String ACCEPTED = "{option: '%s', accepted: true}".formatted(PAUSE);
  private static final String JVM = "jvm: {version: 25.0.3, launcher: true, options: [%s]}\n";
  private static final String NO_VARIABLES = "variables: []\n" + JVM.formatted(ACCEPTED);

  @Test
  void acceptedOptionsGoThroughTheVariableThatEveryJvmReads() {
    assertThat(java("[]", NO_VARIABLES)).isEqualTo(wanted("JAVA_TOOL_OPTIONS"));
  }

  @Test
  void whereTheImageSetsThatOneTheOptionsGoThroughTheLaunchers() {
    assertThat(java("[]", "variables: [JAVA_TOOL_OPTIONS]\n" + JVM.formatted(ACCEPTED)))
        .isEqualTo(wanted("JDK_JAVA_OPTIONS"));
  }

  @Test
  void whereTheTemplateSetsThatOneTheOptionsGoThroughTheLaunchers() {
    assertThat(java("[{name: JAVA_TOOL_OPTIONS, value: -Xmx64m}]", NO_VARIABLES))
        .isEqualTo(wanted("JDK_JAVA_OPTIONS"));
  }

  @Test
  void aJvmThatTheLauncherDidNotStartReadsOnlyTheFirst() {
    assertThat(
            owned(
                java(
                    "[]",
                    "variables: [JAVA_TOOL_OPTIONS]\n"
                        + JVM.formatted(ACCEPTED).replace("launcher: true", "launcher: false"))))
        .contains(
            "Owned: JAVA_TOOL_OPTIONS is already set by the image, its entrypoint or envFrom");
  }

  @Test
  void whereBothHaveAnotherOwnerPeopleAreAsked() {
    assertThat(
            owned(
                java(
                    "[{name: JDK_JAVA_OPTIONS, value: -Xmx64m}]",
                    "variables: [JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS]\n"
                        + JVM.formatted(ACCEPTED))))
        .isPresent();
  }

  @Test
  void aFlagThatTheJvmDoesNotTakeIsRefusedWithItsReason() {
    assertThat(
            java(
                "[]",
                "variables: []\n"
                    + JVM.formatted(
                        "{option: '%s', accepted: false, reason: has no such flag}"
                            .formatted(PAUSE))))
        .isEqualTo(
            new Variables.Refused(
                "FlagRefused: by JDK 25.0.3: -XX:MaxGCPauseMillis=150: has no such flag"));
  }

  /** To the JVM it is on its command line: the launcher puts it there. */
  @Test
  void whatAnEarlierIncidentSetIsNotTheJvmsOwn() {
    var evidence =
        "variables: [JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS]\n"
            + JVM.formatted(
                "{option: '%s', accepted: false, inForce: true, reason: is already set}"
                    .formatted(PAUSE));
    var env = "[{name: JDK_JAVA_OPTIONS, value: '%s'}]".formatted(PAUSE);

    assertThat(java(container(env, "heapwarden-leak-0"), evidence))
        .isEqualTo(wanted("JDK_JAVA_OPTIONS"));
    assertThat(java(container(env, "helm"), evidence)).isInstanceOf(Variables.Refused.class);
  }

  @Test
  void whatIsRefusedBecauseOfAnEarlierIncidentSaysWhichOne() {
    var evidence =
        "variables: [JAVA_TOOL_OPTIONS]\n"
            + JVM.formatted(
                "{option: '%s', accepted: false, reason: set in bytes}".formatted(PAUSE));
    var env = "[{name: JAVA_TOOL_OPTIONS, value: -Xmx64m}]";

    assertThat(java(container(env, "heapwarden-leak-0"), evidence))
        .isEqualTo(
            new Variables.Refused(
                "FlagRefused: by JDK 25.0.3: %s: set in bytes; -Xmx64m is set by heapwarden-leak-0 until that is undone"
                    .formatted(PAUSE)));
  }

  @Test
  void nothingIsSetThatTheJvmWasNotAskedAbout() {
    assertThat(of(Mode.ENFORCE, "JVM", container("[]"), Optional.empty()))
        .isEqualTo(
            new Variables.Refused(
                "FlagsNotChecked: there is no snapshot in which the JVM was asked"));
    assertThat(java("[]", "artifacts: [{kind: Flags, state: Refused, reason: attaching is off}]\n"))
        .isEqualTo(
            new Variables.Refused("FlagsNotChecked: the JVM could not be asked: attaching is off"));
    assertThat(java("[]", "variables: []\n" + JVM.formatted("")))
        .isEqualTo(
            new Variables.Refused(
                "FlagsNotChecked: the snapshot was taken before the policy named " + PAUSE));
  }

  @Test
  void aDryRunShowsWhatWouldBeSet() {
    assertThat(of(Mode.DRY_RUN, "JVM", container("[]"), Optional.empty()))
        .isEqualTo(wanted("JAVA_TOOL_OPTIONS"));
  }

  @Test
  void optionsOfAJvmMeanNothingToGo() {
    assertThat(of(Mode.ENFORCE, "Go", container("[]"), Optional.empty()))
        .isEqualTo(
            new Variables.Refused("NotJvm: settings of a JVM mean nothing to a container of Go"));
  }

  /** Also Go's: an image's ENV would be replaced without a word. */
  @Test
  void whatTheImageSetsIsNotReplacedUnseen() {
    var container = container("[]");
    var environment = new java.util.TreeMap<>(Map.of("GOGC", "20"));
    assertThat(Variables.owned(container, environment, Optional.of(status("variables: [GOGC]"))))
        .contains("Owned: GOGC is already set by the image, its entrypoint or envFrom");
    assertThat(Variables.owned(container, environment, Optional.of(status("variables: []"))))
        .isEmpty();
  }

  private static Optional<String> owned(Variables variables) {
    return variables instanceof Variables.Wanted wanted ? wanted.owned() : Optional.empty();
  }

  private static Variables wanted(String variable) {
    return new Variables.Wanted(new java.util.TreeMap<>(Map.of(variable, PAUSE)), Optional.empty());
  }

  private static Variables java(String env, String status) {
    return java(container(env), status);
  }

  private static Variables java(TemplateContainer container, String status) {
    return of(Mode.ENFORCE, "JVM", container, Optional.of(status(status)));
  }

  private static Variables of(
      Mode mode,
      String runtime,
      TemplateContainer container,
      Optional<MemorySnapshotStatus> evidence) {
    var respond = Fixtures.respond(mode, 3, new Limits(3, 1));
    var jvm =
        new Respond(
            respond.mode(),
            respond.maxLevel(),
            respond.diagnose(),
            respond.isolate(),
            new Intervene(null, new JvmSettings(List.of(PAUSE), false), null, null, "24h"),
            respond.limits(),
            respond.cooldown(),
            List.of());
    return Variables.of(
        new Situation(
            Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), runtime),
            Fixtures.policy(jvm),
            Fixtures.NOON),
        container,
        evidence,
        ladder -> ladder.choose(Optional.empty()));
  }

  private static TemplateContainer container(String env) {
    return container(env, "helm");
  }

  /** Both variables that carry options, where they are set, are applied by this manager. */
  private static TemplateContainer container(String env, String manager) {
    var deployment =
        Serialization.unmarshal(
            """
            metadata:
              managedFields:
              - manager: %s
                operation: Apply
                fieldsType: FieldsV1
                fieldsV1:
                  f:spec: {f:template: {f:spec: {f:containers: {
                    'k:{"name":"checkout"}': {f:env: {
                      'k:{"name":"JAVA_TOOL_OPTIONS"}': {f:value: {}},
                      'k:{"name":"JDK_JAVA_OPTIONS"}': {f:value: {}}}}}}}}
            """
                .formatted(manager),
            Deployment.class);
    return new TemplateContainer(
        deployment,
        "containers",
        Serialization.unmarshal("name: checkout\nenv: %s".formatted(env), Container.class));
  }

  private static MemorySnapshotStatus status(String yaml) {
    return Serialization.unmarshal("phase: Completed\n" + yaml, MemorySnapshotStatus.class);
  }
}
