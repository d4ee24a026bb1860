package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Asks the API server who a caller is and whether it may. */
public final class AccessReviews {
  private final KubernetesClient client;

  /**
   * @param client one that gives up soon: a caller waits for the answer
   */
  public AccessReviews(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Never {@link Ruling.Unsaid}.
   *
   * @throws KubernetesClientException when the API server does not answer, or refuses to
   */
  Ruling ask(String token, Question question) {
    var review =
        client
            .authentication()
            .v1()
            .tokenReviews()
            .create(
                new TokenReviewBuilder()
                    .withNewSpec()
                    .withToken(token)
                    .withAudiences(AgentAccess.AUDIENCE)
                    .endSpec()
                    .build());
    var status = review.getStatus();
    if (status == null
        || !Boolean.TRUE.equals(status.getAuthenticated())
        || status.getUser() == null
        // Who asks about an audience has to look for it: an authenticator may know of none.
        || !status.getAudiences().contains(AgentAccess.AUDIENCE)) {
      return new Ruling.Unknown(
          "the API server does not accept this token for the audience " + AgentAccess.AUDIENCE);
    }
    return ruling(status.getUser(), question);
  }

  private Ruling ruling(UserInfo user, Question question) {
    var review =
        client
            .authorization()
            .v1()
            .subjectAccessReview()
            .create(
                new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser(user.getUsername())
                    .withUid(user.getUid())
                    .withGroups(user.getGroups())
                    .withExtra(user.getExtra())
                    .withNewResourceAttributes()
                    .withVerb("get")
                    .withGroup(Api.GROUP)
                    .withVersion(Api.VERSION)
                    .withResource(question.resource())
                    .withSubresource(question.subresource())
                    .withNamespace(question.namespace())
                    .withName(question.name())
                    .endResourceAttributes()
                    .endSpec()
                    .build());
    return review.getStatus() != null && Boolean.TRUE.equals(review.getStatus().getAllowed())
        ? new Ruling.Allowed(user.getUsername())
        : new Ruling.Denied(user.getUsername(), denial(user.getUsername(), question));
  }

  private static String denial(String user, Question question) {
    var name = question.name().isEmpty() ? "" : " " + question.name();
    return "%s may not get %s/%s.%s%s in namespace %s"
        .formatted(
            user,
            question.resource(),
            question.subresource(),
            Api.GROUP,
            name,
            question.namespace());
  }
}
