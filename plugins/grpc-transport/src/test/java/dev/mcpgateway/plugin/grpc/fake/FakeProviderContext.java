// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.fake;

import dev.mcpgateway.api.ProviderContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Remembers what a provider reports. */
public final class FakeProviderContext implements ProviderContext {

    private final List<String> reports = new CopyOnWriteArrayList<>();

    /** In order: {@code up}, {@code down: REASON}, {@code changed}, {@code updated: URI}. */
    public List<String> reports() {
        return List.copyOf(reports);
    }

    /** The last report; empty where there was none. */
    public String lastReport() {
        return reports.isEmpty() ? "" : reports.getLast();
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("provider.test");
    }

    @Override
    public ExecutorService executor() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Override
    public void changed() {
        reports.add("changed");
    }

    @Override
    public void resourceUpdated(String uri) {
        reports.add("updated: " + uri);
    }

    @Override
    public void up() {
        reports.add("up");
    }

    @Override
    public void down(String reason) {
        reports.add("down: " + reason);
    }
}
