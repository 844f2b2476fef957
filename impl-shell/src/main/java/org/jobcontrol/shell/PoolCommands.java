package org.jobcontrol.shell;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.storage.PoolInfo;
import org.jobcontrol.api.storage.PoolSpec;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.shell.text.Table;
import org.jobcontrol.shell.text.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with storage pools. */
@Command(name = "", header = "Storage pools")
final class PoolCommands {
    private final Services services;
    private final Console console;
    private final Follow follow;

    PoolCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "pool-list",
            description = "Lists the storage pools.",
            footer = {"", "Example: jobctl:pool-list"})
    void list(@Mixin Options.Look look) throws CommandException {
        List<StoragePool> pools = services.pools().list();
        if (look.json) {
            console.print(Json.array(pools, PoolCommands::json));
            return;
        }
        Table table = new Table("NAME", "STATE", "VOLUMES", "CAPACITY", "AVAILABLE", "PATH");
        for (StoragePool pool : pools) {
            PoolInfo info = pool.info();
            table.row(
                    pool.name(),
                    info.state().name(),
                    Integer.toString(pool.volumes().size()),
                    Units.size(info.capacity()),
                    Units.size(info.available()),
                    pool.path().toString());
        }
        console.print(table);
    }

    @Command(
            name = "pool-info",
            description = "Asks the driver how a pool is; a QUERY job.",
            footer = {"", "Example: jobctl:pool-info images"})
    void info(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Begin how,
            @Mixin Options.Look look)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        StoragePool pool = services.pool(name);
        PoolInfo info = pool.query(how.timeout);
        if (look.json) {
            console.print(json(pool));
            return;
        }
        console.say("name:       " + pool.name());
        console.say("state:      " + info.state());
        console.say("path:       " + pool.path());
        console.say("capacity:   " + Units.size(info.capacity()));
        console.say("allocation: " + Units.size(info.allocation()));
        console.say("available:  " + Units.size(info.available()));
    }

    @Command(
            name = "pool-define",
            description = "Defines a pool over a directory: of libvirt if one is configured, else"
                    + " a local one.",
            footer = {
                "",
                "Example: jobctl:pool-define images /var/lib/images",
                "Example: jobctl:pool-define images /var/lib/images --type dir"
            })
    void define(
            @Parameters(paramLabel = "POOL", description = "The name of the new pool.") String name,
            @Parameters(
                            paramLabel = "DIRECTORY",
                            description = "Where its volumes are, or will be.")
                    Path directory,
            @Option(
                            names = {"--type"},
                            paramLabel = "TYPE",
                            description = "Who has the pool: dir for this process, or the URI of a"
                                    + " libvirt connection.")
                    @Nullable
                    String type,
            @Option(
                            names = {"-a", "--attribute"},
                            paramLabel = "NAME=VALUE",
                            description = "An attribute for its driver, such as"
                                    + " follow_probed_chains=true; may be repeated.")
                    @Nullable
                    Map<String, String> attributes)
            throws CommandException, StorageException {
        services.pools()
                .define(new PoolSpec(
                        name,
                        type == null ? services.pools().defaultType(name) : type,
                        directory,
                        attributes == null ? Map.of() : attributes));
        console.say("pool " + name + " is defined");
    }

    @Command(
            name = "pool-build",
            description = "Makes the directory of a pool.",
            footer = {"", "Example: jobctl:pool-build images"})
    void build(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.pool(name, how).build(how.timeout), how);
    }

    @Command(
            name = "pool-delete",
            description = "Removes the directory of a pool that is stopped, if it is empty.",
            footer = {"", "Example: jobctl:pool-delete images"})
    void delete(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        services.pool(name).delete(how.timeout);
        console.say("the directory of pool " + name + " is removed");
    }

    @Command(
            name = "pool-start",
            description = "Starts a pool.",
            footer = {"", "Example: jobctl:pool-start images"})
    void start(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.pool(name, how).start(how.timeout), how);
    }

    @Command(
            name = "pool-refresh",
            description = "Looks anew which volumes a pool has.",
            footer = {"", "Example: jobctl:pool-refresh images"})
    void refresh(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.pool(name, how).refresh(how.timeout), how);
    }

    @Command(
            name = "pool-stop",
            description = "Stops a pool; its files stay.",
            footer = {"", "Example: jobctl:pool-stop images"})
    void stop(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Force force,
            @Mixin Options.Begin how)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        StoragePool pool = services.pool(name);
        if (force.force) {
            pool.forceStop(how.timeout).forEach(console::sayAborted);
        } else {
            pool.stop(how.timeout);
        }
        console.say("pool " + name + " is stopped");
    }

    @Command(
            name = "pool-undefine",
            description = "Forgets a pool that is stopped; its files stay.",
            footer = {"", "Example: jobctl:pool-undefine images"})
    void undefine(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String name,
            @Mixin Options.Begin how)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        services.pool(name).undefine(how.timeout);
        console.say("pool " + name + " is forgotten");
    }

    private static JsonObject json(StoragePool pool) {
        PoolInfo info = pool.info();
        JsonObject json = new JsonObject();
        json.addProperty("name", pool.name());
        json.addProperty("state", info.state().name());
        json.addProperty("path", pool.path().toString());
        json.addProperty("capacity", info.capacity());
        json.addProperty("allocation", info.allocation());
        json.addProperty("available", info.available());
        json.add("as_of", Json.of(info.asOf()));
        return json;
    }
}
