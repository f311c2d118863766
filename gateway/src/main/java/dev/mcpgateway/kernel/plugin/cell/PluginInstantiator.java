// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.inspect.SettingsRule;
import dev.mcpgateway.kernel.plugin.wall.FaultLog;
import dev.mcpgateway.kernel.plugin.wall.Gate;
import dev.mcpgateway.kernel.settings.Settings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Makes the plugin's object and asks for its offers, and finds the words for whatever goes wrong there. */
final class PluginInstantiator {

    private static final int MOST_OFFERS = 1_000;
    private static final String TYPE_NAME = "[a-z][a-z0-9-]{0,31}";

    private final ClassLoader loader;
    private final InspectedJar inspection;
    private final String className;
    private final FaultLog faults;

    PluginInstantiator(ClassLoader loader, InspectedJar inspection, FaultLog faults) {
        this.loader = loader;
        this.inspection = inspection;
        this.className = inspection.pluginClass();
        this.faults = faults;
    }

    GatewayPlugin make() throws PluginFault {
        Class<?> type = guarded("its class " + className, () -> Class.forName(className, false, loader));
        if (!GatewayPlugin.class.isAssignableFrom(type)) {
            throw new PluginFault(
                    Code.NOT_A_PLUGIN,
                    "its Plugin-Class " + className + " does not implement GatewayPlugin: name the class that does");
        }
        Constructor<?> constructor = constructor(type);
        return (GatewayPlugin) guarded("its constructor", constructor::newInstance);
    }

