// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the walls between the rooms that ARCHITECTURE.md describes. */
class RoomsTest {

    private static final String KERNEL = "dev.mcpgateway.kernel";
    private static final Path MAP = Path.of("..", "ARCHITECTURE.md");
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mcpgateway");

    @Test
    void packages_have_no_cycles() {
        // One slice for each package, so that a package and its own sub-packages are told apart too.
        hold(slices().matching("dev.mcpgateway.(**)").should().beFreeOfCycles());
    }

    @Test
    void only_the_cell_of_a_plugin_sees_PF4J() {
        hold(noClasses()
                .that(not(resideInAPackage(KERNEL + ".plugin.cell")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.pf4j.."));
    }

    @Test
    void the_kernel_knows_no_plugin_and_none_of_what_plugins_are_for() {
        hold(noClasses()
                .that()
                .resideInAPackage(KERNEL + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.mcpgateway.plugin..",
                        "dev.mcpgateway.provider..",
                        "dev.mcpgateway.testkit..",
                        "io.grpc..",
                        "com.google.protobuf..",
                        "io.nats..",
                        "org.eclipse.jetty..",
                        "jakarta.servlet..",
                        "com.sun.net.httpserver.."));
    }

    @Test
    void the_kernel_speaks_MCP_itself() {
        hold(noClasses()
                .that()
                .resideInAPackage(KERNEL + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.modelcontextprotocol..", "reactor.."));
    }

    @Test
    void the_plugin_API_needs_nothing_but_the_JDK() {
        hold(classes()
                .that()
                .resideInAPackage("dev.mcpgateway.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.mcpgateway.api..", "java..", "org.jspecify.annotations"));
    }

    @Test
    void the_map_in_ARCHITECTURE_names_exactly_the_packages_there_are() throws IOException {
        Set<String> packages = OURS.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(KERNEL))
                .map(name -> name.substring("dev.mcpgateway.".length()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(packagesOnTheMap())
                .as("lines `kernel.NAME   what it does` in a fenced block of ARCHITECTURE.md")
                .isEqualTo(packages);
    }

    @Test
    void every_room_knows_exactly_the_rooms_that_its_arrow_in_ARCHITECTURE_leads_to() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        for (JavaClass each : OURS) {
            room(each)
                    .ifPresent(from -> each.getDirectDependenciesFromSelf().stream()
                            .flatMap(dependency -> room(dependency.getTargetClass()).stream())
                            .filter(to -> !to.equals(from))
                            .forEach(to -> known.computeIfAbsent(from, room -> new TreeSet<>())
                                    .add(to)));
        }
        known.keySet().removeAll(Set.of("cli", "gateway")); // which wire everything

        assertThat(arrowsOnTheMap())
                .as("lines `room ─▶ rooms` of ARCHITECTURE.md")
                .isEqualTo(known);
    }

    private static Optional<String> room(JavaClass ofKernel) {
        String name = ofKernel.getPackageName();
        return name.startsWith(KERNEL + ".")
                ? Optional.of(name.substring(KERNEL.length() + 1).split("\\.", 2)[0])
                : Optional.empty();
    }

    private static Map<String, Set<String>> arrowsOnTheMap() throws IOException {
        Map<String, Set<String>> arrows = new TreeMap<>();
        Matcher line = Pattern.compile("(?m)^([a-z]+) *─▶ ([a-z ]+)$").matcher(Files.readString(MAP));
        while (line.find()) {
            if (!line.group(2).equals("everything below")) {
                arrows.put(line.group(1), new TreeSet<>(List.of(line.group(2).split(" "))));
            }
        }
        return arrows;
    }

    /** The map is every line of a fenced block that starts with a kernel package, two or more spaces, and a word on it. */
    private static Set<String> packagesOnTheMap() throws IOException {
        String text = Files.readString(MAP);
        Set<String> names = new TreeSet<>();
        Matcher block = Pattern.compile("(?ms)^```[^\\n]*\\n(.*?)^```").matcher(text);
        while (block.find()) {
            Matcher line =
                    Pattern.compile("(?m)^ *(kernel(?:\\.[a-z]+)*) {2,}\\S").matcher(block.group(1));
            while (line.find()) {
                names.add(line.group(1));
            }
        }
        return names;
    }

    private static void hold(ArchRule rule) {
        rule.allowEmptyShould(true).check(OURS);
    }
}
