package io.github.thriftboot.netty;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Rules for the code of this module.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.thriftboot.netty";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	@Test
	void runtimeKnowsNeitherSpringNorNetflix() {
		noDependency("..", "org.springframework..", "com.netflix..", "io.github.resilience4j..").check(CLASSES);
	}

	@Test
	void clientAndServerDoNotKnowEachOther() {
		noDependency(ROOT + ".client..", ROOT + ".server..").check(CLASSES);
		noDependency(ROOT + ".server..", ROOT + ".client..").check(CLASSES);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void publicClassesHaveNoPublicFieldsThatChange() {
		fields().that()
			.areDeclaredInClassesThat()
			.arePublic()
			.and()
			.arePublic()
			.should()
			.beFinal()
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void noStaticFieldChanges() {
		fields().that().areStatic().should().beFinal().check(CLASSES);
	}

	private static ClassesShouldConjunction noDependency(String from, String... to) {
		return noClasses().that().resideInAPackage(from).should().dependOnClassesThat().resideInAnyPackage(to);
	}

}
