// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.settings.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the settings of a plugin stand, for whoever finds a mistake in them later. */
class SettingsPlacesTest {

    private static final String YAML = """
            providers: []
            plugins:
              acme:
                port: ${PORT}
                hosts:
                  - {name: a, a/b~: 1}
              empty: {}
            """;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() {
        file = folder.resolve("providers.yaml");
    }

    @Test
    void keys_and_values_have_their_places() throws Exception {
        Places acme = places(YAML, "acme");

        assertThat(acme.ofKey("")).isEqualTo(file + ":3:3");
        assertThat(acme.ofValue("")).isEqualTo(file + ":4:5");
        assertThat(acme.ofKey("/port")).isEqualTo(file + ":4:5");
        assertThat(acme.ofValue("/port")).isEqualTo(file + ":4:11");
        assertThat(acme.ofKey("/hosts/0")).isEqualTo(file + ":6:9");
        assertThat(acme.ofValue("/hosts/0/name")).isEqualTo(file + ":6:16");
        assertThat(acme.ofKey("/hosts/0/a~1b~0")).isEqualTo(file + ":6:19");
        assertThat(places(YAML, "empty").ofValue("")).isEqualTo(file + ":7:10");
    }

    @Test
    void what_is_not_there_is_looked_for_where_it_should_be() throws Exception {
        Places acme = places(YAML, "acme");

        assertThat(acme.ofValue("/prt")).isEqualTo(file + ":4:5");
        assertThat(acme.ofValue("/hosts/0/nam")).isEqualTo(file + ":6:9");
        assertThat(acme.ofValue("/hosts/1")).isEqualTo(file + ":6:7");
        assertThat(acme.ofValue("/hosts/zero/name")).isEqualTo(file + ":6:7");
        assertThat(acme.ofValue("/port/deeper")).isEqualTo(file + ":4:11");
    }

    @Test
    void settings_on_other_lines_are_the_same() throws Exception {
        assertThat(load("# a comment\n" + YAML)).isEqualTo(load(YAML));
    }

    private Places places(String yaml, String id) throws Exception {
        return Objects.requireNonNull(load(yaml).plugins().get(id)).places();
    }

    private Configuration load(String yaml) throws IOException, ConfigurationException {
        return Configuration.load(Files.writeString(file, yaml), Map.of("PORT", "80"));
    }
}
