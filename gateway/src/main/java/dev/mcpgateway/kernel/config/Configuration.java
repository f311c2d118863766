// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.kernel.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A configuration file, read and checked. Immutable; two are equal when they say the same.
 *
 * @param file where it came from, absolute
 * @param providers in the order of the file, those that are not enabled included
 * @param plugins settings by plugin id
 */
public record Configuration(
        Path file, List<ProviderEntry> providers, GatewaySettings gateway, Map<String, Settings> plugins) {

    /**
     * Reads a file.
     *
     * @param environment what <code>${NAME}</code> is replaced from, and where the user's folders are found
     * @throws ConfigurationException when it cannot be read or anything in it is wrong
     */
    public static Configuration load(Path file, Map<String, String> environment) throws ConfigurationException {
        Problems problems = new Problems(file);
        byte[] bytes = SourceFile.read(file, problems);
        problems.throwIfAny();
        return of(bytes, file, environment);
    }

    /** As {@link #load}, of what was read from the file already. */
    static Configuration of(byte[] bytes, Path file, Map<String, String> environment) throws ConfigurationException {
        Problems problems = new Problems(file);
        String text = SourceFile.text(bytes, problems);
        problems.throwIfAny();
        YamlTree tree = new YamlReader(text, new Variables(environment), problems).read();
        ConfigSchema.check(tree, problems);
        problems.throwIfAny();
        Configuration configuration =
                new ConfigMapper(file.toAbsolutePath().normalize(), environment, problems).configuration(tree);
        problems.throwIfAny();
        return configuration;
    }

    /** Which settings differ that are read at the start only, e.g. {@code gateway.workDir}; in no particular order. */
    public List<String> needsRestart(Configuration started) {
        return gateway.differences(started.gateway);
    }
}
