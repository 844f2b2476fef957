package org.jobcontrol.core.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.JobUnavailableException;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.VirtualClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;

/** Replays one trace on a job object of a real engine, with a thread for each actor. */
final class TraceRunner implements AutoCloseable {
    /*
     * A round decides under the command's own thread, so when a command is over, whoever has left the
     * queue is decided, and its thread is bound to say so: there is nothing to wait for but that.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * Something that happened to an actor because of another's command.
     *
     * @param asked when it had asked for a job, and so when its deadline is
     */
    private record Event(String actor, Outcome outcome, long asked) {
        /** Returns whether this and another could have happened in the other order as well. */
        boolean hasNoOrderWith(Event other) {
            return asked == other.asked
                    && outcome.result().equals(TIMEOUT)
                    && other.outcome.result().equals(TIMEOUT);
        }
    }

    private static final String TIMEOUT = "refused TIMEOUT";

    private final VirtualClock clock = new VirtualClock();
    private final JobEngine engine = new JobEngine(clock, Settings.DEFAULTS);
    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Actor> arrivals = new ArrayList<>();
    private final JobObject jobs;

    TraceRunner() {
        engine.adapters().add(new DomainNamed(), "domain", 0);
        jobs = engine.control("trace").of("web-01");
    }

    /**
     * Replays a trace.
     *
     * @return the first line that differs and how, or empty
     */
    Optional<String> run(List<String> lines) throws InterruptedException {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] sides = line.split(" => ", 2);
            if (sides.length != 2) {
                return Optional.of("line " + (i + 1) + ": no '=>' in: " + line);
            }
            events.clear();
            Outcome outcome = execute(sides[0].strip());
            collectEvents();
            if (!matches(sides[1], outcome)) {
                return Optional.of("line " + (i + 1) + ": " + line + "\n     but: " + say(outcome));
            }
        }
        return Optional.empty();
    }

    private boolean matches(String recorded, Outcome outcome) {
        String[] parts = recorded.split("\\|");
        if (parts.length != events.size() + 1 || !outcome.matches(parts[0].strip())) {
            return false;
        }
        List<Event> left = new ArrayList<>(events);
        for (int i = 1; i < parts.length; i++) {
            String[] actorAndResult = parts[i].strip().split(" ", 2);
            Event first = left.get(0);
            Optional<Event> event = left.stream()
                    .filter(next -> next.actor().equals(actorAndResult[0]))
                    .filter(next -> next == first || next.hasNoOrderWith(first))
                    .filter(next -> next.outcome().matches(actorAndResult[1]))
                    .findFirst();
            if (event.isEmpty()) {
                return false;
            }
            left.remove(event.get());
        }
        return true;
    }

    private String say(Outcome outcome) {
        return outcome
                + events.stream()
                        .map(event -> " | " + event.actor() + " " + event.outcome())
                        .collect(Collectors.joining());
    }

    // ---- commands -------------------------------------------------------------------------------

    private Outcome execute(String command) throws InterruptedException {
        String[] words = command.split(" +");
        switch (words[0]) {
            case "close" -> jobs.close();
            case "advance" ->
                clock.advance(Duration.ofMillis(Long.parseLong(words[1])), this::collectEvents);
            case "maxq" -> engine.settings(queueMax(Integer.parseInt(words[1])));
            case "state" -> {
                return Outcome.of(state());
            }
            default -> {
                return act(actors.computeIfAbsent(words[0], Actor::new), words);
            }
        }
        return Outcome.of("ok");
    }

    private Outcome act(Actor actor, String[] words) throws InterruptedException {
        String argument = words.length > 2 ? words[2] : "";
        switch (words[1]) {
            case "interrupt" -> {
                actor.interrupt();
                arrivals.remove(actor);
                events.add(new Event(actor.name, outcomeOf(actor), actor.asked));
                return Outcome.of("ok");
            }
            case "begin" -> {
                return begin(
                        actor, () -> actor.job = jobs.begin(JobType.valueOf(argument), "trace"));
            }
            case "beginAgent" -> {
                return begin(
                        actor,
                        () -> actor.agent =
                                jobs.begin(JobType.valueOf("AGENT_" + argument), "trace"));
            }
            case "beginAsync" -> {
                return begin(
                        actor,
                        () -> actor.async = jobs.beginAsync(
                                DomainOperation.valueOf(argument),
                                JobMask.DEFAULT,
                                Settings.DEFAULTS.beginTimeout()));
            }
            case "nested" -> {
                return begin(
                        actor,
                        () -> actor.job =
                                actor.async.beginNested("trace", Settings.DEFAULTS.beginTimeout()));
            }
            case "beginNowait" -> {
                return Actor.await(actor.submit(() -> tryBegin(actor, JobType.valueOf(argument))));
            }
            default -> {
                return Actor.await(actor.submit(() -> end(actor, words[1], argument)));
            }
        }
    }

    private Outcome tryBegin(Actor actor, JobType type) {
        try {
            Optional<Job> job = jobs.tryBegin(type, "trace");
            job.ifPresent(begun -> actor.job = begun);
            return Outcome.of(job.isPresent() ? "granted" : "refused NOWAIT");
        } catch (JobUnavailableException e) {
            return Outcome.of("refused " + e.reason());
        }
    }

    private static Outcome end(Actor actor, String verb, String argument) {
        switch (verb) {
            case "end" -> actor.job.close();
            case "endAgent" -> actor.agent.close();
            case "endAsync" -> actor.async.close();
            case "setmask" -> actor.async.mask(mask(argument));
            default -> throw new IllegalArgumentException("unknown command: " + verb);
        }
        return Outcome.of("ok");
    }

    private Outcome begin(Actor actor, Callable<Job> begin) throws InterruptedException {
        Future<Outcome> call = actor.submit(() -> {
            try {
                return Outcome.granted(begin.call().fence());
            } catch (JobRefusedException e) {
                return Outcome.refused(e);
            } catch (InterruptedException e) {
                return Outcome.of("interrupted");
            }
        });
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!call.isDone()) {
            if (actor.parkedInRequest()) {
                actor.waiting = call;
                actor.asked = clock.nanos();
                arrivals.add(actor);
                return Outcome.of("waiting");
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(actor.name + " neither began nor waits");
            }
            LockSupport.parkNanos(10_000);
        }
        return Actor.await(call);
    }

    // ---- what happened --------------------------------------------------------------------------

    /** Notes who was decided: first who was refused, in arrival order, and then who was granted. */
    private void collectEvents() {
        List<String> queue = queue();
        List<Event> refused = new ArrayList<>();
        List<Event> granted = new ArrayList<>();
        for (Actor actor : List.copyOf(arrivals)) {
            if (!queue.contains(actor.name)) {
                Outcome outcome = outcomeOf(actor);
                (outcome.result().equals("granted") ? granted : refused)
                        .add(new Event(actor.name, outcome, actor.asked));
                arrivals.remove(actor);
            }
        }
        granted.sort(Comparator.comparingLong(event -> event.outcome().fence()));
        events.addAll(refused);
        events.addAll(granted);
    }

    private static Outcome outcomeOf(Actor actor) {
        try {
            Outcome outcome = Actor.await(actor.waiting);
            actor.waiting = null;
            return outcome;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private List<String> queue() {
        return jobs.info().queue().stream().map(job -> job.owner().thread()).toList();
    }

    private String state() {
        JobObjectInfo info = jobs.info();
        int queued = info.jobs().size() + info.queue().size();
        queued += info.agent().isPresent() ? 1 : 0;
        queued += info.async().isPresent() ? 1 : 0;
        String mask = info.mask()
                .map(value ->
                        value.types().stream().map(JobType::name).collect(Collectors.joining(",")))
                .orElse("-");
        return "job=" + held(info.jobs().stream().findFirst(), job -> job.type().name())
                + " agent="
                + held(info.agent(), job -> job.type().name().substring("AGENT_".length()))
                + " async=" + held(info.async(), JobInfo::operation)
                + " mask=" + mask
                + " queued=" + queued;
    }

    private static String held(Optional<JobInfo> job, Function<JobInfo, String> what) {
        return job.map(info -> what.apply(info) + "/" + info.owner().thread()).orElse("NONE");
    }

    private static JobMask mask(String list) {
        JobMask mask = JobMask.NONE;
        for (String name : list.equals("NONE") ? new String[0] : list.split(",")) {
            mask = mask.with(JobType.valueOf(name));
        }
        return mask;
    }

    private static Settings queueMax(int max) {
        Settings now = Settings.DEFAULTS;
        return new Settings(
                now.beginTimeout(),
                max,
                now.historySize(),
                now.historyAge(),
                now.drainTimeout(),
                now.stuckWarn(),
                now.leakTracking(),
                now.overtakingGrace());
    }

    /** Ends the actors; jobs they still hold go with the engine. */
    @Override
    public void close() {
        actors.values().forEach(Actor::stop);
        clock.close();
    }

    private static final class DomainNamed implements TargetAdapter<String> {
        @Override
        public Class<String> type() {
            return String.class;
        }

        @Override
        public TargetId identify(String name) {
            return TargetId.of("domain", name);
        }

        @Override
        public AdmissionPolicy policy() {
            return AdmissionPolicy.LIBVIRT;
        }
    }
}
