package dev.mcpgateway.kernel.config;

import java.nio.file.Path;

/**
 * One thing that is wrong with a configuration.
 *
 * @param line from 1; 0 where it is the file as a whole
 * @param column from 1
 * @param text what is wrong and what to do; never a value, which may be a secret
 */
record Problem(Path file, int line, int column, String text) {

    @Override
    public String toString() {
        return line == 0 ? file + ": " + text : file + ":" + line + ":" + column + ": " + text;
    }
}
