package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpgateway.testkit.TestGateway;
import dev.mcpgateway.testkit.TestJar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin in a gateway, used as an MCP client uses it. */
class PluginTest {

    @RegisterExtension
    static final TestGateway gateway = TestGateway.create();

    @BeforeAll
    static void the_plugin_is_live() {
        gateway.drop(TestJar.ofClasses(Plugin.class)).awaitLive();
    }

    @Test
    void who_is_named_is_greeted() {
        assertEquals("Hello, Alice!", gateway.call("${artifactId}.greet.v1", "{\"name\":\"Alice\"}").text());
    }

    @Test
    void nobody_cannot_be_greeted() {
        assertTrue(gateway.call("${artifactId}.greet.v1", "{}").isError());
    }
}
