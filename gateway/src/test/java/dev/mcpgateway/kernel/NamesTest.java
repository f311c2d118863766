// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md asks of names, as far as a machine can tell. */
class NamesTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mcpgateway");

    @Test
    void a_method_that_changes_something_is_not_named_like_a_question() {
        methods()
                .that()
                .haveRawReturnType(void.class)
                .should()
                .haveNameNotMatching("(is|has|have|can|may|was|were)[A-Z].*")
                .because("a name that asks a question promises an answer: a method that changes state has a verb")
                .check(OURS);
    }

    @Test
    void a_simple_name_means_one_thing_in_the_kernel() {
        List<String> twice = OURS.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(each -> each.getPackageName().startsWith("dev.mcpgateway.kernel"))
                .filter(each -> !each.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(each -> each.getValue() > 1)
                .map(each -> each.getKey())
                .toList();

        assertThat(twice).as("names of more than one class").isEmpty();
    }
}
