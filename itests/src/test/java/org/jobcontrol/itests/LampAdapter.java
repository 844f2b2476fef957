package org.jobcontrol.itests;

import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.spi.AdmissionPolicy;
import org.jobcontrol.api.spi.TargetAdapter;

/** The adapter for lamps, with any policy. */
class LampAdapter implements TargetAdapter<Lamp> {
    static final String KIND = "lamp";

    private final AdmissionPolicy policy;

    LampAdapter(AdmissionPolicy policy) {
        this.policy = policy;
    }

    @Override
    public Class<Lamp> type() {
        return Lamp.class;
    }

    @Override
    public TargetId identify(Lamp lamp) {
        return TargetId.of(KIND, lamp.name());
    }

    @Override
    public AdmissionPolicy policy() {
        return policy;
    }
}
