package org.jobcontrol.itests;

import java.net.URI;
import java.util.concurrent.Callable;
import org.jobcontrol.api.JobInfo;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;

/** An adapter in a bundle of its own, for a class that all bundles share. Called, it says what it heard. */
public final class UriAdapter implements TargetAdapter<URI>, Callable<Long> {
    static final String DECLARATION = """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" immediate="true"
                name="org.jobcontrol.itests.UriAdapter">
              <implementation class="org.jobcontrol.itests.UriAdapter"/>
              <property name="jobcontrol.target" value="uri"/>
              <service>
                <provide interface="org.jobcontrol.api.spi.TargetAdapter"/>
                <provide interface="java.util.concurrent.Callable"/>
              </service>
            </scr:component>
            """;

    private volatile long aborted;

    public UriAdapter() {}

    @Override
    public Class<URI> type() {
        return URI.class;
    }

    @Override
    public TargetId identify(URI uri) {
        return TargetId.of("uri", uri.toString());
    }

    @Override
    public AdmissionPolicy policy() {
        return AdmissionPolicy.LIBVIRT;
    }

    @Override
    public void abort(TargetId target, JobInfo job) {
        aborted = job.id();
    }

    /** Returns the last job that it was told to abort, or 0. */
    @Override
    public Long call() {
        return aborted;
    }
}
