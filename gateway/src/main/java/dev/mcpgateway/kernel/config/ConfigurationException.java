package dev.mcpgateway.kernel.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. The message has a line for each of the first problems. */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    private final String lines;

    ConfigurationException(List<Problem> problems) {
        super(null, null, false, false); // a person reads the lines; a stack trace helps nobody
        String first = problems.stream().limit(SHOWN).map(Problem::toString).collect(Collectors.joining("\n"));
        int more = problems.size() - SHOWN;
        lines = more > 0 ? first + "\nand " + more + " more" : first;
    }

    @Override
    public String getMessage() {
        return lines;
    }
}
