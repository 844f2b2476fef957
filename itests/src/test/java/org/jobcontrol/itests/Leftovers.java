package org.jobcontrol.itests;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.runtime.ObjectMethods;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.osgi.framework.Bundle;

/** What there is of our bundles in this process, whoever holds it. */
final class Leftovers {
    /** A line of the histogram: its number, how many objects, how many bytes, and their class. */
    private static final Pattern LINE =
            Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+\\[*L?(org\\.jobcontrol\\.[^;\\s]+).*");

    /** More than those of one connection. */
    private static final int MOST_CALLBACKS = 10;

    private Leftovers() {}

    private record Another(Path value) {}

    /** The live objects of one class. Two of one name are classes of two loaders. */
    record Objects(String type, long count) {}

    /** Walks the heap, after a collection of garbage, for objects of our classes. */
    static List<Objects> objects() throws JMException {
        linkAnotherRecord();
        String histogram = (String) server().invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        List<Objects> found = new ArrayList<>();
        for (String line : histogram.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && !line.contains("[L") && !isOfTheTest(matcher.group(2))) {
                found.add(new Objects(matcher.group(2), Long.parseLong(matcher.group(1))));
            }
        }
        return found;
    }

    /** The same by class; each class is there once, or this fails. */
    static Map<String, Long> objectsOnceEach() throws JMException {
        List<Objects> all = objects();
        assertThat(all).extracting(Objects::type).doesNotHaveDuplicates();
        return all.stream().collect(toMap(Objects::type, Objects::count));
    }

    /**
     * Until Java 18, the JDK keeps the types of those records whose equals, hashCode and toString were
     * linked last, and they may be ours. So another one is linked.
     */
    private static void linkAnotherRecord() {
        try {
            MethodHandles.Lookup here = MethodHandles.lookup();
            MethodHandle value = here.findGetter(Another.class, "value", Path.class);
            for (String method : List.of("equals", "hashCode", "toString")) {
                ObjectMethods.bootstrap(
                        here, method, MethodHandle.class, Another.class, "value", value);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** JNA lets go of callbacks that are garbage when its table of them is used the next time. */
    static void haveJnaForget(Bundle jna) throws ReflectiveOperationException {
        Field callbacks =
                jna.loadClass("com.sun.jna.CallbackReference").getDeclaredField("callbackMap");
        callbacks.setAccessible(true);
        assertThat((Map<?, ?>) callbacks.get(null)).hasSizeLessThan(MOST_CALLBACKS);
    }

    private static boolean isOfTheTest(String type) {
        return type.startsWith("org.jobcontrol.itests.") && !type.contains("RoundOfJobs");
    }

    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("jobcontrol-"))
                .toList();
    }

    /** Returns which files under some directories this process has open; none where it cannot tell. */
    static List<Path> openFiles(List<Path> directories) throws IOException {
        Path all = Path.of("/proc/self/fd");
        List<Path> open = new ArrayList<>();
        if (!Files.isDirectory(all)) {
            return open;
        }
        try (Stream<Path> descriptors = Files.list(all)) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    Path file = Files.readSymbolicLink(descriptor);
                    directories.stream().filter(file::startsWith).forEach(in -> open.add(file));
                }
            }
        }
        return open;
    }

    static List<ObjectName> jmxNames() {
        return server().queryNames(null, null).stream()
                .filter(name -> name.toString().contains("jobcontrol"))
                .toList();
    }

    /** Returns the directories that journals of this process hold. */
    static List<String> journals() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(key -> key.startsWith("org.jobcontrol.journal:"))
                .toList();
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
