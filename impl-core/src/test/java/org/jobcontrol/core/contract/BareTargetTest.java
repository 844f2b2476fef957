package org.jobcontrol.core.contract;

import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;

/** The contract for a job object with nothing behind it. */
class BareTargetTest extends JobObjectContract {
    BareTargetTest() {
        engine.adapters().add(new Named(), "bare", 0);
    }

    @Override
    protected Object target() {
        return "t";
    }

    /** Takes a string for a target. */
    private static final class Named implements TargetAdapter<String> {
        @Override
        public Class<String> type() {
            return String.class;
        }

        @Override
        public TargetId identify(String name) {
            return TargetId.of("bare", name);
        }

        @Override
        public AdmissionPolicy policy() {
            return AdmissionPolicy.LIBVIRT;
        }
    }
}
