package org.jobcontrol.shell;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user does with the bytes of a volume. */
@Command(name = "", header = "The data of a volume")
final class VolumeDataCommands {
    private static final Logger log = LoggerFactory.getLogger(VolumeDataCommands.class);

    private final Services services;
    private final Follow follow;

    VolumeDataCommands(Services services, Console console) {
        this.services = services;
        this.follow = new Follow(services.control(), console);
    }

    @Command(
            name = "vol-wipe",
            description = "Overwrites a volume.",
            footer = {"", "Example: jobctl:vol-wipe images a.img --algorithm NNSA --background"})
    void wipe(
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
            @Option(
                            names = {"-a", "--algorithm"},
                            paramLabel = "ALGORITHM",
                            defaultValue = "ZERO",
                            description = "One of ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if"
                                    + " not said.")
                    WipeAlgorithm algorithm,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        follow.work(services.volume(pool, name, how).wipe(algorithm, how.timeout), how);
    }

    @Command(
            name = "vol-resize",
            description = "Makes a volume larger, or smaller with --shrink.",
            footer = {"", "Example: jobctl:vol-resize images a.img 20GiB"})
    void resize(
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
            @Parameters(paramLabel = "SIZE", description = "Its capacity, as 10GiB or in bytes.")
                    Size size,
            @Option(
                            names = {"-s", "--shrink"},
                            description = "Cuts off what is beyond, which is lost.")
                    boolean shrink,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        long capacity = size.bytes();
        StorageVolume volume = services.volume(pool, name, how);
        follow.work(
                shrink
                        ? volume.shrink(capacity, how.timeout)
                        : volume.resize(capacity, how.timeout),
                how);
    }

    @Command(
            name = "vol-upload",
            description = "Fills a volume from a file.",
            footer = {"", "Example: jobctl:vol-upload images a.img /tmp/a.img"})
    void upload(
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
            @Parameters(paramLabel = "FILE", description = "The file to read.") Path file,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        StorageVolume volume = services.volume(pool, name, how);
        InputStream stream;
        long length;
        try {
            length = Files.size(file);
            stream = Files.newInputStream(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read: " + Failures.withoutFile(e), e);
        }
        // a device or a pipe has no length that could be known
        JobFuture<Long> job = Files.isRegularFile(file)
                ? volume.upload(stream, length, how.timeout)
                : volume.upload(stream, how.timeout);
        job.whenComplete((bytes, failure) -> close(stream, file));
        follow.work(job, how);
    }

    @Command(
            name = "vol-download",
            description = "Writes a volume into a new file.",
            footer = {"", "Example: jobctl:vol-download images a.img /tmp/a.img"})
    void download(
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
            @Parameters(
                            paramLabel = "FILE",
                            description = "The new file; an aborted or failed download deletes it.")
                    Path file,
            @Mixin Options.Work how)
            throws CommandException, InterruptedException {
        StorageVolume volume = services.volume(pool, name, how);
        OutputStream stream;
        try {
            stream = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be made: " + Failures.withoutFile(e), e);
        }
        JobFuture<Long> job = volume.download(stream, how.timeout);
        CompletableFuture<Long> done = job.toCompletableFuture().whenComplete((bytes, failure) -> {
            close(stream, file);
            if (failure != null) {
                delete(file);
            }
        });
        follow.work(job, done, how);
    }

    private static void close(Closeable stream, Path file) {
        try {
            stream.close();
        } catch (IOException e) {
            log.warn("{} may not be whole: {}", file, Failures.withoutFile(e));
        }
    }

    /** Deletes what a download that failed has written: the next one makes the file anew. */
    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            log.warn("{} is not whole and cannot be deleted: {}", file, Failures.withoutFile(e));
        }
    }
}
