package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Heapwarden's parts and a tenant may do: asked of the API server as each of them. */
@Order(1)
@ExtendWith(ApiServer.class)
class RbacIT {
  private static final String TENANT = "tenant";

  private static final String POLICY =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: rbac}
      spec:
        selector: {matchLabels: {app: rbac}}
      """;

  @BeforeAll
  static void theTenantMayEditItsNamespace(Tenant tenant) {
    var binding =
        new RoleBindingBuilder()
            .withNewMetadata()
            .withName(TENANT)
            .withNamespace(tenant.namespace())
            .endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "edit")
            .addNewSubject("rbac.authorization.k8s.io", "User", TENANT, null)
            .build();
    tenant.client().resource(binding).create();
  }

  @ParameterizedTest(name = "{0}: {1} {3} ({2}): {4}")
  @CsvSource({
    "agent,    list,   '',             pods,                   yes",
    "agent,    watch,  '',             pods,                   yes",
    "agent,    get,    '',             pods,                   no",
    "agent,    patch,  '',             pods,                   no",
    "agent,    delete, '',             pods,                   no",
    "agent,    create, '',             pods/exec,              no",
    "agent,    get,    '',             secrets,                no",
    "agent,    list,   heapwarden.dev, memorypolicies,         yes",
    "agent,    get,    heapwarden.dev, memorypolicies,         no",
    "agent,    create, heapwarden.dev, memorypolicies,         no",
    "agent,    patch,  heapwarden.dev, memorypolicies,         no",
    "agent,    get,    heapwarden.dev, memorysnapshots,        yes",
    "agent,    update, heapwarden.dev, memorysnapshots/status, yes",
    "agent,    patch,  heapwarden.dev, memorysnapshots/status, no",
    "agent,    create, heapwarden.dev, memorysnapshots,        no",
    "agent,    get,    heapwarden.dev, leakincidents,          no",
    "agent,    get,    '',             nodes/proxy,            no",
    "agent,    create, authentication.k8s.io, tokenreviews,    yes",
    "agent,    create, authorization.k8s.io, subjectaccessreviews, yes",
    "agent,    get,    heapwarden.dev, agents/samples,         no",
    "agent,    get,    heapwarden.dev, memorysnapshots/artifacts, no",
    "operator, get,    heapwarden.dev, agents/samples,         no",
    "operator, get,    heapwarden.dev, memorysnapshots/artifacts, no",
    "operator, create, '',             secrets,                no",
    "operator, patch,  '',             pods,                   yes",
    "operator, create, '',             pods,                   no",
    "operator, create, '',             pods/exec,              no",
    "operator, get,    '',             secrets,                no",
    "operator, create, networking.k8s.io, networkpolicies,     yes",
    "operator, list,   networking.k8s.io, networkpolicies,     no",
    "operator, patch,  networking.k8s.io, networkpolicies,     no",
    "agent,    create, networking.k8s.io, networkpolicies,     no",
    "operator, create, policy,         poddisruptionbudgets,   yes",
    "operator, patch,  policy,         poddisruptionbudgets,   no",
    "agent,    create, policy,         poddisruptionbudgets,   no",
    "operator, list,   '',             secrets,                no",
    "operator, patch,  heapwarden.dev, memorypolicies,         yes",
    "operator, update, heapwarden.dev, memorypolicies,         no",
    "operator, delete, heapwarden.dev, memorypolicies,         no",
    "operator, patch,  heapwarden.dev, memorypolicies/status,  yes",
    "operator, create, heapwarden.dev, memorysnapshots,        yes",
    "operator, delete, heapwarden.dev, memorysnapshots,        yes",
    "operator, update, heapwarden.dev, memorysnapshots,        no",
    "operator, patch,  heapwarden.dev, memorysnapshots/status, no",
    "operator, create, heapwarden.dev, leakincidents,          yes",
    "operator, update, heapwarden.dev, leakincidents/status,   yes",
    "operator, delete, heapwarden.dev, leakincidents,          yes",
    "operator, patch,  apps,           deployments,            yes",
    "operator, create, apps,           deployments,            no",
    "operator, delete, apps,           deployments,            no",
    "operator, update, apps,           deployments/scale,      yes",
    "operator, get,    apps,           statefulsets,           yes",
    "operator, update, '',             pods/resize,            yes",
    "agent,    update, '',             pods/resize,            no",
    "operator, create, '',             pods/eviction,          yes",
    "agent,    create, '',             pods/eviction,          no",
    "operator, patch,  apps,           statefulsets,           no",
    "operator, get,    apps,           daemonsets,             yes",
    "operator, get,    batch,          jobs,                   yes",
    "operator, delete, batch,          jobs,                   no",
    "operator, get,    batch,          cronjobs,               yes",
    "operator, patch,  '',             nodes,                  no",
    "operator, get,    '',             nodes,                  yes",
    "operator, list,   '',             nodes,                  no",
    "operator, create, '',             events,                 yes",
    "operator, patch,  '',             events,                 yes",
    "operator, delete, '',             events,                 no",
    "agent,    create, '',             events,                 no",
  })
  void ourPartsMayDoWhatTheyNeedAndNoMore(
      String part, String verb, String group, String resource, String expected, Tenant tenant) {
    var path = resource.split("/", 2);
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(tenant.namespace())
            .withVerb(verb)
            .withGroup(group)
            .withResource(path[0])
            .withSubresource(path.length == 2 ? path[1] : null)
            .endResourceAttributes()
            .endSpec()
            .build();
    var user = "system:serviceaccount:" + Installation.NAMESPACE + ":heapwarden-" + part;
    try (var client = as(tenant, user, "system:serviceaccounts:" + Installation.NAMESPACE)) {
      var answer = client.authorization().v1().selfSubjectAccessReview().create(review);
      assertThat(answer.getStatus().getAllowed()).isEqualTo(expected.equals("yes"));
    }
  }

  @Test
  void aTenantMayWritePoliciesInItsOwnNamespaceAndInNoOther(Tenant tenant) {
    var policy = Serialization.unmarshal(POLICY, GenericKubernetesResource.class);
    try (var client = as(tenant, TENANT)) {
      // The roles are aggregated a moment after they were applied.
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsMatching(RbacIT::isForbidden)
          .until(() -> new Tenant(client, tenant.namespace()).tryToCreate(policy) != null);
      assertThatThrownBy(() -> new Tenant(client, Installation.NAMESPACE).tryToCreate(policy))
          .matches(RbacIT::isForbidden, "403");
    }
  }

  private static boolean isForbidden(Throwable refusal) {
    return refusal instanceof KubernetesClientException answer && answer.getCode() == 403;
  }

  private static KubernetesClient as(Tenant tenant, String user, String... groups) {
    var config =
        new ConfigBuilder(tenant.client().getConfiguration())
            .withImpersonateUsername(user)
            .withImpersonateGroups(
                Stream.concat(Stream.of("system:authenticated"), Stream.of(groups))
                    .toArray(String[]::new))
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
