// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.ProviderContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;

/** Writes down what a provider tells the kernel. */
final class FakeProviderContext implements ProviderContext {

    final List<String> heard = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
        return "acme";
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("test");
    }

    @Override
    public ExecutorService executor() {
        throw new AssertionError("a plugin's provider runs on its plugin's executor");
    }

    @Override
    public void changed() {
        heard.add("changed");
    }

    @Override
    public void resourceUpdated(String uri) {
        heard.add("updated " + uri);
    }

    @Override
    public void up() {
        heard.add("up");
    }

    @Override
    public void down(String reason) {
        heard.add("down " + reason);
    }
}
