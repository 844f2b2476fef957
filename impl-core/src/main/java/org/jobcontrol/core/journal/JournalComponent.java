package org.jobcontrol.core.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
 * The core's own journal, in the directory {@code journal_dir} of the core's configuration, or else in
 * its bundle's data area, which goes when the bundle is uninstalled. A directory that cannot be used does
 * not keep the core from starting: then every call fails for that.
 */
@Component(configurationPid = "org.jobcontrol")
public final class JournalComponent implements JobJournal {
    private static final Logger LOG = LoggerFactory.getLogger(JournalComponent.class);
    private static final String KEY = "journal_dir";

    private final String directory;
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
        this(directory(properties), context.getDataFile("journal"));
    }

    JournalComponent(String directory, @Nullable File dataArea) {
        this.directory = directory;
        FileJournal opened = null;
        IOException failure = null;
        try {
            opened = new FileJournal(path(directory, dataArea));
        } catch (IOException e) {
            failure = e;
        }
        this.journal = opened;
        this.unusable = failure;
    }

    /** An open journal stays where it is; only a start of the bundle takes another directory. */
    @Modified
    void modified(Map<String, Object> properties) {
        if (!directory(properties).equals(directory)) {
            LOG.warn(
                    "{} = '{}' is taken up when the bundle org.jobcontrol.core starts anew",
                    KEY,
                    directory(properties));
        }
    }

    @Deactivate
    void close() {
        if (journal != null) {
            journal.close();
        }
    }

    private static String directory(Map<String, Object> properties) {
        return properties.get(KEY) instanceof String value ? value.strip() : "";
    }

    private static Path path(String directory, @Nullable File dataArea) throws IOException {
        try {
            if (!directory.isEmpty()) {
                return Path.of(directory);
            }
        } catch (InvalidPathException e) {
            throw new IOException(KEY + " is '" + directory + "', which is no path", e);
        }
        if (dataArea == null) {
            throw new IOException(
                    "the framework has no data areas, and no " + KEY + " is configured");
        }
        return dataArea.toPath();
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
