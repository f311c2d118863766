// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The kernel may change under the testkit without authors noticing. */
class RoomsTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mcpgateway.testkit");

    @Test
    void authors_are_shown_nothing_of_the_kernel() {
        DescribedPredicate<JavaClass> inTheKernel = resideInAPackage("dev.mcpgateway.kernel..");
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .notHaveRawReturnType(inTheKernel)
                .andShould()
                .notHaveRawParameterTypes(DescribedPredicate.anyElementThat(inTheKernel))
                .check(OURS);
    }

    @Test
    void authors_need_nothing_but_JUnit_beside_the_kernel() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.mcpgateway.testkit",
                        "dev.mcpgateway.api",
                        "dev.mcpgateway.kernel..",
                        "java..",
                        "javax.management..",
                        "org.jspecify.annotations",
                        "org.junit.jupiter.api..")
                .check(OURS);
    }
}
