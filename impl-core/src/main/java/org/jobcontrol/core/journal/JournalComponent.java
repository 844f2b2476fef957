package org.jobcontrol.core.journal;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The core's own journal, in the directory that {@link JournalPlace} names. A directory that cannot be used
 * does not keep the core from starting: then every call fails for that.
 */
@Component(configurationPid = "org.jobcontrol")
public final class JournalComponent implements JobJournal {
    private static final Logger LOG = LoggerFactory.getLogger(JournalComponent.class);

    private final String configured;
    private final @Nullable FileJournal journal;
    private final @Nullable IOException unusable;

    /**
     * Opens the journal.
     *
     * @param context the core's own bundle
     * @param properties the configuration
     */
    @Activate
    public JournalComponent(BundleContext context, Map<String, Object> properties) {
        this(JournalPlace.configured(properties), JournalPlace.of(context, properties));
    }

    JournalComponent(String configured, JournalPlace place) {
        this.configured = configured;
        FileJournal opened = null;
        IOException failure = null;
        try {
            opened = new FileJournal(place.directory(), place.former());
        } catch (IOException e) {
            failure = e;
        }
        this.journal = opened;
        this.unusable = failure;
    }

    /** An open journal stays where it is; only a start of the bundle takes another directory. */
    @Modified
    void modified(Map<String, Object> properties) {
        String next = JournalPlace.configured(properties);
        if (!next.equals(configured)) {
            LOG.warn(
                    "{} = '{}' is taken up when the bundle org.jobcontrol.core starts anew",
                    JournalPlace.KEY,
                    next);
        }
    }

    @Deactivate
    void close() {
        if (journal != null) {
            journal.close();
        }
    }

    private FileJournal journal() throws IOException {
        if (journal == null) {
            throw new IOException(
                    "the journal cannot be used: " + (unusable == null ? "" : unusable), unusable);
        }
        return journal;
    }

    @Override
    public Contents read() throws IOException {
        return journal().read();
    }

    @Override
    public void write(List<JobRecord> records) throws IOException {
        journal().write(records);
    }

    @Override
    public void note(JobRecord record) {
        if (journal != null) {
            journal.note(record);
        }
    }

    @Override
    public void forget(Collection<Long> ids) {
        if (journal != null) {
            journal.forget(ids);
        }
    }

    @Override
    public void reserve(Numbers numbers) throws IOException {
        journal().reserve(numbers);
    }
}
