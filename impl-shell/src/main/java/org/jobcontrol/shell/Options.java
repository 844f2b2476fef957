package org.jobcontrol.shell;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Options that many commands have, as mixins. */
final class Options {
    private Options() {}

    /** A command that looks. */
    static final class Look {
        @Option(
                names = {"-j", "--json"},
                description = "Prints exact numbers, for a program.")
        boolean json;
    }

    /** A command that may get rid of what is in its way. */
    static final class Force {
        @Option(
                names = {"-f", "--force"},
                description = "Asks the jobs that are in the way to abort, and says which.")
        boolean force;
    }

    /** A command that begins a job. */
    static class Begin {
        @Option(
                names = {"-t", "--timeout"},
                paramLabel = "TIME",
                defaultValue = "30s",
                description =
                        "How long to wait for its turn: ${DEFAULT-VALUE} if not said; 0 tries once.")
        Duration timeout = Duration.ZERO;
    }

    /** A command whose job lasts. */
    static final class Work extends Begin {
        @Option(
                names = {"-b", "--background"},
                description = "Does not wait; prints the id of the job.")
        boolean background;
    }
}
