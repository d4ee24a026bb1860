package dev.heapwarden.detection.rule;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.heapwarden.detection.feature.Feature;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The CEL that rules are written in: doubles, booleans, comparison, arithmetic and logic over the
 * features. No loops, text or patterns: evaluation takes as many steps as the expression has nodes,
 * and cannot fail.
 */
final class Dialect {
  /** Powers of 1,024, as memory is counted. */
  static final Map<String, Double> CONSTANTS =
      Map.of("KB", 1024.0, "MB", 1024.0 * 1024, "GB", 1024.0 * 1024 * 1024);

  /** The preset rules have 170 characters at most; ten times that is ample. */
  private static final int MAX_CHARACTERS = 2_000;

  private static final int MAX_NODES = 300;
  private static final int MAX_DEPTH = 32;

  private static final Map<String, Feature> FEATURES =
      Arrays.stream(Feature.values())
          .collect(Collectors.toUnmodifiableMap(Feature::celName, feature -> feature));

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_CHARACTERS)
          .maxParseExpressionNodeCount(MAX_NODES)
          .maxParseRecursionDepth(MAX_DEPTH)
          .enableComprehension(false)
          // The planner insists; the declared overloads are of doubles all the same.
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final CelCompiler COMPILER = compiler();
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

  private Dialect() {}

  /** Null when refused; then every mistake was told. */
  static @Nullable Expression compile(String rule, String text, Consumer<RuleError> mistakes) {
    var parsed = COMPILER.compile(text);
    try {
      if (parsed.hasError()) {
        parsed.getErrors().forEach(issue -> mistakes.accept(error(rule, issue)));
        return null;
      }
      var tree = parsed.getAst();
      var names = featuresOf(tree);
      if (names.isEmpty()) {
        mistakes.accept(new RuleError(rule, "the expression names no feature", 0, 0, known()));
        return null;
      }
      return new Expression(text, RUNTIME.createProgram(tree), names);
    } catch (CelValidationException | CelEvaluationException e) {
      mistakes.accept(new RuleError(rule, String.valueOf(e.getMessage()), 0, 0, List.of()));
      return null;
    }
  }

  private static CelCompiler compiler() {
    var builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(
                CelStandardDeclarations.newBuilder()
                    .filterFunctions(
                        (_, overload) ->
                            overload.celOverloadDecl().parameterTypes().stream()
                                .allMatch(Dialect::isSpoken))
                    .build())
            .setResultType(SimpleType.BOOL);
    Stream.concat(FEATURES.keySet().stream(), CONSTANTS.keySet().stream())
        .forEach(name -> builder.addVar(name, SimpleType.DOUBLE));
    return builder.build();
  }

  private static boolean isSpoken(CelType type) {
    return type.equals(SimpleType.DOUBLE)
        || type.equals(SimpleType.BOOL)
        || type.kind() == CelKind.TYPE_PARAM;
  }

  private static Set<Feature> featuresOf(CelAbstractSyntaxTree tree) {
    var names = EnumSet.noneOf(Feature.class);
    for (CelReference reference : tree.getReferenceMap().values()) {
      var feature = FEATURES.get(reference.name());
      if (feature != null) {
        names.add(feature);
      }
    }
    return names;
  }

  private static RuleError error(String rule, CelIssue issue) {
    var place = issue.getSourceLocation();
    var message = issue.getMessage();
    boolean unknownName = message.startsWith("undeclared reference");
    if (message.contains("no matching overload") && message.contains("int")) {
      message += "; every feature is a double: write 1.0, not 1";
    }
    // CEL counts columns from 0.
    return new RuleError(
        rule,
        message,
        Math.max(place.getLine(), 0),
        place.getLine() > 0 ? place.getColumn() + 1 : 0,
        unknownName ? known() : List.of());
  }

  private static List<String> known() {
    return FEATURES.keySet().stream().sorted().toList();
  }
}
