package org.jobcontrol.shell;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DumpOption;
import org.jobcontrol.api.domain.MigrationSpec;
import org.jobcontrol.api.domain.ShutdownMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with a guest beyond starting, saving and ending it. */
@Command(name = "", header = "Domains, where their driver can: those of a libvirt")
final class GuestCommands {
    /** How long an agent may take for a command. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Services services;
    private final Console console;
    private final Follow follow;

    GuestCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "domain-shutdown",
            description = "Asks a guest to shut down; it may not do it.",
            footer = {"", "Example: jobctl:domain-shutdown web-01 --mode AGENT"})
    void shutdown(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Option(
                            names = {"-m", "--mode"},
                            paramLabel = "MODE",
                            defaultValue = "ACPI",
                            description =
                                    "Whom it is asked through, one of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE} if not said.")
                    ShutdownMode mode,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).shutdown(mode, how.timeout);
        console.say("domain " + name + " is asked to shut down");
    }

    @Command(
            name = "domain-reboot",
            description = "Asks a guest to reboot.",
            footer = {"", "Example: jobctl:domain-reboot web-01"})
    void reboot(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Option(
                            names = {"-m", "--mode"},
                            paramLabel = "MODE",
                            defaultValue = "ACPI",
                            description =
                                    "Whom it is asked through, one of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE} if not said.")
                    ShutdownMode mode,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).reboot(mode, how.timeout);
        console.say("domain " + name + " is asked to reboot");
    }

    @Command(
            name = "domain-reset",
            description = "Resets a domain, as its reset button does.",
            footer = {"", "Example: jobctl:domain-reset web-01"})
    void reset(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).reset(how.timeout);
        console.say("domain " + name + " is reset");
    }

    @Command(
            name = "domain-set-vcpus",
            description = "Sets how many virtual CPUs a domain has.",
            footer = {"", "Example: jobctl:domain-set-vcpus web-01 4"})
    void setVcpus(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "COUNT", description = "How many it has from now on.")
                    int count,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).setVcpus(count, how.timeout);
        console.say("domain " + name + " has " + count + " virtual CPUs");
    }

    @Command(
            name = "domain-attach",
            description = "Attaches a device to a domain.",
            footer = {"", "Example: jobctl:domain-attach web-01 disk.xml"})
    void attach(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "FILE", description = "Its definition in libvirt's XML.")
                    Path file,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).attachDevice(Converters.text(file), how.timeout);
        console.say("domain " + name + " has the device of " + file);
    }

    @Command(
            name = "domain-detach",
            description = "Detaches a device from a domain.",
            footer = {"", "Example: jobctl:domain-detach web-01 disk.xml"})
    void detach(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "FILE", description = "Its definition in libvirt's XML.")
                    Path file,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).detachDevice(Converters.text(file), how.timeout);
        console.say("domain " + name + " is asked to let go of the device of " + file);
    }

    @Command(
            name = "domain-agent",
            description = "Gives the agent in a guest a command.",
            footer = {"", "Example: jobctl:domain-agent web-01 '{\"execute\":\"guest-ping\"}'"})
    void agent(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "COMMAND", description = "In JSON.") String command,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        console.sayLines(services.domain(name).agentCommand(command, PATIENCE, how.timeout));
    }

    @Command(
            name = "domain-xml",
            description = "Shows how a domain is defined.",
            footer = {"", "Example: jobctl:domain-xml web-01"})
    void xml(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name)
            throws CommandException, DomainException {
        console.sayLines(services.domain(name).definition());
    }

    @Command(
            name = "domain-managed-save",
            description = "Saves a domain where its next start finds it.",
            footer = {"", "Example: jobctl:domain-managed-save web-01"})
    void managedSave(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).managedSave(how.timeout), how);
    }

    @Command(
            name = "domain-dump",
            description = "Writes the memory of a domain to a core file.",
            footer = {"", "Example: jobctl:domain-dump web-01 /var/tmp/web-01.core --option LIVE"})
    void dump(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "FILE", description = "The new file for the core.") Path file,
            @Option(
                            names = {"-o", "--option"},
                            paramLabel = "OPTION",
                            description = "One of ${COMPLETION-CANDIDATES}; may be said again.")
                    Set<DumpOption> options,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        Set<DumpOption> chosen = options == null ? Set.of() : options;
        follow.work(services.domain(name, how).dump(file, chosen, how.timeout), how);
    }

    @Command(
            name = "domain-migrate",
            description = "Moves a domain to another hypervisor.",
            footer = {"", "Example: jobctl:domain-migrate web-01 qemu+ssh://host-b/system"})
    void migrate(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "URI", description = "The hypervisor it goes to.")
                    String destination,
            @Option(
                            names = {"--transport"},
                            paramLabel = "URI",
                            description =
                                    "The URI that its memory goes to, such as tcp://10.0.0.2:49152.")
                    @Nullable
                    String transport,
            @Option(
                            names = {"-o", "--option"},
                            paramLabel = "OPTION",
                            description =
                                    "One of ${COMPLETION-CANDIDATES}; may be said again. LIVE and PEER_TO_PEER if none is.")
                    Set<MigrationSpec.Option> options,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        Set<MigrationSpec.Option> all = options == null
                ? EnumSet.of(MigrationSpec.Option.LIVE, MigrationSpec.Option.PEER_TO_PEER)
                : options;
        MigrationSpec spec = new MigrationSpec(destination, transport, all);
        follow.work(services.domain(name, how).migrations().migrate(spec, how.timeout), how);
    }

    @Command(
            name = "domain-post-copy",
            description = "Switches the migration of a domain over now.",
            footer = {"", "Example: jobctl:domain-post-copy web-01"})
    void postCopy(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).migrations().startPostCopy(how.timeout);
        console.say("domain " + name + " is switched over");
    }
}
