package io.sw4rm.scheduler.autoconfigure;

import java.util.Set;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the permitted dependencies between modules and packages.
 */
@AnalyzeClasses(packages = "io.sw4rm.scheduler", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String AUTOCONFIGURE = "io.sw4rm.scheduler.autoconfigure";

	private static final Set<String> CORE = Set.of(AUTOCONFIGURE, AUTOCONFIGURE + ".channel", AUTOCONFIGURE + ".tls",
			AUTOCONFIGURE + ".diagnostics");

	@ArchTest
	static final ArchRule clientKnowsTheProtocolAlone = noClasses().that()
		.resideInAPackage("io.sw4rm.scheduler.client..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..", "io.sw4rm.scheduler.embedded..",
				"io.sw4rm.scheduler.autoconfigure..");

	@ArchTest
	static final ArchRule embeddedSchedulerKnowsTheProtocolAlone = noClasses().that()
		.resideInAPackage("io.sw4rm.scheduler.embedded..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..", "io.sw4rm.scheduler.client..",
				"io.sw4rm.scheduler.autoconfigure..");

	@ArchTest
	static final ArchRule embeddedSchedulerIsOptional = noClasses().that()
		.resideInAPackage("io.sw4rm.scheduler.autoconfigure..")
		.and()
		.resideOutsideOfPackage("io.sw4rm.scheduler.autoconfigure.embedded..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.sw4rm.scheduler.embedded..");

	@ArchTest
	static final ArchRule librariesOfContainersAreOptional = noClasses().that()
		.resideOutsideOfPackages(AUTOCONFIGURE + ".docker", AUTOCONFIGURE + ".testcontainers")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot.docker..", "org.springframework.boot.testcontainers..",
				"org.testcontainers..");

	@ArchTest
	static final ArchRule optionalLibrariesStayInConfigurations = noClasses().that()
		.resideInAPackage("io.sw4rm.scheduler.autoconfigure..")
		.and()
		.areNotAnnotatedWith(Configuration.class)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("tools.jackson..", "reactor..");

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("io.sw4rm.scheduler.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule packagesDependOnTheCoreOnly = classes().that()
		.resideInAPackage("io.sw4rm.scheduler.autoconfigure..")
		.should(dependOnCoreOnly());

	@ArchTest
	static void rootPackageIsSmall(JavaClasses classes) {
		assertThat(classes.stream()
			.filter((type) -> type.getPackageName().equals(AUTOCONFIGURE))
			.filter((type) -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
			.map(JavaClass::getSimpleName)).isNotEmpty().hasSizeLessThanOrEqualTo(16);
	}

	private static ArchCondition<JavaClass> dependOnCoreOnly() {
		return new ArchCondition<>("depend on their own package and on " + CORE + " only") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
					String target = dependency.getTargetClass().getPackageName();
					if (target.startsWith(AUTOCONFIGURE) && !target.equals(type.getPackageName())
							&& !CORE.contains(target)) {
						events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
					}
				}
			}

		};
	}

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.haveModifier(JavaModifier.PUBLIC)
		.andShould()
		.haveModifier(JavaModifier.FINAL);

}
