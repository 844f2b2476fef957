package org.jobcontrol.shell;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;

/** What an argument may be completed to; looked up when somebody presses the key. */
abstract class Candidates implements Iterable<String> {
    /** Returns none: picocli asks with no regard to what is there. */
    @Override
    public Iterator<String> iterator() {
        return Collections.emptyIterator();
    }

    /** Returns the words in order, given the arguments before this one. */
    final Stream<String> all(Services there, List<String> before) {
        return unordered(there, before.isEmpty() ? "" : before.get(0))
                .distinct()
                .sorted();
    }

    /**
     * Returns the words.
     *
     * @param first the first argument of the command, or an empty word
     */
    abstract Stream<String> unordered(Services there, String first);

    static Stream<JobInfo> jobs(Services there) {
        return there.control().objects().stream().flatMap(Candidates::jobs);
    }

    static Stream<JobInfo> jobs(JobObjectInfo object) {
        return Stream.of(
                        object.jobs().stream(),
                        object.agent().stream(),
                        object.async().stream(),
                        object.queue().stream())
                .flatMap(jobs -> jobs);
    }

    private static Stream<String> ids(Services there) {
        // A volume's job is on its pool too.
        return jobs(there).map(job -> Long.toString(job.id()));
    }

    static Stream<String> kinds(Services there) {
        return Stream.concat(
                Stream.of("domain", "pool", "volume"),
                there.control().objects().stream().map(object -> object.target().kind()));
    }

    private static Stream<StoragePool> pools(Services there) {
        return there.poolsIfThere().stream().flatMap(pools -> pools.list().stream());
    }

    private static Stream<String> domains(Services there) {
        return there.domainsIfThere().stream()
                .flatMap(domains -> domains.list().stream())
                .map(Domain::name);
    }

    static final class Kinds extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return kinds(there);
        }
    }

    static final class KindsAndIds extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return Stream.concat(kinds(there), ids(there));
        }
    }

    static final class Ids extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return ids(there);
        }
    }

    /** The names of the targets of the kind before. */
    static final class Targets extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            TreeSet<String> names = new TreeSet<>();
            for (JobObjectInfo object : there.control().objects()) {
                TargetId target = object.target();
                if (target.kind().equals(first)) {
                    names.add(target.toString().substring(first.length() + 1));
                }
            }
            switch (first) {
                case "domain" -> domains(there).forEach(names::add);
                case "pool" -> pools(there).map(StoragePool::name).forEach(names::add);
                case "volume" ->
                    pools(there)
                            .forEach(pool -> pool.volumes()
                                    .forEach(volume ->
                                            names.add(pool.name() + "/" + volume.name())));
                default -> {
                    // only what has a job object is known
                }
            }
            return names.stream();
        }
    }

    static final class DomainNames extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return domains(there);
        }
    }

    static final class PoolNames extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return pools(there).map(StoragePool::name);
        }
    }

    /** The names of the volumes of the pool before. */
    static final class VolumeNames extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return pools(there)
                    .filter(pool -> pool.name().equals(first))
                    .flatMap(pool -> pool.volumes().stream())
                    .map(StorageVolume::name);
        }
    }

    /** The types that callers begin. */
    static final class Types extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return Arrays.stream(JobType.values())
                    .filter(type -> type.beginnable() || type == JobType.ASYNC)
                    .map(JobType::name);
        }
    }

    /** The types that a mask can hold, and its two names. */
    static final class MaskTypes extends Candidates {
        @Override
        Stream<String> unordered(Services there, String first) {
            return Stream.concat(
                    Stream.of("NONE", "DEFAULT"),
                    Arrays.stream(JobType.values())
                            .filter(type -> type.beginnable() && type.bit() != 0)
                            .map(JobType::name));
        }
    }
}
