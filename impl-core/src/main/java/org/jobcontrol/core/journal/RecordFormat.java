package org.jobcontrol.core.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobOutcome;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.Progress.Amount;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;

/** A job's record as bytes. */
final class RecordFormat {
    /** A target has a parent; that a parent has one, and so on, is not expected. */
    private static final int MOST_PARENTS = 16;

    private RecordFormat() {}

    /** Writes something to a stream in memory. */
    interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    static byte[] bytes(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static byte[] encode(JobRecord job) {
        return bytes(out -> {
            out.writeLong(job.id());
            out.writeLong(job.fence());
            write(out, job.target(), MOST_PARENTS);
            write(out, job.type().name());
            write(out, job.operation());
            write(out, job.thread());
            write(out, job.bundle());
            write(out, job.queued());
            write(out, job.started());
            out.writeInt(job.mask().bits());
            write(out, job.phase());
            write(out, job.progress());
            out.writeInt(job.attributes().size());
            for (Map.Entry<String, String> attribute : job.attributes().entrySet()) {
                write(out, attribute.getKey());
                write(out, attribute.getValue());
            }
            JobRecord.End end = job.end();
            out.writeBoolean(end != null);
            if (end != null) {
                write(out, end.outcome().name());
                write(out, end.at());
                write(out, end.error());
            }
        });
    }

    /**
     * Reads a record.
     *
     * @throws IOException if it is none
     */
    static JobRecord decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            return new JobRecord(
                    in.readLong(),
                    in.readLong(),
                    target(in, MOST_PARENTS),
                    JobType.valueOf(string(in)),
                    string(in),
                    string(in),
                    string(in),
                    instant(in),
                    instant(in),
                    mask(in.readInt()),
                    string(in),
                    progress(in),
                    attributes(in),
                    end(in));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new IOException("not the record of a job: " + e.getMessage(), e);
        }
    }

    // ---- parts ----------------------------------------------------------------------------------

    private static void write(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String string(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("not the record of a job: a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void write(DataOutputStream out, TargetId target, int parents)
            throws IOException {
        write(out, target.kind());
        write(out, target.id());
        TargetId parent = target.parent();
        out.writeBoolean(parent != null);
        if (parent != null) {
            if (parents == 0) {
                throw new IllegalArgumentException("a target with too many parents");
            }
            write(out, parent, parents - 1);
        }
    }

    private static TargetId target(DataInputStream in, int parents) throws IOException {
        String kind = string(in);
        String id = string(in);
        boolean hasParent = in.readBoolean();
        if (hasParent && parents == 0) {
            throw new IOException("not the record of a job: too many parents");
        }
        return new TargetId(kind, id, hasParent ? target(in, parents - 1) : null);
    }

    private static void write(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static JobMask mask(int bits) {
        JobMask mask = JobMask.NONE;
        for (JobType type : JobType.values()) {
            if (type.bit() != 0 && (bits & type.bit()) != 0) {
                mask = mask.with(type);
            }
        }
        return mask;
    }

    /** Typed parameters are not kept: they are of use only while the work runs. */
    private static void write(DataOutputStream out, Progress progress) throws IOException {
        write(out, progress.data());
        write(out, progress.memory());
        write(out, progress.disk());
        out.writeLong(progress.bandwidth());
    }

    private static Progress progress(DataInputStream in) throws IOException {
        return Progress.builder()
                .data(amount(in))
                .memory(amount(in))
                .disk(amount(in))
                .bandwidth(in.readLong())
                .build();
    }

    private static void write(DataOutputStream out, Amount amount) throws IOException {
        out.writeLong(amount.total());
        out.writeLong(amount.processed());
        out.writeLong(amount.remaining());
    }

    private static Amount amount(DataInputStream in) throws IOException {
        return new Amount(in.readLong(), in.readLong(), in.readLong());
    }

    private static Map<String, String> attributes(DataInputStream in) throws IOException {
        Map<String, String> attributes = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            attributes.put(string(in), string(in));
        }
        return attributes;
    }

    private static JobRecord.@Nullable End end(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? new JobRecord.End(JobOutcome.valueOf(string(in)), instant(in), string(in))
                : null;
    }
}
