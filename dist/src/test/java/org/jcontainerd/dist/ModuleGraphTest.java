package org.jcontainerd.dist;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;

/** Who may know whom: docs/architecture.md, "Modules". */
@AnalyzeClasses(packages = "org.jcontainerd", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleGraphTest {
  @ArchTest static final ArchRule linux = module("linux").mayKnow();
  @ArchTest static final ArchRule oci = module("oci").mayKnow();
  @ArchTest static final ArchRule api = module("api").mayKnow();
  @ArchTest static final ArchRule ttrpc = module("ttrpc").mayKnow();
  @ArchTest static final ArchRule snapshotter = module("snapshotter").mayKnow("linux", "oci");
  @ArchTest static final ArchRule jrunc = module("jrunc").mayKnow("linux", "oci");
  @ArchTest static final ArchRule cni = module("cni").mayKnow("linux", "oci");

  @ArchTest
  static final ArchRule jshim =
      module("jshim").mayKnow("linux", "oci", "api.containerd", "api.shim", "ttrpc", "jrunc");

  @ArchTest
  static final ArchRule daemon =
      module("daemon").mayKnow("linux", "oci", "api", "ttrpc", "snapshotter", "cni");

  @ArchTest
  static final ArchRule jctl = module("jctl").mayKnow("linux", "oci", "api", "ttrpc", "daemon");

  @ArchTest static final ArchRule testing = module("testing").mayKnow("linux", "oci", "api.cri");

  @ArchTest static final ArchRule critest = module("critest").mayKnow("oci", "api", "testing");
  @ArchTest static final ArchRule bench = module("bench").mayKnow("oci", "api", "testing");

  /** javac says so where there is a module-info; jshim and the daemon have none. */
  @ArchTest
  static final ArchRule systemCalls_areLinuxsOwn =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("org.jcontainerd.linux..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jcontainerd.linux.sys..")
          .because("the bindings speak C; the other packages of linux speak Java")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule packages_areFreeOfCycles =
      slices()
          .assignedFrom(new PartsOfModules())
          .should()
          .beFreeOfCycles()
          .because("two packages that need each other can be read, tested and changed only as one");

  /**
   * Every package is a slice, but for the root package of a module: that is its face, which uses
   * the parts and gives them their words (failures, ids).
   */
  private static final class PartsOfModules implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      var name = type.getPackageName();
      return name.matches("org\\.jcontainerd(\\.[a-z]+)?")
          ? SliceIdentifier.ignore()
          : SliceIdentifier.of(name);
    }

    @Override
    public String getDescription() {
      return "packages below a module's root";
    }
  }

  private static Module module(String name) {
    return new Module(name);
  }

  private record Module(String name) {
    ArchRule mayKnow(String... others) {
      return ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("org.jcontainerd." + name + "..")
          .should()
          .dependOnClassesThat(oursOutside(others))
          .as("%s knows none of ours but %s".formatted(name, Arrays.toString(others)))
          .because("dependencies point one way: docs/architecture.md draws the graph")
          .allowEmptyShould(true);
    }

    private DescribedPredicate<JavaClass> oursOutside(String... others) {
      var allowed = Arrays.asList(others);
      return DescribedPredicate.describe(
          "are other modules' classes",
          type ->
              isIn(type, "org.jcontainerd")
                  && !isIn(type, "org.jcontainerd." + name)
                  && allowed.stream().noneMatch(other -> isIn(type, "org.jcontainerd." + other)));
    }

    private static boolean isIn(JavaClass type, String root) {
      var name = type.getBaseComponentType().getPackageName();
      return name.equals(root) || name.startsWith(root + ".");
    }
  }
}
