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

/** Compiles the engine with a bug in it, into a directory to be put before the real one. */
final class Mutants {
    private static final Path ENGINE = Path.of("src/main/java/org/jobcontrol/core/engine");

    private Mutants() {}

    /**
     * Makes the classes of a mutant.
     *
     * @throws IllegalStateException if the source is no more what the mutant changes, or the change
     *     does not compile
     */
    static void compile(Mutant mutant, Path classes) throws IOException {
        Path sources = Files.createDirectories(classes.resolve("sources"));
        List<String> arguments =
                new ArrayList<>(List.of("-nowarn", "-proc:none", "--release", "17"));
        arguments.addAll(List.of("-d", classes.toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        for (Map.Entry<String, String> source : mutated(mutant).entrySet()) {
            Path file = sources.resolve(source.getKey() + ".java");
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException(mutant + " does not compile");
        }
    }

    private static Map<String, String> mutated(Mutant mutant) throws IOException {
        Map<String, String> sources = new LinkedHashMap<>();
        String name = "";
        for (int i = 0; i < mutant.changes.length; ) {
            Path file = ENGINE.resolve(mutant.changes[i] + ".java");
            if (Files.exists(file)) {
                name = mutant.changes[i++];
                sources.put(name, Files.readString(file));
            } else {
                String source = sources.get(name);
                sources.put(
                        name, replaced(mutant, source, mutant.changes[i++], mutant.changes[i++]));
            }
        }
        return sources;
    }

    private static String replaced(Mutant mutant, String source, String from, String to) {
        int at = source.indexOf(from);
        if (at < 0 || source.indexOf(from, at + 1) >= 0) {
            throw new IllegalStateException(
                    mutant + " needs this once in its source, to change it: " + from);
        }
        return source.substring(0, at) + to + source.substring(at + from.length());
    }
}
