package org.jobcontrol.core.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles the engine with a change of its source, into a directory to be put before the real one. */
public final class Mutants {
    private static final Path ENGINE = Path.of("src/main/java/org/jobcontrol/core/engine");

    private Mutants() {}

    /** Makes the classes of a mutant. */
    static void compile(Mutant mutant, Path classes) throws IOException {
        compile(mutant.name(), mutant.changes, classes);
    }

    /**
     * Makes the classes of a changed engine.
     *
     * @param changes a class, and what of it to change into what; any number of times
     * @throws IllegalStateException if the source is no more what is to be changed, or the change does not
     *     compile
     */
    public static void compile(String name, String[] changes, Path classes) throws IOException {
        Path sources = Files.createDirectories(classes.resolve("sources"));
        List<String> arguments =
                new ArrayList<>(List.of("-nowarn", "-proc:none", "--release", "17"));
        arguments.addAll(List.of("-d", classes.toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        for (Map.Entry<String, String> source : changed(name, changes).entrySet()) {
            Path file = sources.resolve(source.getKey() + ".java");
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException(name + " does not compile");
        }
    }

    private static Map<String, String> changed(String what, String[] changes) throws IOException {
        Map<String, String> sources = new LinkedHashMap<>();
        String name = "";
        for (int i = 0; i < changes.length; ) {
            Path file = ENGINE.resolve(changes[i] + ".java");
            if (Files.exists(file)) {
                name = changes[i++];
                sources.put(name, Files.readString(file));
            } else {
                String source = sources.get(name);
                sources.put(name, replaced(what, source, changes[i++], changes[i++]));
            }
        }
        return sources;
    }

    private static String replaced(String what, String source, String from, String to) {
        int at = source.indexOf(from);
        if (at < 0 || source.indexOf(from, at + 1) >= 0) {
            throw new IllegalStateException(
                    what + " needs this once in its source, to change it: " + from);
        }
        return source.substring(0, at) + to + source.substring(at + from.length());
    }
}
