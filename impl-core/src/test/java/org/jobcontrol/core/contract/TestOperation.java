package org.jobcontrol.core.contract;

import java.util.List;
import org.jobcontrol.api.AsyncOperation;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.JobType;

/** Async operations that any target may have. */
enum TestOperation implements AsyncOperation {
    WORK,
    /** Past the point of no return from the start. */
    FINAL;

    @Override
    public JobMask defaultMask() {
        return JobMask.of(JobType.QUERY);
    }

    @Override
    public List<String> phases() {
        return List.of("prepare", "move", "finish");
    }

    @Override
    public boolean abortable() {
        return this != FINAL;
    }
}
