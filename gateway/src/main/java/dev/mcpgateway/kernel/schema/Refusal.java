package dev.mcpgateway.kernel.schema;

/** Refusals with everything in them cut to size. */
final class Refusal {

    private Refusal() {}

    static SchemaRefusedException at(String pointer, String reason) {
        return new SchemaRefusedException(Shown.text(pointer), Shown.text(reason));
    }
}
