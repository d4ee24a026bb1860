package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;

public record MemoryPolicySpec(
    @Required
        @ValidationRule(
            value =
                "(has(self.matchLabels) && size(self.matchLabels) > 0) ||"
                    + " (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
            message =
                "selector must name at least one label: an empty selector would select every pod of"
                    + " the namespace")
        @ValidationRule(
            value =
                "!has(self.matchExpressions) || self.matchExpressions.all(e, (e.operator in ['In',"
                    + " 'NotIn']) == (has(e.values) && size(e.values) > 0))",
            message = "In and NotIn need values; Exists and DoesNotExist take none")
        @JsonPropertyDescription(
            "Pods of the policy's own namespace, by label. Where two policies select a pod the"
                + " oldest wins.")
        LabelSelector selector,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Names of the containers to watch. Default: all containers of the selected pods.")
        List<String> containers,
    @Default("Auto")
        @JsonPropertyDescription("Runtime of the containers. Auto detects it from the executable.")
        RuntimeChoice runtime,
    @Default("{}") @JsonPropertyDescription("What to measure, how often, and over which windows.")
        Observe observe,
    @Size(max = 32)
        @ValidationRule(
            value = "self.all(r, has(r.preset) != has(r.expression))",
            message = "each rule has either a preset, or a name and an expression")
        @ValidationRule(
            value = "self.all(r, has(r.expression) == has(r.name))",
            message = "a rule with an expression needs a name, and a preset takes none")
        // An earlier schema gave every rule forWindows: 2; what was stored so is applied again.
        @ValidationRule(
            value =
                "self.all(r, !has(r.preset) || !has(r.layer) && (!has(r.forWindows) ||"
                    + " r.forWindows == 2))",
            message =
                "layer and forWindows are for a rule with an expression: a preset has its own")
        @ValidationRule(
            value =
                "self.all(r, !has(r.name) || self.exists_one(o, has(o.name) && o.name == r.name))",
            message = "names of rules must differ")
        @JsonPropertyDescription(
            "Rules to evaluate. Default: the preset of each container's runtime.")
        List<Rule> rules,
    @Default("{}") @JsonPropertyDescription("How far Heapwarden may go, and under which guards.")
        Respond respond) {

  public MemoryPolicySpec {
    containers = containers == null ? List.of() : List.copyOf(containers);
    runtime = runtime == null ? RuntimeChoice.AUTO : runtime;
    observe = observe == null ? Observe.defaults() : observe;
    rules = rules == null ? List.of() : List.copyOf(rules);
    respond = respond == null ? Respond.defaults() : respond;
  }
}
