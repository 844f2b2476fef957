package org.jobcontrol.libvirt;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.JobRecord;

/** A journal that tells when it has been recorded of a job when libvirt's job began. */
final class StartRecorded implements JobJournal {
    private final JobJournal journal;
    private final CountDownLatch recorded = new CountDownLatch(1);

    StartRecorded(JobJournal journal) {
        this.journal = journal;
    }

    void await() throws InterruptedException {
        recorded.await();
    }

    @Override
    public Contents read() throws IOException {
        return journal.read();
    }

    @Override
    public void reserve(Numbers numbers) throws IOException {
        journal.reserve(numbers);
    }

    @Override
    public void write(List<JobRecord> records) throws IOException {
        journal.write(records);
        if (records.stream()
                .anyMatch(record ->
                        !record.attributes().getOrDefault("libvirt.started", "").isEmpty())) {
            recorded.countDown();
        }
    }

    @Override
    public void note(JobRecord record) {
        journal.note(record);
    }

    @Override
    public void forget(Collection<Long> ids) {
        journal.forget(ids);
    }
}
