package io.sw4rm.scheduler.autoconfigure;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Holds the rules of the house: what each room may know of the others.
 */
@AnalyzeClasses(packages = "io.sw4rm.scheduler", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

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
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.haveModifier(JavaModifier.PUBLIC)
		.andShould()
		.haveModifier(JavaModifier.FINAL);

}
