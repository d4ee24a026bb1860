package dev.heapwarden.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
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
          noClasses()
              .that()
              .resideInAPackage(DETECTION)
              .should()
              .callMethod(java.time.Instant.class, "now"),
          noClasses()
              .that()
              .resideInAPackage(DETECTION)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage("java.io..", "java.nio..", "java.net.."),
          slices().matching("dev.heapwarden.crds.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.detection.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.probes.(*)..").should().beFreeOfCycles(),
          slices().matching("dev.heapwarden.operator.(*)..").should().beFreeOfCycles());

  @TestFactory
  List<DynamicTest> modulesImportOnlyWhatTheyMay() {
    return RULES.stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)))
        .toList();
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      insideOr(String... allowed) {
    return com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(allowed)
        .or(
            com.tngtech.archunit.base.DescribedPredicate.not(
                com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(OURS)));
  }
}
