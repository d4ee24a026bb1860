package dev.heapwarden.crds.incident;

import dev.heapwarden.crds.Api;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One leak of one container of one workload, however many pods show it. The operator writes it;
 * people answer in {@code spec.response}.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("leak")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class LeakIncident extends CustomResource<LeakIncidentSpec, LeakIncidentStatus>
    implements Namespaced {}
