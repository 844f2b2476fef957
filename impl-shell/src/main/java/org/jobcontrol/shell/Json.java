package org.jobcontrol.shell;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobObjectInfo;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.Progress;
import org.jobcontrol.api.TargetId;

/** What jobs look like to a program: bytes, nanoseconds, and instants as ISO 8601 has them. */
final class Json {
    private static final Gson GSON = new Gson();

    private Json() {}

    static <T> JsonArray array(Collection<T> all, Function<T, JsonElement> each) {
        JsonArray array = new JsonArray();
        all.forEach(one -> array.add(each.apply(one)));
        return array;
    }

    static JsonObject of(JobObjectInfo object) {
        JsonObject json = new JsonObject();
        json.add("target", of(object.target()));
        json.add("jobs", array(object.jobs(), Json::of));
        json.add("agent", orNull(object.agent(), Json::of));
        json.add("async", orNull(object.async(), Json::of));
        json.add("mask", orNull(object.mask(), Json::of));
        json.add("queue", array(object.queue(), Json::of));
        json.addProperty("closed", object.closed());
        return json;
    }

    static JsonObject of(JobInfo job) {
        JsonObject json = new JsonObject();
        json.addProperty("id", job.id());
        json.add("target", of(job.target()));
        json.addProperty("slot", job.slot().name());
        json.addProperty("type", job.type().name());
        json.addProperty("operation", job.operation());
        json.addProperty("bundle", job.owner().bundle());
        json.addProperty("thread", job.owner().thread());
        json.addProperty("state", job.state().name());
        json.add("outcome", orNull(job.outcome(), outcome -> text(outcome.name())));
        json.add("queued", of(job.queued()));
        json.add("started", orNull(job.started(), Json::of));
        json.add("ended", orNull(job.ended(), Json::of));
        json.addProperty("waited_nanos", job.waited().toNanos());
        json.addProperty("held_nanos", job.held().toNanos());
        json.add("phase", orNull(job.phase(), Json::text));
        json.add("mask", orNull(job.mask(), Json::of));
        job.parentJobId().ifPresent(parent -> json.addProperty("parent", parent));
        json.add("progress", of(job.progress()));
        json.add("error", orNull(job.error(), error -> text(String.valueOf(error.getMessage()))));
        json.addProperty("fence", job.fence());
        return json;
    }

    static JsonObject of(TargetId target) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", target.kind());
        json.addProperty("id", target.id());
        if (target.parent() != null) {
            json.add("parent", of(target.parent()));
        }
        return json;
    }

    static JsonElement of(Map<String, Object> values) {
        return GSON.toJsonTree(values);
    }

    static JsonElement of(Instant instant) {
        return text(instant.toString());
    }

    private static JsonObject of(Progress progress) {
        JsonObject json = new JsonObject();
        json.add("data", of(progress.data()));
        json.add("memory", of(progress.memory()));
        json.add("disk", of(progress.disk()));
        json.addProperty("bandwidth", progress.bandwidth());
        json.add("parameters", of(progress.parameters()));
        return json;
    }

    private static JsonObject of(Progress.Amount amount) {
        JsonObject json = new JsonObject();
        json.addProperty("total", amount.total());
        json.addProperty("processed", amount.processed());
        json.addProperty("remaining", amount.remaining());
        return json;
    }

    private static JsonArray of(JobMask mask) {
        return array(mask.types(), (JobType type) -> text(type.name()));
    }

    private static <T> JsonElement orNull(Optional<T> value, Function<T, JsonElement> json) {
        return value.map(json).orElse(JsonNull.INSTANCE);
    }

    private static JsonElement text(String text) {
        return GSON.toJsonTree(text);
    }
}
