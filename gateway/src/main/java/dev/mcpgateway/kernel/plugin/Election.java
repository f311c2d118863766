// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the files that say they are the same plugin is to serve: the highest version that wants no provider type of another plugin's. A pure
 * function of what lies in the folder and of those that serve, in whatever order they came.
 *
 * @param winner empty where none may
 * @param refused the others, and why
 */
record Election<C extends Election.Candidate>(Optional<C> winner, Map<C, PluginFault> refused) {

    /** A jar that was found fit to be loaded. */
    interface Candidate {

        /** Of its file, as operators know it. */
        String fileName();

        String id();

        PluginVersion version();

        String sha256();

        /** Grows with every jar that is seen. */
        long number();

        /** The provider types that it offers, as far as its manifest names them. */
        Set<String> types();
    }

    /**
     * Who comes second to a provider type is told so before it is started. Whose manifest does not name its types hears of it when it joins.
     *
     * @param candidates all of one id
     * @param incumbent as below; with one nobody is refused for a type, since it serves on where another version cannot take its place
     * @param others that serve or are about to, of other ids
     */
    static <C extends Candidate> Election<C> of(List<C> candidates, @Nullable C incumbent, Collection<C> others) {
        Election<C> first = of(candidates, incumbent);
        Optional<PluginFault> clash =
                incumbent == null ? first.winner.flatMap(it -> clash(it, others)) : Optional.empty();
        if (clash.isEmpty()) {
            return first;
        }
        C winner = first.winner.orElseThrow();
        Election<C> ofTheRest =
                of(candidates.stream().filter(each -> each != winner).toList(), null, others);
        Map<C, PluginFault> refused = new LinkedHashMap<>(ofTheRest.refused);
        refused.put(winner, clash.get());
        return new Election<>(ofTheRest.winner, refused);
    }

    private static <C extends Candidate> Optional<PluginFault> clash(C it, Collection<C> others) {
        for (String type : new TreeSet<>(it.types())) {
            for (C other : others) {
                if (other.types().contains(type)) {
                    return Optional.of(PluginFault.nameTaken(
                            "plugin '" + other.id() + "' offers the provider type '" + type
                                    + "' already: remove one of the two",
                            Optional.of(other.id())));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * @param candidates all of one id
     * @param incumbent serves now; among the candidates as long as its file lies there unchanged
     */
    static <C extends Candidate> Election<C> of(List<C> candidates, @Nullable C incumbent) {
        Map<C, PluginFault> refused = new LinkedHashMap<>();
        List<C> highest = new ArrayList<>();
        C best = candidates.stream()
                .max(Comparator.comparing(Candidate::version))
                .orElse(null);
        for (C each : candidates) {
            if (best != null && each.version().compareTo(best.version()) < 0) {
                refused.put(each, lower(each, best));
            } else {
                highest.add(each);
            }
        }
        highest.sort(Comparator.comparing(Candidate::fileName).thenComparing(Candidate::number));
        Optional<C> winner = highest.isEmpty() ? Optional.empty() : amongEquals(highest, incumbent, refused);
        return new Election<>(winner, refused);
    }

    /** Equal versions should be equal bytes; only a snapshot may change under its name. */
    private static <C extends Candidate> Optional<C> amongEquals(
            List<C> equals, @Nullable C incumbent, Map<C, PluginFault> refused) {
        C first = equals.getFirst();
        C winner;
        if (incumbent != null && equals.contains(incumbent) && !isNewerSnapshotThere(equals, incumbent)) {
            winner = incumbent;
        } else if (first.version().isSnapshot()) {
            winner = equals.stream()
                    .max(Comparator.comparingLong(Candidate::number))
                    .orElseThrow();
        } else if (incumbent != null && incumbent.version().compareTo(first.version()) == 0) {
            winner = withBytesOf(equals, incumbent);
        } else {
            winner = withBytesOf(equals, first);
            if (!equals.stream().allMatch(each -> each.sha256().equals(first.sha256()))) {
                equals.forEach(each -> refused.put(each, otherBuild(each, aRival(equals, each))));
                return Optional.empty();
            }
        }
        for (C each : equals) {
            if (each != winner) {
                C rival = winner == null ? incumbent : winner;
                refused.put(each, isCopy(each, rival) ? copy(each, rival) : otherBuild(each, rival));
            }
        }
        return Optional.ofNullable(winner);
    }

    private static <C extends Candidate> boolean isNewerSnapshotThere(List<C> equals, C incumbent) {
        return incumbent.version().isSnapshot()
                && equals.stream()
                        .anyMatch(each -> each.number() > incumbent.number()
                                && !each.sha256().equals(incumbent.sha256()));
    }

    private static <C extends Candidate> @Nullable C withBytesOf(List<C> equals, Candidate wanted) {
        return equals.stream()
                .filter(each -> each.sha256().equals(wanted.sha256()))
                .findFirst()
                .orElse(null);
    }

    private static <C extends Candidate> C aRival(List<C> equals, C of) {
        return equals.stream()
                .filter(each -> !each.sha256().equals(of.sha256()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isCopy(Candidate one, @Nullable Candidate other) {
        return other != null && one.sha256().equals(other.sha256());
    }

    private static PluginFault lower(Candidate it, Candidate higher) {
        return new PluginFault(
                Code.LOWER_VERSION,
                "its version " + it.version() + " of '" + it.id() + "' is lower than " + higher.version() + " in "
                        + higher.fileName() + ": remove one of the two files");
    }

    private static PluginFault otherBuild(Candidate it, @Nullable Candidate other) {
        String who = "'" + it.id() + "' " + it.version();
        return new PluginFault(
                Code.DUPLICATE_ID,
                other == null || other.fileName().equals(it.fileName())
                        ? "it is another build of the same " + who
                                + ", and the one that was there before serves on: give it a higher version"
                        : other.fileName() + " is another build of the same " + who
                                + ": remove one of the two files, or give this one a higher version");
    }

    private static PluginFault copy(Candidate it, @Nullable Candidate other) {
        String file = other == null ? "another file" : other.fileName();
        return new PluginFault(Code.DUPLICATE_FILE, "it is a copy of " + file + ": remove one of the two files");
    }
}
