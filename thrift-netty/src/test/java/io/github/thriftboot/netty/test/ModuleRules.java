package io.github.thriftboot.netty.test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Checks what holds for the main code of every module: what it must not know, and that
 * its packages have no cycle.
 */
public final class ModuleRules {

	private ModuleRules() {
	}

	/**
	 * Check a module.
	 * @param basePackage the package of the module
	 * @param forbidden packages that it must not depend on, such as {@code com.netflix..}
	 */
	public static void check(String basePackage, String... forbidden) {
		JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages(basePackage);
		noClasses().should().dependOnClassesThat().resideInAnyPackage(forbidden).check(classes);
		slices().assignedFrom(new PackageSlices(basePackage)).should().beFreeOfCycles().check(classes);
	}

	/**
	 * Makes each package of the module a slice.
	 */
	private record PackageSlices(String basePackage) implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
			String name = javaClass.getPackageName();
			boolean own = name.equals(this.basePackage) || name.startsWith(this.basePackage + ".");
			return own ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
		}

		@Override
		public String getDescription() {
			return "packages of " + this.basePackage;
		}

	}

}
