package dev.heapwarden.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Who may import whom. A rule that finds no class to check fails: ArchUnit's failOnEmptyShould is
 * on by default.
 */
class ModuleRulesTest {
  private static final String CRDS = "dev.heapwarden.crds..";
  private static final String SAMPLE = "dev.heapwarden.detection.sample..";
  private static final String DETECTION = "dev.heapwarden.detection..";
  private static final String PROBES = "dev.heapwarden.probes..";
  private static final String OPERATOR = "dev.heapwarden.operator..";
  private static final String OURS = "dev.heapwarden..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.heapwarden");

  private static final List<ArchRule> RULES =
      List.of(
          classes().that().resideInAPackage(CRDS).should().onlyDependOnClassesThat(insideOr(CRDS)),
          classes()
              .that()
              .resideInAPackage(DETECTION)
              .should()
              .onlyDependOnClassesThat(insideOr(DETECTION)),
          classes()
              .that()
              .resideInAPackage(SAMPLE)
              .should()
              .onlyDependOnClassesThat(insideOr(SAMPLE)),
          classes()
              .that()
              .resideInAPackage(PROBES)
              .should()
              .onlyDependOnClassesThat(insideOr(PROBES, CRDS, SAMPLE)),
          classes()
              .that()
              .resideInAPackage(OPERATOR)
              .should()
              .onlyDependOnClassesThat(insideOr(OPERATOR, CRDS, DETECTION)),
          noClasses()
              .that()
              .resideInAPackage(DETECTION)
              .should()
              .dependOnClassesThat()
              .resideInAPackage("io.fabric8.."),
          noClasses().that().resideInAPackage(DETECTION).should().accessTargetWhere(readsAClock()),
          // Quartz wakes by the machine's clock; all else is given one.
          noClasses()
              .that()
              .resideInAPackage("dev.heapwarden.operator.*..")
              .and()
              .resideOutsideOfPackage("dev.heapwarden.operator.schedule..")
              .should()
              .accessTargetWhere(readsAClock()),
          noClasses()
              .that()
              .resideInAPackage(DETECTION)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage("java.io..", "java.nio..", "java.net.."),
          slices().matching("dev.heapwarden.crds.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.detection.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.probes.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.operator.(*)..").should().beFreeOfCycles(),
          layers(
              PROBES,
              Map.ofEntries(
                  entry("go", Set.of()),
                  entry("target", Set.of("go")),
                  entry("jvm", Set.of("go", "target")),
                  entry("gomemory", Set.of("go", "target")),
                  entry("cost", Set.of("go", "target")),
                  entry("probe", Set.of("cost", "go", "jvm", "target")),
                  entry("buffer", Set.of()),
                  entry("endpoint", Set.of("cost", "target")),
                  entry("nativecode", Set.of("go", "target")),
                  entry(
                      "sample",
                      Set.of(
                          "buffer", "cost", "gclog", "go", "gomemory", "jvm", "probe", "target")),
                  entry("heap", Set.of("probe")),
                  entry("gclog", Set.of("jvm", "target")),
                  entry("lane", Set.of()),
                  entry(
                      "snapshot",
                      Set.of(
                          "cost",
                          "endpoint",
                          "gclog",
                          "go",
                          "gomemory",
                          "heap",
                          "jvm",
                          "lane",
                          "nativecode",
                          "objectstore",
                          "probe",
                          "sample",
                          "target")),
                  entry("objectstore", Set.of()),
                  entry("access", Set.of()),
                  entry(
                      "http",
                      Set.of("access", "buffer", "cost", "gclog", "probe", "sample", "snapshot")))),
          layers(
              OPERATOR,
              Map.ofEntries(
                  entry("api", Set.of()),
                  entry("tls", Set.of()),
                  entry("report", Set.of()),
                  entry("schedule", Set.of()),
                  entry("collect", Set.of("report", "tls")),
                  entry("evaluate", Set.of("collect", "report", "schedule")),
                  entry("incident", Set.of("api", "evaluate", "report")),
                  entry("respond", Set.of("api", "evaluate", "incident", "report", "schedule")),
                  entry("health", Set.of("api", "evaluate", "report")),
                  entry("uninstall", Set.of("evaluate", "respond")))));

  @TestFactory
  List<DynamicTest> modulesImportOnlyWhatTheyMay() {
    return RULES.stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)))
        .toList();
  }

  /**
   * What the packages of a module may use of each other. Data goes one way: a package knows those
   * it comes after, and report, to which all of the operator tell.
   */
  private static ArchRule layers(String module, Map<String, Set<String>> uses) {
    var root = module.replace("..", "");
    var rule =
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitectureIgnoring(
                not(resideInAPackage(root + ".*..")));
    for (var name : uses.keySet()) {
      rule = rule.layer(name).definedBy(root + "." + name + "..");
    }
    for (var use : uses.entrySet()) {
      var layer = rule.whereLayer(use.getKey());
      rule =
          use.getValue().isEmpty()
              ? layer.mayNotAccessAnyLayer()
              : layer.mayOnlyAccessLayers(use.getValue().toArray(String[]::new));
    }
    return rule.as("packages of " + root + " use only those that their data comes from");
  }

  /** The wall clock of the machine, or its uptime. */
  private static DescribedPredicate<JavaAccess<?>> readsAClock() {
    return describe(
        "it is a clock of the machine",
        access -> {
          var name = access.getTarget().getName();
          return access.getTargetOwner().isEquivalentTo(System.class)
              ? name.equals("currentTimeMillis") || name.equals("nanoTime")
              : access.getTargetOwner().getPackageName().equals("java.time")
                  && (name.equals("now") || name.startsWith("system"));
        });
  }

  private static DescribedPredicate<JavaClass> insideOr(String... allowed) {
    return resideInAnyPackage(allowed).or(not(resideInAPackage(OURS)));
  }
}
