package org.jobcontrol.domain;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobAbortedException;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainException.Reason;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.DomainStatistics;
import org.jobcontrol.api.domain.StatisticsGroup;
import org.jobcontrol.domain.TestFiles.Saved;
import org.jobcontrol.domain.TestGuest.Work;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A driver without a hypervisor. Its guests live in this object; to save or restore one moves its
 * memory at a set rate, and so takes time, makes progress and can be aborted.
 */
@Component(
        service = DomainDriver.class,
        configurationPid = TestDriver.PID,
        property = "service.ranking:Integer=" + TestDriver.RANKING)
@Designate(ocd = TestDriver.Config.class)
public final class TestDriver implements DomainDriver {
    static final String PID = "org.jobcontrol.domain.test";

    /** Below every driver of real domains. */
    static final int RANKING = -1000;

    private static final Logger LOG = LoggerFactory.getLogger(TestDriver.class);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);
    private static final long MIN_RATE = TestGuest.PAGE;
    private static final long MAX_RATE = 1L << 40;
    private static final long DEFAULT_RATE = 256L << 20;
    private static final long MAX_START_MILLIS = 60_000;

    /** What may be configured. */
    @ObjectClassDefinition(
            name = "jobcontrol test driver for domains",
            description = "Simulated domains; for trying and for tests")
    public @interface Config {
        /**
         * Returns the rate at which save and restore move memory.
         *
         * @return bytes per second
         */
        @AttributeDefinition(
                name = "Memory rate",
                description = "Bytes of memory that save and restore move in a second",
                min = "" + MIN_RATE,
                max = "" + MAX_RATE)
        long memory__rate__bytes() default DEFAULT_RATE;

        /**
         * Returns how long a domain takes to start.
         *
         * @return milliseconds
         */
        @AttributeDefinition(
                name = "Start time",
                description = "Milliseconds that a domain takes to start",
                min = "0",
                max = "" + MAX_START_MILLIS)
        long start__millis() default 0;
    }

    private record Settings(long rate, long startMillis) {}

    /** Held while names are compared: uuids alone would be told apart by the map. */
    private final Object defining = new Object();

    private final Map<UUID, TestGuest> guests = new ConcurrentHashMap<>();
    private final Set<Path> saving = ConcurrentHashMap.newKeySet();
    private volatile Settings settings = new Settings(DEFAULT_RATE, 0);

    /**
     * Makes a driver without guests.
     *
     * @param config how fast it is to be
     */
    @Activate
    public TestDriver(Config config) {
        configure(config);
    }

    TestDriver(long memoryRate, long startMillis) {
        settings = new Settings(memoryRate, startMillis);
    }

    @Modified
    void configure(Config config) {
        Settings last = settings;
        settings = new Settings(
                inRange(
                        "memory_rate_bytes",
                        config::memory__rate__bytes,
                        MIN_RATE,
                        MAX_RATE,
                        last.rate),
                inRange(
                        "start_millis",
                        config::start__millis,
                        0,
                        MAX_START_MILLIS,
                        last.startMillis));
    }

    @Deactivate
    void stop() {
        guests.values().forEach(TestGuest::stop);
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public List<DomainSpec> list() {
        return guests.values().stream().map(TestGuest::spec).toList();
    }

    @Override
    public void define(DomainSpec spec) throws DomainException {
        TestGuest guest = new TestGuest(spec);
        if (spec.attributes().containsKey(DomainSpec.XML)) {
            throw guest.failure(
                    Reason.UNSUPPORTED,
                    "is not defined: the test driver simulates domains and takes no libvirt XML",
                    null);
        }
        synchronized (defining) {
            for (TestGuest other : guests.values()) {
                if (other.spec().name().equals(spec.name())
                        || other.spec().uuid().equals(spec.uuid())) {
                    throw guest.failure(Reason.EXISTS, "exists already, as " + other.spec(), null);
                }
            }
            guests.put(spec.uuid(), guest);
        }
    }

    @Override
    public void undefine(UUID domain, Job job) throws DomainException {
        guest(domain).requireShutOff();
        guests.remove(domain);
    }

    @Override
    public DomainInfo info(UUID domain) throws DomainException {
        return guest(domain).info();
    }

    @Override
    public DomainInfo query(UUID domain, Job job) throws DomainException {
        return guest(domain).info();
    }

    @Override
    public void start(UUID domain, Job start)
            throws DomainException, JobAbortedException, InterruptedException {
        // as by this driver's policy
        AsyncJob job = (AsyncJob) start;
        TestGuest guest = guest(domain);
        Work work = guest.work();
        try {
            step(guest, job, "domain.createProcess", () -> work.begin(false));
            job.onAbort(work::wake);
            work.await(
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.startMillis), job);
            long memory = guest.spec().memory();
            step(guest, job, "domain.startCpus", () -> work.finish(DomainState.RUNNING, memory));
        } finally {
            work.end();
        }
    }

    @Override
    public void suspend(UUID domain, Job job) throws DomainException {
        guest(domain).suspend();
    }

    @Override
    public void resume(UUID domain, Job job) throws DomainException {
        guest(domain).resume();
    }

    @Override
    public void setMemory(UUID domain, long bytes, Job job) throws DomainException {
        guest(domain).setMemory(bytes);
    }

    @Override
    public void save(UUID domain, Path to, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        TestGuest guest = guest(domain);
        Path file = to.toAbsolutePath();
        if (!saving.add(file)) {
            throw guest.failure(Reason.BAD_FILE, file + " is being written already", null);
        }
        Work work = guest.work();
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw guest.failure(Reason.BAD_FILE, file + " exists already", null);
            }
            step(guest, job, "domain.stopCpus", () -> work.begin(true));
            save(guest, work, file, job);
        } catch (FileAlreadyExistsException e) {
            throw guest.failure(Reason.BAD_FILE, file + " exists by now", e);
        } catch (IOException e) {
            throw guest.failure(Reason.IO, file + " cannot be written", e);
        } finally {
            work.end();
            saving.remove(file);
        }
    }

    @Override
    public void restore(UUID domain, Path from, AsyncJob job)
            throws DomainException, JobAbortedException, InterruptedException {
        TestGuest guest = guest(domain);
        Saved saved = guest.read(from.toAbsolutePath());
        Work work = guest.work();
        try {
            step(guest, job, "domain.createProcess", () -> work.begin(false));
            work.move(saved.memory(), this::rate, job);
            step(guest, job, "domain.startCpus", () -> work.finish(saved.state(), saved.memory()));
        } finally {
            work.end();
        }
    }

    @Override
    public Map<UUID, DomainStatistics> statistics(
            Map<UUID, Job> domains, Set<StatisticsGroup> groups) {
        Map<UUID, DomainStatistics> seen = new HashMap<>();
        for (UUID domain : domains.keySet()) {
            TestGuest guest = guests.get(domain);
            if (guest != null) {
                seen.put(domain, guest.statistics(groups));
            }
        }
        return seen;
    }

    @Override
    public void kill(UUID domain) throws DomainException {
        guest(domain).kill();
    }

    /** Does nothing: a killed guest leaves nothing behind, and may even have been started again. */
    @Override
    public void destroy(UUID domain, Job job) throws DomainException {
        guest(domain);
    }

    private TestGuest guest(UUID domain) throws DomainException {
        TestGuest guest = guests.get(domain);
        if (guest == null) {
            throw new DomainException(Reason.NOT_FOUND, domain.toString(), "no such domain", null);
        }
        return guest;
    }

    private void save(TestGuest guest, Work work, Path file, AsyncJob job)
            throws IOException, DomainException, JobAbortedException, InterruptedException {
        Saved saved = work.saved();
        Path part = TestFiles.part(file);
        try {
            work.move(saved.memory(), this::rate, job);
            step(guest, job, "domain.finishSave", () -> {
                TestFiles.publish(part, file, saved);
                try {
                    work.finish(DomainState.SHUTOFF, guest.spec().memory());
                } catch (DomainException e) {
                    TestFiles.discard(file);
                    throw e;
                }
            });
        } finally {
            TestFiles.discard(part);
        }
    }

    private long rate() {
        return settings.rate;
    }

    /** Takes a step that needs the hypervisor, as a nested job. */
    private static <X extends Exception> void step(
            TestGuest guest, AsyncJob job, String operation, Step<X> step)
            throws DomainException, InterruptedException, X {
        try (Job nested = job.beginNested(operation, STEP_TIMEOUT)) {
            try {
                step.run();
            } catch (Exception | Error e) {
                nested.fail(e);
                throw e;
            }
        } catch (JobRefusedException e) {
            throw guest.failure(
                    Reason.INVALID_STATE, "the domain is not free: " + e.getMessage(), e);
        }
    }

    private static long inRange(
            String key, LongSupplier configured, long min, long max, long last) {
        Object value;
        try {
            long number = configured.getAsLong();
            if (number >= min && number <= max) {
                return number;
            }
            value = number;
        } catch (RuntimeException e) {
            // The framework's way to say that it is no number.
            value = e.getMessage();
        }
        LOG.warn("{}: {} is not a number from {} to {}; {} stays", key, value, min, max, last);
        return last;
    }

    private interface Step<X extends Exception> {
        void run() throws DomainException, X;
    }
}
