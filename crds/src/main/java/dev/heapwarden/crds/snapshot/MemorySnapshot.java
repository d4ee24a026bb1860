package dev.heapwarden.crds.snapshot;

import dev.heapwarden.crds.Api;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * Asks the agent of the pod's node for evidence of one container. The operator or a user creates
 * it; the agent answers in the status.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("memsnap")
@AdditionalPrinterColumn(name = "Pod", jsonPath = ".spec.pod")
@AdditionalPrinterColumn(name = "Container", jsonPath = ".spec.container")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class MemorySnapshot extends CustomResource<MemorySnapshotSpec, MemorySnapshotStatus>
    implements Namespaced {}