    Offers ask(GatewayPlugin plugin, Context context, Gate gate) throws PluginFault {
        List<ProviderOffer> providers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object offered : offered("providers", () -> plugin.providers(context))) {
            if (!(offered instanceof ProviderOffer offer)) {
                throw invalid("providers(context) has an element that is null or no ProviderOffer");
            }
            if (!names.add(offer.name())) {
                throw invalid("providers(context) offers two providers named '" + offer.name() + "'");
            }
            providers.add(gate.gated(offer));
        }
        List<ProviderType> types = new ArrayList<>();
        names.clear();
        for (Object offered : offered("providerTypes", () -> plugin.providerTypes(context))) {
            if (!(offered instanceof ProviderType type)) {
                throw invalid("providerTypes(context) has an element that is null or no ProviderType");
            }
            String name = typeName(type);
            if (!names.add(name)) {
                throw invalid("providerTypes(context) offers two types named '" + name + "'");
            }
            SettingsRule rule = inspection.providerSettings(name);
            types.add(gate.gated(name, type, config -> check(config, rule)));
        }
        Set<String> said = inspection.providerTypes().orElse(names);
        if (!said.equals(names)) {
            throw invalid("providerTypes(context) offers " + names + ", and its manifest says " + said
                    + ": make Plugin-Types (plugin.types in the pom) the same");
        }
        List<InterceptorOffer> interceptors = new ArrayList<>();
        names.clear();
        for (Object offered : offered("interceptors", () -> plugin.interceptors(context))) {
            if (!(offered instanceof InterceptorOffer offer)) {
                throw invalid("interceptors(context) has an element that is null or no InterceptorOffer");
            }
            if (!names.add(offer.name())) {
                throw invalid("interceptors(context) offers two interceptors named '" + offer.name() + "'");
            }
            interceptors.add(gate.gated(offer));
        }
        return new Offers(
                List.copyOf(providers),
                List.copyOf(types),
                List.copyOf(interceptors),
                List.copyOf(transports(plugin, context, gate)));
    }

    private List<TransportOffer> transports(GatewayPlugin plugin, Context context, Gate gate) throws PluginFault {
        List<TransportOffer> transports = new ArrayList<>();
        for (Object offered : offered("clientTransports", () -> plugin.clientTransports(context))) {
            if (!(offered instanceof TransportOffer offer)) {
                throw invalid("clientTransports(context) has an element that is null or no TransportOffer");
            }
            transports.add(gate.gated(offer));
        }
        if (transports.size() > 1) {
            throw invalid("clientTransports(context) offers " + transports.size()
                    + " transports: a plugin has one address, and so one transport");
        }
        if (!transports.isEmpty() && inspection.listen().isEmpty()) {
            throw invalid(
                    "clientTransports(context) offers a transport, and its settings schema has no default for listen:"
                            + " give one, e.g. 127.0.0.1:8080");
        }
        return transports;
    }

    private static void check(ProviderConfig config, SettingsRule rule) {
        try {
            rule.checked("the settings of provider '" + config.name() + "'", Settings.of(config.settings()));
        } catch (PluginFault fault) {
            throw new IllegalArgumentException(fault.reason());
        }
    }

    private static Constructor<?> constructor(Class<?> type) throws PluginFault {
        try {
            if (Modifier.isPublic(type.getModifiers()) && !Modifier.isAbstract(type.getModifiers())) {
                return type.getConstructor();
            }
        } catch (NoSuchMethodException | LinkageError e) {
            // said below
        }
        throw new PluginFault(
                Code.NO_CONSTRUCTOR,
                "its Plugin-Class " + type.getName()
                        + " must be public, not abstract, and have a public constructor without parameters");
    }

    /** Copied while the plugin's own list is guarded. */
    private List<@Nullable Object> offered(String method, Callable<@Nullable List<?>> question) throws PluginFault {
        List<@Nullable Object> copy = new ArrayList<>();
        boolean none = guarded("its " + method + "(context)", () -> {
            List<?> given = question.call();
            if (given == null) {
                return true;
            }
            for (Object each : given) {
                if (copy.size() < MOST_OFFERS) {
                    copy.add(each);
                }
            }
            return false;
        });
        if (none) {
            throw invalid(method + "(context) returned null: return List.of() where there is nothing to offer");
        }
        return copy;
    }

    private String typeName(ProviderType type) throws PluginFault {
        Optional<String> name = guarded("the name() of a provider type", () -> Optional.ofNullable(type.name()));
        if (name.isEmpty() || !name.get().matches(TYPE_NAME)) {
            throw invalid("providerTypes(context) offers a type named '" + name.orElse("null") + "', which must match "
                    + TYPE_NAME);
        }
        return name.get();
    }

    private <T> T guarded(String what, Callable<T> body) throws PluginFault {
        try {
            return body.call();
        } catch (Throwable thrown) {
            throw fault(what, thrown);
        }
    }

    private PluginFault fault(String what, Throwable thrown) {
        return switch (thrown) {
            case InvocationTargetException e when e.getCause() != null -> fault(what, e.getCause());
            case ExceptionInInitializerError e
            when e.getCause() != null -> fault("a static initialiser, reached from " + what + ",", e.getCause());
            case UnsupportedClassVersionError e ->
                new PluginFault(
                        Code.JAVA_TOO_OLD,
                        "one of its classes was compiled for a newer Java than the "
                                + Runtime.version().feature() + " that the gateway runs on: compile with --release "
                                + Runtime.version().feature() + " (ref " + faults.report(what, e) + ")");
            case NoClassDefFoundError e when !isFailedInitialiser(e) -> missing(what, e);
            case ClassNotFoundException e -> missing(what, e);
            case UnsatisfiedLinkError e -> new PluginFault(Code.NATIVE_LIBRARY, nativeLibrary(e, what));
            case LinkageError e ->
                new PluginFault(
                        Code.BROKEN_CLASSES,
                        "its classes do not fit together or not to gateway-api " + GatewayPlugin.API_VERSION
                                + ": build it again from clean (ref " + faults.report(what, e) + ")");
            default ->
                new PluginFault(
                        Code.START_THREW,
                        what + " threw: " + words(thrown) + " (the log says where: ref " + faults.report(what, thrown)
                                + ")");
        };
    }

    private String nativeLibrary(UnsatisfiedLinkError error, String what) {
        String said = words(error);
        return said.contains("already loaded in another classloader")
                ? "a native library of it is held by another plugin, or by the version before, since the JVM lets one class"
                        + " loader at a time have it: unpack it to a temporary file of another name for each start, or restart the"
                        + " gateway (ref " + faults.report(what, error) + ")"
                : "a native library cannot be loaded: " + said + " (ref " + faults.report(what, error) + ")";
    }

    private PluginFault missing(String what, Throwable thrown) {
        String name = String.valueOf(thrown.getMessage()).replace('/', '.');
        return new PluginFault(
                Code.DEPENDENCY_MISSING,
                "it needs the class " + name + ", which is neither in its jar nor in gateway-api: pack the dependency"
                        + " into the jar, e.g. with maven-shade-plugin (ref " + faults.report(what, thrown) + ")");
    }

    /** The JVM says this of a class whose initialiser threw before. */
    private static boolean isFailedInitialiser(NoClassDefFoundError error) {
        return String.valueOf(error.getMessage()).startsWith("Could not initialize");
    }

    /** What it says, else what it is. Describing it may run the plugin's own code. */
    private static String words(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
        } catch (Throwable hostile) {
            return thrown.getClass().getSimpleName();
        }
    }

    private static PluginFault invalid(String what) {
        return new PluginFault(Code.OFFER_INVALID, "its " + what);
    }
}
