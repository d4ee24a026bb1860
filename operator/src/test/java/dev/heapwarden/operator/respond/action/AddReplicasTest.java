package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Deployment of two replicas; the policy adds one, up to four. */
class AddReplicasTest {
  private final List<String> writes = new ArrayList<>();
  private final ApiServer server = new ApiServer(this::answer);
  private final AddReplicas action = new AddReplicas(server.client());
  private List<HorizontalPodAutoscaler> autoscalers = List.of();
  private String uid = "w1";
  private String labels = "{}";
  private String owner = "{manager: kubectl-create, operation: Update";

  AddReplicasTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  /** As {@code kubectl create} leaves it, whether or not the manifest names the number. */
  @Test
  void aNumberThatWasOnlyEverSetIsChanged() {
    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Do.class,
            planned -> assertThat(planned.message()).isEqualTo("scale from 2 to 3 replicas"));
  }

  @Test
  void aNumberThatSomebodyKeepsApplyingIsLeftToHim() {
    owner = "{manager: argocd-controller, operation: Apply";

    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggested -> {
              assertThat(suggested.reason())
                  .isEqualTo(
                      "Owned: spec.replicas is applied by field manager argocd-controller; by"
                          + " hand, set it to 3 there");
              assertThat(suggested.patch()).contains("replicas: 3");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"helm", "argocd-application-controller", "kustomize-controller"})
  void aNumberThatAChartOrGitNamesIsLeftThereHoweverItWasSet(String manager) {
    owner = "{manager: %s, operation: Update".formatted(manager);

    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggested ->
                assertThat(suggested.reason())
                    .isEqualTo(
                        "Owned: spec.replicas is applied by field manager %s; by hand, set it to 3 there"
                            .formatted(manager)));
  }

  /** Its number is nobody's, as where an autoscaler once had it; a change would be drift. */
  @Test
  void aNumberOfADeploymentThatIsDeclaredInGitIsOnlySuggested() {
    labels = "{kustomize.toolkit.fluxcd.io/name: apps}";

    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggested ->
                assertThat(suggested.reason())
                    .startsWith("Owned: Flux keeps it as it is declared in Git"));
  }

  @Test
  void whoBeganToApplyItAfterItWasIntendedIsNotOverruled() {
    var intended = Intended.step(action, (Plan.Do) action.plan(situation()));
    owner = "{manager: kustomize-controller, operation: Apply";

    assertThat(action.act(situation(), intended))
        .isEqualTo(
            new Acted.Owned(
                "Owned: spec.replicas is applied by field manager kustomize-controller"));
    assertThat(writes).isEmpty();
  }

  @Test
  void whereAnAutoscalerDecidesItsMinimumIsRaisedFromWhatThereIs() {
    autoscalers = List.of(autoscaler(10, "", ""));

    assertThat(action.plan(situation()))
        .isEqualTo(
            new Plan.Do(
                "horizontalpodautoscaler/checkout",
                "raise minReplicas from 1 to 3, where there are 2 replicas",
                """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata:
                  name: checkout
                spec:
                  minReplicas: 3
                """,
                Map.of("from", "1", "to", "3", "autoscaler", "h1")));
  }

  @Test
  void theMaximumOfAnAutoscalerIsNeverExceeded() {
    autoscalers = List.of(autoscaler(2, "", ""));

    assertThat(action.plan(situation()))
        .isEqualTo(
            new Plan.Refuse(
                "horizontalpodautoscaler/checkout",
                "MaxReached: 2 replicas, and the policy's max is 4, the"
                    + " HorizontalPodAutoscaler's 2"));
  }

  @ParameterizedTest
  @CsvSource({"flux, Apply", "helm, Update", "argocd-application-controller, Update"})
  void aMinimumThatSomebodyDeclaresIsLeftToHim(String manager, String operation) {
    autoscalers =
        List.of(autoscaler(10, "", "{manager: %s, operation: %s".formatted(manager, operation)));

    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggested -> {
              assertThat(suggested.reason())
                  .isEqualTo(
                      "Owned: spec.minReplicas is applied by field manager %s; by hand, set it to"
                          + " 3 there",
                      manager);
              assertThat(suggested.patch()).contains("minReplicas: 3");
            });
  }

  /** KEDA, for one, sets it again as its ScaledObject says. */
  @Test
  void theMinimumOfAnAutoscalerThatSomethingElseMakesIsOnlySuggested() {
    var owner = "[{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: c, controller: true}]";
    autoscalers = List.of(autoscaler(10, "ownerReferences: " + owner + ",", ""));

    assertThat(action.plan(situation()))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggested ->
                assertThat(suggested.reason())
                    .startsWith(
                        "Owned: HorizontalPodAutoscaler checkout is made by ScaledObject c"));
  }

  /** Kubernetes says AmbiguousSelector, and obeys none of them. */
  @Test
  void whereTwoAutoscalersDecideNothingIsChanged() {
    autoscalers = List.of(autoscaler(10, "", ""), autoscaler(10, "", ""));

    assertThat(action.plan(situation())).isInstanceOf(Plan.Refuse.class);
  }

  @Test
  void anAutoscalerThatCameAfterScalingWasIntendedIsNotOverruled() {
    var intended = Intended.step(action, (Plan.Do) action.plan(situation()));
    autoscalers = List.of(autoscaler(10, "", ""));

    assertThat(action.act(situation(), intended)).isInstanceOf(Acted.No.class);
    assertThat(writes).isEmpty();
  }

  @Test
  void anAutoscalerThatIsGoneTookItsMinimumWithIt() {
    autoscalers = List.of(autoscaler(10, "", ""));
    var intended = Intended.step(action, (Plan.Do) action.plan(situation()));
    autoscalers = List.of();

    assertThat(action.undo(situation().incident(), intended, Fixtures.NOON))
        .isEqualTo(new Seen.Done("the HorizontalPodAutoscaler is gone"));
    assertThat(writes).isEmpty();
  }

  /** It finds the next Deployment by its name. */
  @Test
  void aMinimumOutlivesItsDeploymentAndIsUndoneWithoutIt() {
    autoscalers = List.of(autoscaler(10, "", ""));
    var intended = Intended.step(action, (Plan.Do) action.plan(situation()));
    uid = "another";

    assertThat(((Seen.Done) action.undo(situation().incident(), intended, Fixtures.NOON)).message())
        .contains("minReplicas");
  }

  @Test
  void raisingTheMinimumIsNotDoneBeforeTheReplicasAreThere() {
    autoscalers = List.of(autoscaler(10, "", ""));
    var intended = Intended.step(action, (Plan.Do) action.plan(situation()));

    assertThat(action.done(situation(), intended, deployment(), "rolled out"))
        .isEqualTo(
            new Seen.NotYet("the HorizontalPodAutoscaler has not scaled yet: 2 of 3 replicas"));
  }

  private static HorizontalPodAutoscaler autoscaler(int max, String metadata, String owner) {
    return Serialization.unmarshal(
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: checkout, namespace: shop, uid: h1, %s managedFields: [%s]}
        spec:
          minReplicas: 1
          maxReplicas: %d
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: checkout}
        """
            .formatted(
                metadata,
                owner.isEmpty()
                    ? ""
                    : owner + ", fieldsType: FieldsV1, fieldsV1: {f:spec: {f:minReplicas: {}}}}",
                max),
        HorizontalPodAutoscaler.class);
  }

  private static Situation situation() {
    return new Situation(
        Fixtures.incident("leak", "w1"),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1))),
        Fixtures.NOON);
  }

  private Reply answer(String method, URI uri, String body) {
    if (!method.equals("GET")) {
      writes.add(method + " " + uri);
    }
    return uri.getPath().contains("/deployments/")
        ? Reply.ok(deployment())
        : Reply.list(autoscalers.toArray());
  }

  private Deployment deployment() {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: checkout
          namespace: shop
          uid: %s
          labels: %s
          managedFields:
          - %s, fieldsType: FieldsV1, fieldsV1: {f:spec: {f:replicas: {}}}}
          - {manager: helm, operation: Apply, fieldsType: FieldsV1, fieldsV1: {f:spec: {f:template: {}}}}
        spec: {replicas: 2}
        """
            .formatted(uid, labels, owner),
        Deployment.class);
  }
}
