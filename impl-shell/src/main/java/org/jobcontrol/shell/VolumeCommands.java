package org.jobcontrol.shell;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeInfo;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.shell.text.Table;
import org.jobcontrol.shell.text.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with volumes. */
@Command(name = "", header = "Volumes")
final class VolumeCommands {
    private final Services services;
    private final Console console;
    private final Follow follow;

    VolumeCommands(Services services, Console console) {
        this.services = services;
        this.console = console;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "vol-list",
            description = "Lists the volumes of a pool.",
            footer = {"", "Example: jobctl:vol-list images"})
    void list(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String pool,
            @Mixin Options.Look look)
            throws CommandException {
        List<StorageVolume> volumes = services.pool(pool).volumes();
        if (look.json) {
            console.print(Json.array(volumes, VolumeCommands::json));
            return;
        }
        Table table = new Table("NAME", "FORMAT", "CAPACITY", "ALLOCATION", "STATE", "PATH");
        for (StorageVolume volume : volumes) {
            VolumeInfo info = volume.info();
            table.row(
                    volume.name(),
                    info.format(),
                    Units.size(info.capacity()),
                    Units.size(info.allocation()),
                    info.state().name(),
                    volume.path().toString());
        }
        console.print(table);
        for (StorageVolume volume : volumes) {
            VolumeInfo info = volume.info();
            if (info.problem() != null) {
                console.say(volume.name() + " is not opened as an image: " + info.problem());
            }
        }
    }

    @Command(
            name = "vol-info",
            description = "Asks the driver how a volume is; a QUERY job.",
            footer = {"", "Example: jobctl:vol-info images a.img"})
    void info(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String pool,
            @Parameters(
                            paramLabel = "VOLUME",
                            description = Labels.VOLUME,
                            completionCandidates = Candidates.VolumeNames.class)
                    String name,
            @Mixin Options.Begin how,
            @Mixin Options.Look look)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        StorageVolume volume = services.volume(pool, name);
        VolumeInfo info = volume.query(how.timeout);
        if (look.json) {
            console.print(json(volume));
            return;
        }
        console.say("name:       " + volume.name());
        console.say("path:       " + volume.path());
        console.say("format:     " + info.format());
        console.say("state:      " + info.state());
        console.say("capacity:   " + Units.size(info.capacity()));
        console.say("allocation: " + Units.size(info.allocation()));
        if (info.problem() != null) {
            console.say("problem:    " + info.problem());
        }
    }

    @Command(
            name = "vol-create",
            description = "Creates a volume.",
            footer = {"", "Example: jobctl:vol-create images a.img 10GiB --sparse"})
    void create(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String pool,
            @Parameters(paramLabel = "NAME", description = "The name of the new volume.")
                    String name,
            @Parameters(paramLabel = "SIZE", description = "Its capacity, as 10GiB or in bytes.")
                    Size size,
            @Option(
                            names = {"-s", "--sparse"},
                            description = "Allocates nothing yet.")
                    boolean sparse,
            @Option(
                            names = {"-f", "--format"},
                            paramLabel = "FORMAT",
                            defaultValue = VolumeSpec.RAW,
                            description = "raw or qcow2, which is always sparse; raw if not said.")
                    String format,
            @Option(
                            names = {"--backing"},
                            paramLabel = "VOLUME",
                            description = "The volume that a qcow2 volume lies on.",
                            completionCandidates = Candidates.VolumeNames.class)
                    @Nullable
                    String backing,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        long capacity = size.bytes();
        boolean allocated = !sparse && format.equals(VolumeSpec.RAW);
        VolumeSpec spec = new VolumeSpec(
                name,
                format,
                capacity,
                allocated ? capacity : 0,
                backing == null ? Map.of() : Map.of(VolumeSpec.BACKING, backing));
        follow.work(services.pool(pool, how).create(spec, how.timeout), how);
    }

    @Command(
            name = "vol-clone",
            description = "Copies a volume.",
            footer = {"", "Example: jobctl:vol-clone images a.img b.img"})
    void clone(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String pool,
            @Parameters(
                            paramLabel = "VOLUME",
                            description = Labels.VOLUME,
                            completionCandidates = Candidates.VolumeNames.class)
                    String name,
            @Parameters(paramLabel = "COPY", description = "The name of the copy.") String copy,
            @Option(
                            names = {"--to"},
                            paramLabel = "POOL",
                            description = "The pool for the copy; the same if not said.",
                            completionCandidates = Candidates.PoolNames.class)
                    @Nullable
                    String to,
            @Option(
                            names = {"-f", "--format"},
                            paramLabel = "FORMAT",
                            description = "raw or qcow2; as it is if not said.")
                    @Nullable
                    String format,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        StoragePool target = services.pool(to == null ? pool : to, how);
        StorageVolume volume = services.volume(pool, name, how);
        String its = format == null ? volume.info().format() : format;
        VolumeSpec spec = new VolumeSpec(copy, its, volume.info().capacity(), 0, Map.of());
        follow.work(volume.cloneTo(target, spec, how.timeout), how);
    }

    @Command(
            name = "vol-delete",
            description = "Deletes a volume.",
            footer = {"", "Example: jobctl:vol-delete images a.img"})
    void delete(
            @Parameters(
                            paramLabel = "POOL",
                            description = Labels.POOL,
                            completionCandidates = Candidates.PoolNames.class)
                    String pool,
            @Parameters(
                            paramLabel = "VOLUME",
                            description = Labels.VOLUME,
                            completionCandidates = Candidates.VolumeNames.class)
                    String name,
            @Mixin Options.Force force,
            @Mixin Options.Begin how)
            throws CommandException, StorageException, JobRefusedException, InterruptedException {
        StorageVolume volume = services.volume(pool, name);
        if (force.force) {
            volume.forceDelete(how.timeout).forEach(console::sayAborted);
        } else {
            volume.delete(how.timeout);
        }
        console.say("volume " + pool + "/" + name + " is deleted");
    }

    private static JsonObject json(StorageVolume volume) {
        VolumeInfo info = volume.info();
        JsonObject json = new JsonObject();
        json.addProperty("name", volume.name());
        json.addProperty("pool", volume.pool().name());
        json.addProperty("path", volume.path().toString());
        json.addProperty("format", info.format());
        json.addProperty("state", info.state().name());
        json.addProperty("problem", info.problem());
        json.addProperty("capacity", info.capacity());
        json.addProperty("allocation", info.allocation());
        json.add("as_of", Json.of(info.asOf()));
        return json;
    }
}
