// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.DroppedFile;
import dev.mcpgateway.kernel.plugin.drop.Look;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What lies under which name in the drop folder, and whether it has settled: a file is taken when two looks at least 250 ms
 * apart are equal, or nobody has written to it for 2 s. Belongs to the folder's thread.
 */
final class FolderFiles {

    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A copy that has stalled for so long is judged as it is, whatever its time says. */
    private static final long STALLED = TimeUnit.SECONDS.toNanos(2);

    /** Whoever replaces a file by deleting it first puts the new one there in this time. */
    private static final long GONE_AFTER = TimeUnit.MILLISECONDS.toNanos(500);

    /** Where a file was given another name, it is given up when the other has been read, which takes longer on a busy machine. */
    private static final long RENAMED_AFTER = TimeUnit.SECONDS.toNanos(10);

    /** A folder is not listed in one moment: one name may show a little before the other goes. */
    private static final long AT_ONCE = TimeUnit.SECONDS.toNanos(2);

    private final Events events;
    private final Map<Path, Place> places = new HashMap<>();
    private long jars;

    /** Hears what has become of files. */
    interface Events {

        /** Another content lies there; maybe it is not all there yet. */
        void appeared(Jar jar);

        /** It is still being written. */
        void changed(Jar jar);

        /** Another content lies where this one was. */
        void replaced(Jar before);

        /** It is as it is meant to be. */
        void settled(Jar jar);

        /** It cannot be taken. */
        void refused(Jar jar, PluginFault why);

        void vanished(Jar last);
    }

    private static final class Place {
        private Jar jar;
        private long since;
        private Optional<Long> missingSince = Optional.empty();

        Place(Jar jar, long since) {
            this.jar = jar;
            this.since = since;
        }
    }

    FolderFiles(Events events) {
        this.events = events;
    }

    /**
     * Takes in what is there now.
     *
     * @param now on the scale of {@link System#nanoTime()}
     * @return whether there is something to look at again soon
     */
    boolean look(DropFolder.Listing listing, long now) {
        boolean isUnsettled = false;
        Set<Path> there = new HashSet<>();
        for (DroppedFile each : listing.jars()) {
            Optional<Look> look = each.look();
            if (look.isPresent()) {
                there.add(each.file());
                isUnsettled |= look(each.file(), look.get(), now);
            }
        }
        for (Path each : new ArrayList<>(places.keySet())) {
            if (!there.contains(each)) {
                isUnsettled |= misses(each, now);
            }
        }
        return isUnsettled;
    }

    /** It was no longer what it had been when it was read. */
    void unsettled(Jar jar, long now) {
        jar.to(Jar.Station.SETTLING);
        Place place = places.get(jar.file());
        if (place != null && place.jar == jar) {
            place.since = now;
        }
    }

    /** What lies there now, settled or not. */
    List<Jar> all() {
        List<Jar> all = new ArrayList<>();
        places.values().forEach(each -> all.add(each.jar));
        return all;
    }

    /** Whether something lies under this name. */
    Optional<Jar> at(Path file) {
        return Optional.ofNullable(places.get(file)).map(place -> place.jar);
    }

    private boolean look(Path file, Look look, long now) {
        Place place = places.get(file);
        if (place == null) {
            place = new Place(new Jar(file, jars++, look), now);
            places.put(file, place);
            events.appeared(place.jar);
        } else if (!look.showsTheSame(place.jar.look())) {
            place.since = now;
            if (place.jar.station() == Jar.Station.SETTLING) {
                place.jar.changed(look);
                events.changed(place.jar);
            } else {
                Jar before = place.jar;
                before.supersede();
                place.jar = new Jar(file, jars++, look);
                events.replaced(before);
                events.appeared(place.jar);
            }
        }
        place.missingSince = Optional.empty();
        return place.jar.station() == Jar.Station.SETTLING && !settle(place, now);
    }

    /** Returns whether it has settled. */
    private boolean settle(Place place, long now) {
        Jar jar = place.jar;
        Optional<PluginFault> wrong = jar.look().objection();
        if (jar.doubt().isPresent()) { // a copy that stalled goes on while it is young
            if (!jar.look().isEnough() && now - place.since < STALLED) {
                return false;
            }
            wrong = jar.doubt();
        } else if (!jar.look().isEnough() && now - place.since < BETWEEN_LOOKS) {
            return false;
        }
        if (wrong.isPresent()) {
            jar.markUnfit(wrong.get());
            events.refused(jar, wrong.get());
        } else {
            jar.to(Jar.Station.TAKEN);
            events.settled(jar);
        }
        return true;
    }

    /** Whether something that came when the file went has not been read yet: it may be that file, by another name. */
    private boolean mayBeRenamed(long missingSince) {
        return places.values().stream()
                .anyMatch(each -> each.missingSince.isEmpty()
                        && each.since - missingSince > -AT_ONCE
                        && (each.jar.station() == Jar.Station.SETTLING || each.jar.station() == Jar.Station.TAKEN));
    }

    private boolean misses(Path file, long now) {
        Place place = places.get(file);
        if (place == null) {
            return false;
        }
        if (place.missingSince.isEmpty()) {
            place.missingSince = Optional.of(now);
        }
        long missing = now - place.missingSince.get();
        if (missing < GONE_AFTER || (missing < RENAMED_AFTER && mayBeRenamed(place.missingSince.get()))) {
            return true;
        }
        places.remove(file);
        place.jar.supersede();
        events.vanished(place.jar);
        return false;
    }
}
