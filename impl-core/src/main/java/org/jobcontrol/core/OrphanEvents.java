package org.jobcontrol.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jobcontrol.api.JobEvents;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.core.engine.OrphanListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.event.EventConstants;

/**
 * Posts an event for every job that ends orphaned, where there is an Event Admin.
 *
 * <p>No method has a class of the Event Admin in its signature, not even one made for a lambda: SCR
 * looks through them, and the package may be missing.
 */
@Component
public final class OrphanEvents implements OrphanListener {
    /** What no part of a topic may have in it. */
    private static final Pattern NO_TOPIC = Pattern.compile("[^A-Za-z0-9_-]");

    private final Optional<EventAdmin> events;

    /**
     * Posts to an Event Admin.
     *
     * @param events posts on threads of its own; without one nobody hears of the jobs here
     */
    @Activate
    public OrphanEvents(
            @Reference(
                            name = "events",
                            cardinality = ReferenceCardinality.OPTIONAL,
                            policyOption = ReferencePolicyOption.GREEDY)
                    Optional<EventAdmin> events) {
        this.events = events;
    }

    @Override
    public void orphaned(JobInfo job) {
        if (events.isPresent()) {
            String kind = NO_TOPIC.matcher(job.target().kind()).replaceAll("_");
            String topic = JobEvents.topic(kind, JobEvents.ORPHANED);
            events.get().postEvent(new Event(topic, properties(job)));
        }
    }

    private static Map<String, Object> properties(JobInfo job) {
        String kind = job.target().kind();
        Map<String, Object> properties = new HashMap<>();
        properties.put(JobEvents.JOB_ID, job.id());
        properties.put(JobEvents.JOB_TYPE, job.type().name());
        properties.put(JobEvents.JOB_OPERATION, job.operation());
        properties.put(JobEvents.TARGET_KIND, kind);
        properties.put(JobEvents.TARGET_ID, job.target().toString().substring(kind.length() + 1));
        properties.put(JobEvents.OWNER_THREAD, job.owner().thread());
        properties.put(EventConstants.BUNDLE_SYMBOLICNAME, job.owner().bundle());
        job.ended().ifPresent(at -> properties.put(EventConstants.TIMESTAMP, at.toEpochMilli()));
        job.error().ifPresent(why -> properties.put(EventConstants.MESSAGE, why.getMessage()));
        return properties;
    }
}
