package dev.heapwarden.crds.policy;

import dev.heapwarden.crds.Api;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Selects pods of its own namespace and says what to watch, when to worry and how far to go. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("memorypolicies")
@ShortNames("mempol")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.respond.mode")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class MemoryPolicy extends CustomResource<MemoryPolicySpec, MemoryPolicyStatus>
    implements Namespaced {}
