// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.ExtensionWrapper;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.VersionManager;

/**
 * PF4J for exactly one jar: what its plugin managers share is where they break each other's plugins. The jar was
 * inspected before, so nothing is looked for, read or compared here.
 */
final class SingleJarManager extends AbstractPluginManager {

    private final PluginDescriptor descriptor;
    private final ClassLoader loader;
    private final Plugin plugin;

    /**
     * @param loader of the jar's classes; closed with the plugin
     * @param plugin what PF4J starts and stops
     */
    SingleJarManager(String id, String version, String pluginClass, ClassLoader loader, Plugin plugin) {
        super(List.of(Path.of("")));
        this.loader = loader;
        this.descriptor = new DefaultPluginDescriptor(id, "", pluginClass, version, "*", "", "");
        this.plugin = plugin;
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorFinder() {
            @Override
            public boolean isApplicable(Path jar) {
                return true;
            }

            @Override
            public PluginDescriptor find(Path jar) {
                return descriptor;
            }
        };
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return wrapper -> plugin;
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new PluginLoader() {
            @Override
            public boolean isApplicable(Path jar) {
                return true;
            }

            @Override
            public ClassLoader loadPlugin(Path jar, PluginDescriptor of) {
                return loader;
            }
        };
    }

    /** The manifest's ranges were judged at inspection, by rules of ours. */
    @Override
    protected boolean isPluginValid(PluginWrapper wrapper) {
        return true;
    }

    @Override
    protected VersionManager createVersionManager() {
        return new VersionManager() {
            @Override
            public boolean checkVersionConstraint(String version, String constraint) {
                return true;
            }

            @Override
            public int compareVersions(String one, String other) {
                return one.compareTo(other);
            }
        };
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String id) {
                return false;
            }

            @Override
            public void disablePlugin(String id) {}

            @Override
            public void enablePlugin(String id) {}
        };
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of();
            }

            @Override
            public boolean deletePluginPath(Path jar) {
                return false;
            }
        };
    }

    /** Plugins make offers instead of extensions. */
    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new ExtensionFinder() {
            @Override
            public <T> List<ExtensionWrapper<T>> find(Class<T> type) {
                return List.of();
            }

            @Override
            public <T> List<ExtensionWrapper<T>> find(Class<T> type, String pluginId) {
                return List.of();
            }

            @Override
            @SuppressWarnings("rawtypes") // as PF4J declares it
            public List<ExtensionWrapper> find(String pluginId) {
                return List.of();
            }

            @Override
            public Set<String> findClassNames(String pluginId) {
                return Set.of();
            }
        };
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }
}
