// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RoomsTest {

    @Test
    @Tag("slow")
    void the_plugin_knows_the_API_and_not_the_kernel() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.mcpgateway.kernel..", "org.pf4j..", "tools.jackson..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.mcpgateway.plugin"));
    }
}
