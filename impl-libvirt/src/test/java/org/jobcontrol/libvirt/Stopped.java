package org.jobcontrol.libvirt;

import java.util.ArrayList;
import java.util.List;

/** Processes that stand still until this is closed. */
final class Stopped implements AutoCloseable {
    private final List<ProcessHandle> processes = new ArrayList<>();

    void stop(ProcessHandle process) throws Exception {
        processes.add(process);
        signal("STOP", process);
    }

    /** The kill that is built into the shell: the program is in a package of its own. */
    private static void signal(String name, ProcessHandle process) throws Exception {
        String command = "kill -" + name + " " + process.pid();
        int exit = new ProcessBuilder("sh", "-c", command).start().waitFor();
        if (exit != 0 && process.isAlive()) {
            throw new IllegalStateException(command + " ended with " + exit);
        }
    }

    @Override
    public void close() throws Exception {
        for (ProcessHandle process : processes) {
            signal("CONT", process);
        }
        processes.clear();
    }
}
