// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.text.PlainText;

/** Refusals with everything in them cut to size. */
final class Refusal {

    private Refusal() {}

    static SchemaRefusedException at(String pointer, String reason) {
        return new SchemaRefusedException(
                PlainText.oneLine(pointer, Reason.LONGEST), PlainText.oneLine(reason, Reason.LONGEST));
    }
}
