package dev.mcpgateway.kernel.gateway;

/** Which gateway this is. */
public final class Version {

    private Version() {}

    /** From the jar's manifest; {@code development} where there is none. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
