// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.testkit.Answer;
import dev.mcpgateway.testkit.TestGateway;
import dev.mcpgateway.testkit.TestJar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin in a gateway, used as an MCP client uses it. */
class HelloPluginTest {

    @RegisterExtension
    static final TestGateway gateway = TestGateway.create();

    @BeforeAll
    static void the_plugin_is_live() {
        gateway.drop(TestJar.ofClasses(HelloPlugin.class)).awaitLive();
    }

    @Test
    void a_message_comes_back_as_it_was_spelled() {
        Answer answer = gateway.call("hello.echo.v1", "{\"message\": \"caf\\u00e9 \\n\"}");

        assertThat(answer.text()).isEqualTo("{\"message\":\"caf\\u00e9 \\n\"}");
    }

    @Test
    void numbers_are_added_up_and_what_is_none_is_refused_before_the_plugin_hears_of_it() {
        assertThat(gateway.call("hello.sum.v1", "{\"numbers\":[1,2,3]}").text()).isEqualTo("{\"sum\":6}");
        assertThat(gateway.call("hello.sum.v1", "{\"numbers\":[\"x\"]}"))
                .matches(Answer::isError)
                .extracting(Answer::text)
                .asString()
                .contains("/numbers/0");
    }

    @Test
    void the_greeting_can_be_read_and_nothing_else() {
        assertThat(gateway.read("hello://greeting").text()).isEqualTo("Hello, MCP");
        assertThat(gateway.read("hello://nonexistent").errorCode()).hasValue(-32002);
    }

    @Test
    void a_plan_greets_by_name() {
        assertThat(gateway.prompt("hello-plan", "{\"name\":\"Alice\"}").text())
                .isEqualTo("Hello, Alice! Let me propose a plan for you...");
    }
}
