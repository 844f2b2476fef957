package org.jobcontrol.core.stress;

/** Bugs that the proof must find, each as a change of the engine's source. */
enum Mutant {
    FORGET_AN_INTERRUPTED_WAITERS_JOB(
            "Request",
            "jobs.forEach(job -> job.end(JobOutcome.ABORTED, null));",
            "jobs.forEach(job -> {});"),
    COMPARE_THE_MASK_WITH_XOR(
            "Rules", "async.mask().contains(type)", "((async.mask().bits() ^ type.bit()) != 0)"),
    WAKE_ONE_INSTEAD_OF_A_ROUND(
            "Admission",
            "Line.Place place = queue.lineOf(JobType.QUERY).first();",
            "int admitted = 0; Line.Place place = queue.lineOf(JobType.QUERY).first();",
            "while (place != null && heldBack == null) {",
            "while (admitted == 0 && place != null && heldBack == null) {",
            "} else {\n                handOver(hold);",
            "} else {\n                admitted = 1; handOver(hold);"),
    REARM_THE_DEADLINE_AFTER_A_WAKE_UP(
            "Request",
            "if (timer == null) {",
            "deadlineNanos = engine.clock().nanos() + nanos(timeout);"
                    + " if (timer != null) { timer.cancel(); } if (true) {",
            "private final long deadlineNanos;",
            "private volatile long deadlineNanos;"),
    DECREMENT_THE_QUEUE_TWICE_ON_TIMEOUT(
            "WaitQueue",
            "lineOf(hold.type()).remove(place);",
            "lineOf(hold.type()).remove(place);"
                    + " if (!lineOf(hold.type()).empty()) { remove(lineOf(hold.type()).head()); }"),
    LET_A_NEWCOMER_PASS(
            "Admission",
            "queue.lineOf(type).empty() : heldBack == null;",
            "queue.lineOf(type).empty() : true;"),
    COMPLETE_A_FUTURE_UNDER_THE_LOCK(
            "LaterJob",
            "request.wakeWith(() -> request.engine().execute(this::move));",
            "request.wakeWith(this::move);",
            "request.engine().execute(this::decided);",
            "decided();",
            "Wakeups",
            "decided.add(request);",
            "request.wake();"),
    END_WITH_A_PLAIN_STORE(
            "JobLife",
            "return LIFE.compareAndSet(this, null, Life.COMPLETED);",
            "LIFE.set(this, Life.COMPLETED); return true;"),
    LOSE_THAT_SOMEBODY_WAITS(
            "CoreJobObject",
            "if (word instanceof Admission) {\n            // Others have come",
            "if (word == null) {\n            // Others have come"),
    HAND_OFF_TO_A_WAITER_THAT_TIMED_OUT(
            "Waits",
            "admission.leave(hold);",
            "",
            "Request",
            ": decided()) {\n            return false;",
            ": decided()) {\n            return true;",
            "int i = Math.min(granted, holds.size() - 1);",
            "int i = -1;"),
    BELIEVE_A_LOOK_THAT_WAS_DISTURBED("Admission", "|| !lock.validate(before)", ""),
    COPY_THE_HISTORY_BEFORE_THE_NEW_ONE_IS_SEEN(
            "History",
            "            ring = next;\n            next.copyPrevious();",
            "            next.copyPrevious();\n            ring = next;"),
    LEAVE_NO_ROOM_FOR_THOSE_THAT_END("History", "ENDING = 64;", "ENDING = 0;");

    /** What to change: a class, and what of it by what; any number of times. */
    final String[] changes;

    Mutant(String... changes) {
        this.changes = changes;
    }
}
