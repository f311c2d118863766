// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

/** Exit codes; beyond the first two, those of {@code sysexits.h}. */
final class Exit {

    static final int OK = 0;
    static final int REFUSED = 1;
    static final int USAGE = 64;
    static final int OS_ERROR = 71;
    static final int CONFIG = 78;

    private Exit() {}
}
