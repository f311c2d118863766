// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.settings;

/**
 * Where settings stand in the configuration file, as {@code FILE:LINE:COLUMN}; {@code ""} where they stand in none. Of what
 * is not there, it is the place of what should hold it.
 */
public interface Places {

    /** Of settings that were not read from a file. */
    Places NONE = new Places() {
        @Override
        public String ofKey(String pointer) {
            return "";
        }

        @Override
        public String ofValue(String pointer) {
            return "";
        }
    };

    /**
     * Where the key of a value stands, or where an item of a list begins.
     *
     * @param pointer a JSON Pointer (RFC 6901) into the settings; {@code ""} for all of them
     */
    String ofKey(String pointer);

    /** Where a value begins. */
    String ofValue(String pointer);
}
