// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.testkit.sample.Borrower;
import dev.mcpgateway.testkit.sample.Greeter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A jar that lies there when the gateway starts, seen through the testkit as a plugin's author sees it. */
class TestGatewayTest {

    private static final String ALICE = "{\"name\":\"Alice\"}";

    @RegisterExtension
    final TestGateway gateway = TestGateway.create().settings("polite", Map.of("greeting", "Good day, $" + "{USER}"));

    @Test
    void a_jar_of_the_classes_goes_live_and_its_tool_is_called() {
        gateway.drop(greeter()).awaitLive();
        assertThat(gateway.tools()).containsExactly("greeter.greet.v1");

        Answer answer = gateway.call("greeter.greet.v1", ALICE);

        assertThat(answer.isError()).isFalse();
        assertThat(answer.text()).isEqualTo("{\"greeting\":\"Hello, Alice!\"}");
        assertThat(answer.json().orElseThrow().object()).isEqualTo(Map.of("greeting", "Hello, Alice!"));
        assertThat(answer.errorCode()).isEmpty();
        assertThat(answer.raw().object()).containsKey("content");
    }

    @Test
    void equal_contents_make_equal_jars_whenever_they_are_made() throws IOException {
        try (ZipInputStream jar =
                new ZipInputStream(new ByteArrayInputStream(greeter().bytes()))) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                assertThat(entry.getTime()).as(entry.getName()).isZero();
            }
        }
    }

    @Test
    void a_resource_is_read_and_a_prompt_filled_in() {
        gateway.drop(greeter()).awaitLive();
        assertThat(gateway.resources()).containsExactly("greeter://greeting");
        assertThat(gateway.prompts()).containsExactly("greeting");
        assertThat(gateway.read("greeter://greeting").text()).isEqualTo("Hello");
        assertThat(gateway.prompt("greeting", ALICE).text()).isEqualTo("Hello, Alice!");
    }

    @Test
    void arguments_that_violate_the_schema_are_an_error_without_a_code() {
        gateway.drop(greeter()).awaitLive();
        Answer answer = gateway.call("greeter.greet.v1", "{}");
        assertThat(answer.isError()).isTrue();
        assertThat(answer.errorCode()).isEmpty();
        assertThat(answer.text()).contains("input schema").contains("name");
    }

    @Test
    void a_tool_that_nobody_has_is_an_error_with_a_code() {
        gateway.drop(greeter()).awaitLive();
        Answer answer = gateway.call("greeter.bow.v1", "{}");
        assertThat(answer.isError()).isTrue();
        assertThat(answer.errorCode()).hasValue(-32602);
        assertThat(answer.text()).contains("greeter.bow.v1");
    }

    @Test
    void arguments_that_are_no_JSON_are_not_sent() {
        assertThatThrownBy(() -> gateway.call("greeter.greet.v1", "{name: Alice}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the arguments are no JSON");
    }

    @Test
    void settings_reach_the_plugin_word_for_word() {
        gateway.drop(greeter().id("polite")).awaitLive();
        assertThat(gateway.read("greeter://greeting").text()).isEqualTo("Good day, $" + "{USER}");
    }

    @Test
    void a_jar_that_is_refused_says_why() {
        DroppedJar jar = gateway.drop(greeter().requires(">=99"));
        assertThatThrownBy(jar::awaitLive)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("greeter.jar is not live, it is REFUSED: API_VERSION: ")
                .hasMessageContaining("99");
        assertThat(jar.awaitRefused().code()).isEqualTo("API_VERSION");
    }

    @Test
    void a_jar_that_lacks_a_library_fails_and_goes_live_with_it(@TempDir Path folder) {
        TestJar lacking = TestJar.ofClasses(Borrower.class).id("lacking");
        TestJar complete =
                TestJar.ofClasses(Borrower.class).id("complete").library(org.assertj.core.util.Strings.class);
        DroppedJar first = gateway.drop(lacking);
        DroppedJar second = gateway.drop(complete);
        assertThat(first.awaitRefused())
                .returns("FAILED", DroppedJar.Refusal::state)
                .returns("DEPENDENCY_MISSING", DroppedJar.Refusal::code);
        second.awaitLive();
    }

    @Test
    void a_jar_that_was_built_is_dropped_as_it_is(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("built.jar"), greeter().bytes());
        TestJar jar = TestJar.of(file);
        assertThat(jar.bytes()).isEqualTo(Files.readAllBytes(file));
        gateway.drop(jar).awaitLive();
    }

    @Test
    void without_a_Plugin_Id_it_says_what_to_do() {
        assertThatThrownBy(() -> gateway.drop(TestJar.ofClasses(Greeter.class)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("plugin-parent")
                .hasMessageContaining("TestJar.id");
    }

    @Test
    void the_built_jar_is_the_one_in_target_and_before_the_build_there_is_none(@TempDir Path target)
            throws IOException {
        assertThatThrownBy(() -> TestJar.builtIn(target))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mvn package");
        Files.write(target.resolve("greeter-1.0.0.jar"), greeter().bytes());
        Files.write(target.resolve("greeter-1.0.0-sources.jar"), new byte[0]);
        assertThat(TestJar.builtIn(target).bytes()).isEqualTo(greeter().bytes());
    }

    private static TestJar greeter() {
        return TestJar.ofClasses(Greeter.class).id("greeter");
    }
}
