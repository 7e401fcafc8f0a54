package org.jcontainerd.dist;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.File;
import java.nio.file.Files;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** Names, forbidden calls and null: what every class of ours keeps. */
@AnalyzeClasses(
    packages = "org.jcontainerd",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      HouseRulesTest.WithoutGenerated.class,
    })
class HouseRulesTest {
  private static final Pattern DUMPING_GROUND =
      Pattern.compile(".*(Util|Utils|Helper|Helpers|Common|Misc|Impl)|.+Base|Manager");

  private static final String[] TOOLS = {
    "org.jcontainerd.bench..", "org.jcontainerd.critest..", "org.jcontainerd.testing.."
  };

  @ArchTest
  static final ArchRule foreignMemory_isTouchedByLinuxSysAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.jcontainerd.linux.sys..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..")
          .because(
              "a wrong layout or a lost errno corrupts silently; one package holds every binding"
                  + " and is tested against the C headers");

  @ArchTest
  static final ArchRule types_areNamedAfterAConcept =
      classes()
          .should(matchNot(DUMPING_GROUND))
          .because("a name that says nothing collects everything; name the type after its subject");

  @ArchTest
  static final ArchRule exit_isCalledInMainOnly =
      noClasses()
          .that()
          .doNotHaveSimpleName("Main")
          .and()
          .doNotHaveSimpleName("Training")
          .should()
          .callMethod(System.class, "exit", int.class)
          .because("only the program's edge knows that nothing else is left to undo");

  @ArchTest
  static final ArchRule files_areNioPaths =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(File.class)
          .because("java.io.File answers false where java.nio.file.Files says why");

  @ArchTest
  static final ArchRule programs_areNotStartedByTheJdk =
      noClasses()
          .that()
          .resideOutsideOfPackages(TOOLS)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ProcessBuilder.class, Process.class)
          .orShould()
          .callMethodWhere(named(Runtime.class.getName(), "exec"))
          .because(
              "linux.process.Spawn passes exactly the descriptors it is told and answers a pidfd;"
                  + " the JDK's launcher does neither");

  /**
   * Left out: jctl, which samples counters at an interval, and the registry client, which waits as
   * long as a busy registry tells it to (Retry-After) or backs off where it tells nothing.
   */
  @ArchTest
  static final ArchRule nobody_sleeps =
      noClasses()
          .that()
          .resideOutsideOfPackages(TOOLS)
          .and()
          .resideOutsideOfPackages(
              "org.jcontainerd.jctl..",
              "org.jcontainerd.daemon.registry..",
              "org.jcontainerd.daemon.image..")
          .should()
          .callMethodWhere(named("java.lang.Thread", "sleep"))
          .because("a sleep is a guess: wait for the event itself, with a deadline");

  @ArchTest
  static final ArchRule threads_areBuiltWithAName =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.jcontainerd.linux..")
          .should()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "new Thread", call -> call.getTargetOwner().isEquivalentTo(Thread.class)))
          .because("Thread.ofVirtual() and Thread.ofPlatform().name(...) say what waits and why");

  @ArchTest
  static final ArchRule nobody_usesThreadLocals =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ThreadLocal.class)
          .because("with virtual threads it leaks or multiplies; request context is a ScopedValue");

  @ArchTest
  static final ArchRule temporaryFiles_areNotInTmp =
      noClasses()
          .that()
          .resideOutsideOfPackages(TOOLS)
          .should()
          .callMethodWhere(named(Files.class.getName(), "createTempFile"))
          .because(
              "a state file is written beside its target and renamed by the class that owns it");

  @ArchTest
  static final ArchRule format_hasALocale =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .because("numbers in files and on the wire must not follow the operator's language");

  @ArchTest
  static final ArchRule statics_areFinal =
      fields()
          .that()
          .areStatic()
          .should()
          .haveModifier(FINAL)
          .because(
              "static mutable state joins tests, pods and threads that have nothing in common");

  @ArchTest
  static final ArchRule logging_isTheDaemonsAlone =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.jcontainerd.linux..",
              "org.jcontainerd.oci..",
              "org.jcontainerd.jrunc..",
              "org.jcontainerd.jshim..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.slf4j..", "java.util.logging..")
          .because("libraries throw; jrunc and jshim write runc's JSON log format");

  @ArchTest
  static final ArchRule services_areListedNotDiscovered =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ServiceLoader.class)
          .because("what exists stands in one visible list, wired by hand");

  /** The library modules are marked as a whole, in their module-info. */
  @ArchTest
  static final ArchRule packages_areNullMarked =
      classes()
          .that()
          .resideInAnyPackage(
              "org.jcontainerd.jshim..",
              "org.jcontainerd.daemon..",
              "org.jcontainerd.jctl..",
              "org.jcontainerd.critest..",
              "org.jcontainerd.bench..")
          .should(
              new ArchCondition<JavaClass>("be in a package marked @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            type, "'%s' has no @NullMarked".formatted(type.getPackageName())));
                  }
                }
              })
          .because("null does not exist here unless a type says so");

  private static DescribedPredicate<JavaMethodCall> named(String owner, String name) {
    return DescribedPredicate.describe(
        owner + "." + name,
        call -> call.getTargetOwner().getName().equals(owner) && call.getName().equals(name));
  }

  private static ArchCondition<JavaClass> matchNot(Pattern pattern) {
    return new ArchCondition<>("not be named like " + pattern) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (pattern.matcher(type.getSimpleName()).matches()) {
          events.add(SimpleConditionEvent.violated(type, type.getFullName()));
        }
      }
    };
  }

  static final class WithoutGenerated implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/org/jcontainerd/api/");
    }
  }
}
