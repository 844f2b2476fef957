package org.jobcontrol.itests;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/** What is logged while a test looks. */
final class Log implements AutoCloseable {
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();
    private final LogReaderService reader;
    private final LogListener listener;

    Log(BundleContext context) {
        reader = context.getService(context.getServiceReference(LogReaderService.class));
        listener = entry -> messages.add(entry.getMessage()
                + (entry.getException() == null ? "" : stack(entry.getException())));
        reader.addLogListener(listener);
    }

    private static String stack(Throwable thrown) {
        StringBuilder text = new StringBuilder("\n").append(thrown);
        for (StackTraceElement frame : thrown.getStackTrace()) {
            text.append("\n  at ").append(frame);
        }
        return text.toString();
    }

    String text() {
        return String.join("\n", messages);
    }

    @Override
    public void close() {
        reader.removeLogListener(listener);
    }
}
