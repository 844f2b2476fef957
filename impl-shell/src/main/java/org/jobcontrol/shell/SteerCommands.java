package org.jobcontrol.shell;

import java.time.Duration;
import java.util.List;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.shell.text.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that change jobs which somebody else began. */
@Command(name = "", header = "Steer jobs that somebody else began")
final class SteerCommands {
    private final Services services;
    private final Console console;

    SteerCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
    }

    @Command(
            name = "abort",
            description =
                    "Asks a job to end early, whoever began it; one that waits leaves the queue.",
            footer = {"", "Example: jobctl:abort 12 --timeout 5s"})
    void abort(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id,
            @Option(
                            names = {"-t", "--timeout"},
                            paramLabel = "TIME",
                            defaultValue = "10s",
                            description =
                                    "How long to wait for its end: ${DEFAULT-VALUE} if not said; 0 only asks.")
                    Duration timeout)
            throws CommandException, InterruptedException {
        String name = "job #" + id;
        switch (services.control().abort(id, timeout)) {
            case LEFT_QUEUE -> console.say(name + " had not begun; it waits no more");
            case ENDED -> console.say(name + " was asked and has ended" + outcome(id));
            case STILL_RUNNING -> console.say(name + " was asked and still runs");
            case TOO_LATE -> console.say(name + " had ended before" + outcome(id));
            case NOT_ABORTABLE ->
                throw new CommandException(
                        name + " cannot be aborted any more: it is past the point of no return");
            case NO_SUCH_JOB -> throw new CommandException("there is no " + name);
        }
    }

    private String outcome(long id) {
        return services.control()
                .job(id)
                .flatMap(job -> job.outcome())
                .map(how -> ": " + how)
                .orElse("");
    }

    @Command(
            name = "mask",
            description =
                    "Sets the types that may run beside an async job; a wider mask admits at once.",
            footer = {"", "Example: jobctl:mask 12 QUERY MODIFY"})
    void mask(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id,
            @Parameters(
                            paramLabel = "TYPE",
                            arity = "1..*",
                            description = "The types, or NONE, or DEFAULT.",
                            completionCandidates = Candidates.MaskTypes.class)
                    List<String> types)
            throws CommandException {
        JobMask mask = Converters.mask(types);
        services.admin().mask(id, mask);
        console.say("beside job #" + id + " may run: " + mask);
    }

    @Command(
            name = "pause",
            description = "Has the work of a job stop at its next checkpoint; it keeps its slot.",
            footer = {"", "Example: jobctl:pause 12"})
    void pause(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id) {
        services.admin().pause(id);
        console.say("job #" + id + " stops at its next checkpoint");
    }

    @Command(
            name = "resume",
            description = "Has the work of a paused job go on.",
            footer = {"", "Example: jobctl:resume 12"})
    void resume(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id) {
        services.admin().resume(id);
        console.say("job #" + id + " goes on");
    }

    @Command(
            name = "bandwidth",
            description = "Limits how fast a job moves data, from now on.",
            footer = {"", "Example: jobctl:bandwidth 12 50MiB"})
    void bandwidth(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id,
            @Parameters(
                            paramLabel = "SIZE",
                            description = "What it may move a second, as 50MiB; 0 for no limit.")
                    Size size)
            throws CommandException {
        long bytes = size.bytes();
        services.admin().bandwidth(id, bytes);
        console.say("job #" + id + " moves data "
                + (bytes == 0 ? "as fast as it can" : "at " + Units.size(bytes) + "/s at most"));
    }

    @Command(
            name = "release",
            description =
                    "Takes a job from an owner that is gone or hangs. It ends ORPHANED; the log says why.",
            footer = {"", "Example: jobctl:release 12 'the backup bundle hangs'"})
    void release(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id,
            @Parameters(paramLabel = "REASON", description = "Why, for the log.") String reason) {
        services.admin().release(id, reason);
        console.say("job #" + id + " was taken from its owner");
    }

    @Command(
            name = "recover",
            description =
                    "Tries once more to recover a job that a crash interrupted. The log says how it went.",
            footer = {"", "Example: jobctl:recover 12"})
    void recover(
            @Parameters(
                            paramLabel = "ID",
                            description = Labels.ID,
                            completionCandidates = Candidates.Ids.class)
                    long id) {
        services.admin().recover(id);
        console.say("job #" + id + " is being recovered");
    }

    @Command(
            name = "drain",
            description =
                    "Admits nothing any more, until the core is started anew, and waits for what runs.",
            footer = {"", "Example: jobctl:drain --timeout 1m"})
    void drain(
            @Option(
                            names = {"-t", "--timeout"},
                            paramLabel = "TIME",
                            defaultValue = "30s",
                            description =
                                    "How long to wait for the end of what runs: ${DEFAULT-VALUE} if not said; 0 does not wait.")
                    Duration timeout)
            throws CommandException, InterruptedException {
        if (!services.admin().drain(timeout)) {
            throw new CommandException(
                    "nothing is admitted any more, but something still runs: jobctl:list says what");
        }
        console.say("nothing is admitted any more, and nothing runs");
    }
}
