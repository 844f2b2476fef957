package org.jobcontrol.shell;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainException;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.shell.text.Table;
import org.jobcontrol.shell.text.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with domains. */
@Command(name = "", header = "Domains")
final class DomainCommands {
    private static final Pattern UUID_ELEMENT = Pattern.compile(
            "<uuid>\\s*([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\\s*</uuid>");

    private final Services services;
    private final Console console;
    private final Follow follow;

    DomainCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "domain-list",
            description = "Lists the domains.",
            footer = {"", "Example: jobctl:domain-list"})
    void list(@Mixin Options.Look look) throws CommandException {
        List<Domain> domains = services.domains().list();
        if (look.json) {
            console.print(Json.array(domains, DomainCommands::json));
            return;
        }
        Table table = new Table("NAME", "STATE", "MEMORY", "VCPUS", "UUID");
        for (Domain domain : domains) {
            DomainInfo info = domain.info();
            table.row(
                    domain.name(),
                    info.state().name(),
                    Units.size(info.memory()),
                    Integer.toString(info.vcpus()),
                    domain.uuid().toString());
        }
        console.print(table);
    }

    @Command(
            name = "connection-list",
            description = "Lists the drivers of domains and the connections to libvirt, and whether"
                    + " they are there.",
            footer = {"", "Example: jobctl:connection-list"})
    void connections(@Mixin Options.Look look) throws CommandException {
        Map<String, Boolean> drivers = services.domains().drivers();
        if (look.json) {
            console.print(Json.array(List.copyOf(drivers.entrySet()), DomainCommands::json));
            return;
        }
        Table table = new Table("NAME", "STATE");
        drivers.forEach((name, there) -> table.row(name, state(there)));
        console.print(table);
    }

    private static String state(boolean there) {
        return there ? "CONNECTED" : "AWAY";
    }

    private static JsonObject json(Map.Entry<String, Boolean> driver) {
        JsonObject json = new JsonObject();
        json.addProperty("name", driver.getKey());
        json.addProperty("state", state(driver.getValue()));
        return json;
    }

    @Command(
            name = "domain-info",
            description = "Asks the driver how a domain is; a QUERY job.",
            footer = {"", "Example: jobctl:domain-info web-01"})
    void info(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how,
            @Mixin Options.Look look)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        Domain domain = services.domain(name);
        DomainInfo info = domain.query(how.timeout);
        if (look.json) {
            console.print(json(domain));
            return;
        }
        console.say("name:       " + domain.name());
        console.say("uuid:       " + domain.uuid());
        console.say("state:      " + info.state());
        console.say("memory:     " + Units.size(info.memory()));
        console.say("max memory: " + Units.size(info.maxMemory()));
        console.say("vcpus:      " + info.vcpus());
    }

    @Command(
            name = "domain-define",
            description = "Defines a domain.",
            footer = {"", "Example: jobctl:domain-define web-02 --memory 2GiB"})
    void define(
            @Parameters(paramLabel = "DOMAIN", description = "The name of the new domain.")
                    String name,
            @Option(
                            names = {"-m", "--memory"},
                            paramLabel = "SIZE",
                            defaultValue = "1GiB",
                            description = "Its memory: ${DEFAULT-VALUE} if not said.")
                    Size memory,
            @Option(
                            names = {"--xml"},
                            paramLabel = "FILE",
                            description = "The whole definition, for a libvirt.")
                    @Nullable
                    Path xml)
            throws CommandException, DomainException {
        String whole = xml == null ? "" : Converters.text(xml);
        Matcher uuid = UUID_ELEMENT.matcher(whole);
        DomainSpec spec = new DomainSpec(
                name,
                uuid.find() ? UUID.fromString(uuid.group(1)) : UUID.randomUUID(),
                memory.bytes(),
                1,
                xml == null ? Map.of() : Map.of(DomainSpec.XML, whole));
        Domain domain = services.domains().define(spec);
        console.say("domain " + domain.name() + " is defined, uuid " + domain.uuid());
    }

    @Command(
            name = "domain-undefine",
            description = "Forgets a domain that does not run.",
            footer = {"", "Example: jobctl:domain-undefine web-01"})
    void undefine(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).undefine(how.timeout);
        console.say("domain " + name + " is forgotten");
    }

    @Command(
            name = "domain-suspend",
            description = "Stops the virtual CPUs of a domain.",
            footer = {"", "Example: jobctl:domain-suspend web-01"})
    void suspend(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).suspend(how.timeout);
        console.say("domain " + name + " is suspended");
    }

    @Command(
            name = "domain-resume",
            description = "Lets the virtual CPUs of a domain run on.",
            footer = {"", "Example: jobctl:domain-resume web-01"})
    void resume(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).resume(how.timeout);
        console.say("domain " + name + " runs");
    }

    @Command(
            name = "domain-destroy",
            description = "Ends a domain at once.",
            footer = {"", "Example: jobctl:domain-destroy web-01"})
    void destroy(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).destroy(how.timeout);
        console.say("domain " + name + " is destroyed");
    }

    @Command(
            name = "domain-set-memory",
            description = "Sets the memory of a domain.",
            footer = {"", "Example: jobctl:domain-set-memory web-01 512MiB"})
    void setMemory(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "SIZE", description = "The memory, as 512MiB or in bytes.")
                    Size size,
            @Mixin Options.Begin how)
            throws CommandException, DomainException, JobRefusedException, InterruptedException {
        services.domain(name).setMemory(size.bytes(), how.timeout);
        console.say("domain " + name + " has "
                + Units.size(services.domain(name).info().memory()));
    }

    @Command(
            name = "domain-start",
            description = "Starts a domain.",
            footer = {"", "Example: jobctl:domain-start web-01"})
    void start(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).start(how.timeout), how);
    }

    @Command(
            name = "domain-save",
            description = "Saves the memory of a domain to a file and stops it.",
            footer = {"", "Example: jobctl:domain-save web-01 /var/tmp/web-01.save"})
    void save(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "FILE", description = "The new file for its memory.")
                    Path file,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).save(file, how.timeout), how);
    }

    @Command(
            name = "domain-restore",
            description = "Restores a domain from a file that it was saved to.",
            footer = {"", "Example: jobctl:domain-restore web-01 /var/tmp/web-01.save"})
    void restore(
            @Parameters(
                            paramLabel = "DOMAIN",
                            description = Labels.DOMAIN,
                            completionCandidates = Candidates.DomainNames.class)
                    String name,
            @Parameters(paramLabel = "FILE", description = "The file that it was saved to.")
                    Path file,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.domain(name, how).restore(file, how.timeout), how);
    }

    private static JsonObject json(Domain domain) {
        DomainInfo info = domain.info();
        JsonObject json = new JsonObject();
        json.addProperty("name", domain.name());
        json.addProperty("uuid", domain.uuid().toString());
        json.addProperty("state", info.state().name());
        json.addProperty("memory", info.memory());
        json.addProperty("max_memory", info.maxMemory());
        json.addProperty("vcpus", info.vcpus());
        json.add("as_of", Json.of(info.asOf()));
        return json;
    }
}
