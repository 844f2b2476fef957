package org.jobcontrol.karaf.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes one {@link Karaf} with everything in it, and a user of each role. */
final class SharedKaraf implements ParameterResolver {
    private static final String USERS = """
            karaf = karaf,_g_:admingroup
            viewer = viewer,viewer,ssh
            manager = manager,manager,ssh
            admin = admin,admin,ssh""";

    /** Closed by JUnit after the last class. */
    private record Running(Karaf karaf) implements AutoCloseable {
        static Running start() {
            try {
                Karaf karaf = new Karaf();
                Running running = new Running(karaf);
                try {
                    karaf.edit("etc/users.properties", "^karaf = .*", USERS);
                    karaf.start();
                    karaf.typeUntil("jobctl:list", "TARGET");
                    return running;
                } catch (IOException | RuntimeException e) {
                    running.close();
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            karaf.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Karaf.class;
    }

    @Override
    public Karaf resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedKaraf.class))
                .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class)
                .karaf();
    }
}
