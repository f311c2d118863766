// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.GatewayPlugin;

/** The parent of every plugin's class loader: the JDK and gateway-api, and nothing else of the kernel's class path. */
final class ApiClassLoader extends ClassLoader {

    static final ApiClassLoader PARENT = new ApiClassLoader();

    private static final String API = GatewayPlugin.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    private ApiClassLoader() {
        super("gateway-api", getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith(API)) {
            return Class.forName(name, false, GatewayPlugin.class.getClassLoader());
        }
        throw new ClassNotFoundException(name);
    }
}
