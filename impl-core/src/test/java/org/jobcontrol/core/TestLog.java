package org.jobcontrol.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** The log of this module's tests: nothing is printed, and a test can listen. */
public final class TestLog extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final List<Consumer<Line>> LISTENERS = new CopyOnWriteArrayList<>();

    /**
     * One line of the log.
     *
     * @param logger the simple name of the class that wrote it
     * @param level its level
     * @param text its message, with the arguments
     */
    public record Line(String logger, Level level, String text) {}

    TestLog(String name) {
        this.name = name;
    }

    /** Hands over each line, in the thread that logs it, until what is returned is closed. */
    public static AutoCloseable listen(Consumer<Line> listener) {
        LISTENERS.add(listener);
        return () -> LISTENERS.remove(listener);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return TestLog.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable cause) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        Line line = new Line(name.substring(name.lastIndexOf('.') + 1), level, text);
        LISTENERS.forEach(listener -> listener.accept(line));
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return !LISTENERS.isEmpty();
    }

    @Override
    public boolean isWarnEnabled() {
        return !LISTENERS.isEmpty();
    }

    @Override
    public boolean isErrorEnabled() {
        return !LISTENERS.isEmpty();
    }
}
