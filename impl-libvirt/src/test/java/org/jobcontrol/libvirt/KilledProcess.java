package org.jobcontrol.libvirt;

import static org.jobcontrol.libvirt.Guest.LONG;

import java.nio.file.Path;
import org.jobcontrol.api.AsyncJob;
import org.jobcontrol.api.DomainOperation;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.core.journal.FileJournal;
import org.jobcontrol.core.journal.Teller;

/** The process that is killed: saves a domain and starts it from that, again and again, until it is no more. */
final class KilledProcess {
    private KilledProcess() {}

    public static void main(String[] arguments) throws Exception {
        long before = System.nanoTime();
        FileJournal journal = new FileJournal(Path.of(arguments[1]));
        Lab lab = new Lab(arguments[0], journal, control -> Teller.started(control, before));
        Teller.recovered(lab.control());
        Domain domain = lab.domains().find(arguments[2]).orElseThrow();
        while (true) {
            step(domain);
        }
    }

    private static void step(Domain domain) throws Exception {
        boolean off = domain.query(LONG).state() == DomainState.SHUTOFF;
        DomainOperation operation = off ? DomainOperation.START : DomainOperation.SAVE;
        try (AsyncJob job = domain.jobs().beginAsync(operation, operation.defaultMask(), LONG)) {
            Teller.say("begun", job.id(), operation);
            if (off) {
                domain.start(job);
            } else {
                domain.managedSave(job);
            }
            job.close();
            Teller.say("ended", job.id(), "");
        }
    }
}
