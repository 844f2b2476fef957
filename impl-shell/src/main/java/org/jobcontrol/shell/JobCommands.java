package org.jobcontrol.shell;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jobcontrol.api.Explanation;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObject;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobState;
import org.jobcontrol.api.JobStats;
import org.jobcontrol.api.JobType;
import org.jobcontrol.shell.text.Table;
import org.jobcontrol.shell.text.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that look at jobs: none of them waits for one or changes one. */
@Command(name = "", header = "Look at jobs: waits for nothing, changes nothing")
final class JobCommands {
    private final Services services;
    private final Console console;

    JobCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
    }

    // ---- targets --------------------------------------------------------------------------------

    @Command(
            name = "list",
            description =
                    "Lists the targets with a job object: what runs on each and how many wait.",
            footer = {"", "Example: jobctl:list domain"})
    void list(
            @Parameters(
                            paramLabel = "KIND",
                            arity = "0..1",
                            description = "Only targets of this kind: domain, pool, volume.",
                            completionCandidates = Candidates.Kinds.class)
                    @Nullable
                    String kind,
            @Mixin Options.Look look)
            throws CommandException {
        services.requireKind(kind);
        List<JobObjectInfo> objects = services.control().objects().stream()
                .filter(object -> kind == null || object.target().kind().equals(kind))
                .sorted((a, b) -> a.target().compareTo(b.target()))
                .toList();
        if (look.json) {
            console.print(Json.array(objects, Json::of));
            return;
        }
        Table table = new Table("TARGET", "JOB", "ASYNC JOB", "MASK", "AGENT JOB", "WAIT");
        for (JobObjectInfo object : objects) {
            table.row(
                    object.target().toString(),
                    names(object.jobs().stream()),
                    names(object.async().stream()),
                    object.mask().map(JobMask::toString).orElse(""),
                    names(object.agent().stream()),
                    Integer.toString(object.queue().size()));
        }
        console.print(table);
    }

    private static String names(Stream<JobInfo> jobs) {
        return String.join(", ", jobs.map(JobCommands::name).toList());
    }

    private static String name(JobInfo job) {
        String name = "#" + job.id() + " " + job.operation();
        return job.state() == JobState.RUNNING ? name : name + " (" + job.state() + ")";
    }

    // ---- one job --------------------------------------------------------------------------------

    @Command(
            name = "info",
            description = "Prints the job of a target, as virsh domjobinfo does, or one by its id.",
            footer = {"", "Example: jobctl:info domain web-01"})
    void info(
            @Parameters(
                            paramLabel = "KIND|ID",
                            description = Labels.KIND_OR_ID,
                            completionCandidates = Candidates.KindsAndIds.class)
                    String kindOrId,
            @Parameters(
                            paramLabel = "NAME",
                            description = Labels.NAME,
                            arity = "0..1",
                            completionCandidates = Candidates.Targets.class)
                    @Nullable
                    String name,
            @Option(
                            names = {"-c", "--completed"},
                            description = "The job of the target that ended last.")
                    boolean completed,
            @Mixin Options.Look look)
            throws CommandException {
        Optional<JobInfo> job = job(kindOrId, name, completed);
        if (look.json) {
            console.print(job.map(Json::of).orElseGet(JsonObject::new));
        } else {
            console.sayLines(job.map(JobInfo::toText).orElse("Job type:         None"));
        }
    }

    @Command(
            name = "stats",
            description = "Prints the statistics of a job under libvirt's names, exactly.",
            footer = {"", "Example: jobctl:stats domain web-01"})
    void stats(
            @Parameters(
                            paramLabel = "KIND|ID",
                            description = Labels.KIND_OR_ID,
                            completionCandidates = Candidates.KindsAndIds.class)
                    String kindOrId,
            @Parameters(
                            paramLabel = "NAME",
                            description = Labels.NAME,
                            arity = "0..1",
                            completionCandidates = Candidates.Targets.class)
                    @Nullable
                    String name,
            @Option(
                            names = {"-c", "--completed"},
                            description = "The job of the target that ended last.")
                    boolean completed,
            @Mixin Options.Look look)
            throws CommandException {
        JobStats stats = job(kindOrId, name, completed)
                .map(JobStats::of)
                .orElseThrow(() -> new CommandException("no job runs on " + kindOrId + " " + name));
        if (look.json) {
            console.print(Json.of(stats.parameters()));
        } else {
            stats.parameters().forEach((key, value) -> console.say(key + ": " + value));
        }
    }

    private Optional<JobInfo> job(String kindOrId, @Nullable String name, boolean completed)
            throws CommandException {
        if (name == null) {
            return Optional.of(byId(kindOrId));
        }
        JobObject jobs = services.jobs(kindOrId, name);
        if (completed) {
            return jobs.completed();
        }
        JobObjectInfo now = jobs.info();
        return Stream.of(now.async().stream(), now.jobs().stream(), now.agent().stream())
                .flatMap(all -> all)
                .findFirst()
                // Asks the driver how far it has got.
                .flatMap(job -> services.control().job(job.id()));
    }

    private JobInfo byId(String text) throws CommandException {
        long id;
        try {
            id = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    "'" + text + "' is no job's id, and as a kind it needs a name behind it", e);
        }
        return services.control()
                .job(id)
                .orElseThrow(() -> new CommandException("there is no job #" + id));
    }

    // ---- many jobs ------------------------------------------------------------------------------

    @Command(
            name = "queue",
            description = "Lists the jobs that wait for their turn, on one target or on all.",
            footer = {"", "Example: jobctl:queue pool images"})
    void queue(
            @Parameters(
                            paramLabel = "KIND",
                            description = Labels.KIND,
                            arity = "0..1",
                            completionCandidates = Candidates.Kinds.class)
                    @Nullable
                    String kind,
            @Parameters(
                            paramLabel = "NAME",
                            description = Labels.NAME,
                            arity = "0..1",
                            completionCandidates = Candidates.Targets.class)
                    @Nullable
                    String name,
            @Mixin Options.Look look)
            throws CommandException {
        services.requireKind(kind);
        List<JobInfo> waiting = new ArrayList<>();
        if (kind != null && name != null) {
            waiting.addAll(services.jobs(kind, name).info().queue());
        } else {
            for (JobObjectInfo object : services.control().objects()) {
                if (kind == null || object.target().kind().equals(kind)) {
                    waiting.addAll(object.queue());
                }
            }
        }
        if (look.json) {
            console.print(Json.array(waiting, Json::of));
            return;
        }
        Table table = new Table("ID", "TARGET", "TYPE", "OPERATION", "WAITED", "BUNDLE", "THREAD");
        for (JobInfo job : waiting) {
            table.row(
                    Long.toString(job.id()),
                    job.target().toString(),
                    job.type().name(),
                    job.operation(),
                    Units.time(job.waited()),
                    job.owner().bundle(),
                    job.owner().thread());
        }
        console.print(table);
    }

    @Command(
            name = "history",
            description = "Lists the jobs that have ended, the newest first.",
            footer = {"", "Example: jobctl:history --max 5"})
    void history(
            @Option(
                            names = {"-n", "--max"},
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "How many at most: ${DEFAULT-VALUE} if not said.")
                    int max,
            @Mixin Options.Look look) {
        List<JobInfo> jobs = services.control().history(max);
        if (look.json) {
            console.print(Json.array(jobs, Json::of));
            return;
        }
        Table table = new Table(
                "ID", "TARGET", "TYPE", "OPERATION", "OUTCOME", "WAITED", "HELD", "BUNDLE");
        for (JobInfo job : jobs) {
            table.row(
                    Long.toString(job.id()),
                    job.target().toString(),
                    job.type().name(),
                    job.operation(),
                    job.outcome().map(Enum::name).orElse(""),
                    Units.time(job.waited()),
                    Units.time(job.held()),
                    job.owner().bundle());
        }
        console.print(table);
    }

    @Command(
            name = "watch",
            description =
                    "Shows jobs while they run, until they have ended or Ctrl-C. Aborts nothing.",
            footer = {"", "Example: jobctl:watch 12 13"})
    void watch(
            @Parameters(
                            paramLabel = "ID",
                            arity = "0..*",
                            description = "The jobs; all that run or wait if none is named.",
                            completionCandidates = Candidates.Ids.class)
                    @Nullable
                    List<Long> ids)
            throws CommandException, ExecutionException {
        List<Long> watched = ids != null
                ? ids
                : Candidates.jobs(services).map(JobInfo::id).distinct().sorted().toList();
        for (Long id : watched) {
            byId(Long.toString(id));
        }
        if (watched.isEmpty()) {
            console.say("nothing runs or waits");
            return;
        }
        CompletableFuture<?>[] ends = watched.stream()
                .map(id -> services.control().ended(id).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        try {
            new Follow(services.control(), console)
                    .untilDone(watched, CompletableFuture.allOf(ends));
        } catch (InterruptedException e) {
            console.say("watches no more; nothing was aborted");
        }
    }

    // ---- why ------------------------------------------------------------------------------------

    @Command(
            name = "explain",
            description =
                    "Explains why a job may or may not begin now: the rule, and who is in its way.",
            footer = {"", "Example: jobctl:explain domain web-01 MODIFY"})
    void explain(
            @Parameters(
                            paramLabel = "KIND",
                            description = Labels.KIND,
                            completionCandidates = Candidates.Kinds.class)
                    String kind,
            @Parameters(
                            paramLabel = "NAME",
                            description = Labels.NAME,
                            completionCandidates = Candidates.Targets.class)
                    String name,
            @Parameters(
                            paramLabel = "TYPE",
                            description = "QUERY, MODIFY, DESTROY, ASYNC or another type of job.",
                            completionCandidates = Candidates.Types.class)
                    String type,
            @Mixin Options.Look look)
            throws CommandException {
        JobObject jobs = services.jobs(kind, name);
        Explanation why = jobs.explain(type(type));
        if (look.json) {
            JsonObject json = new JsonObject();
            json.add("target", Json.of(jobs.target()));
            json.addProperty("admissible", why.admissible());
            why.reason().ifPresent(reason -> json.addProperty("reason", reason.name()));
            json.addProperty("rule", why.rule());
            json.add("blockers", Json.array(why.blockers(), Json::of));
            json.addProperty("ahead", why.ahead());
            console.print(json);
            return;
        }
        boolean waits = why.reason().filter(Reason.TIMEOUT::equals).isPresent();
        String answer =
                why.admissible() ? "may begin now" : waits ? "would wait" : "would be refused";
        console.say(jobs.target() + ": " + type.toUpperCase(Locale.ROOT) + " " + answer);
        console.say("  rule: " + why.rule());
        for (JobInfo blocker : why.blockers()) {
            console.say("  " + describe(blocker));
        }
        if (why.ahead() > 0) {
            console.say("  ahead in the queue: " + why.ahead());
        }
    }

    private static String describe(JobInfo blocker) {
        boolean waits = blocker.state() == JobState.WAITING;
        return (waits ? "ahead: " : "held by: ") + "#" + blocker.id() + " " + blocker.operation()
                + " (" + blocker.type() + "), for "
                + Units.time(waits ? blocker.waited() : blocker.held())
                + blocker.started().map(since -> ", since " + since).orElse("")
                + ", bundle " + blocker.owner().bundle() + ", thread "
                + blocker.owner().thread();
    }

    private static JobType type(String name) throws CommandException {
        try {
            return JobType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CommandException("there is no type of job '" + name + "'", e);
        }
    }
}
