package org.jobcontrol.core.engine;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.AccessController;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/** The JAAS user for whom the calling thread runs, such as the one who typed a command in Karaf. */
final class CallingUser {
    /** From Java 18 on; the way of Java 17 is refused from 24 on. */
    private static final @Nullable Method CURRENT = current();

    private CallingUser() {}

    /** Returns the name of the user; empty where the thread runs for nobody in particular. */
    static Optional<String> name() {
        Subject subject = subject();
        return subject == null ? Optional.empty() : name(subject.getPrincipals());
    }

    /**
     * JAAS does not say which principal is the user. Containers, Karaf among them, call its class
     * {@code UserPrincipal}, and have others for roles and groups. Where there is none, all are named.
     */
    private static Optional<String> name(Set<Principal> principals) {
        return principals.stream()
                .filter(one -> one.getClass().getSimpleName().equals("UserPrincipal"))
                .findFirst()
                .map(Principal::getName)
                .or(() -> Optional.of(principals.stream()
                                .map(Principal::getName)
                                .sorted()
                                .collect(joining("+")))
                        .filter(names -> !names.isEmpty()));
    }

    @SuppressWarnings("removal") // see CURRENT
    private static @Nullable Subject subject() {
        if (CURRENT == null) {
            return Subject.getSubject(AccessController.getContext());
        }
        try {
            return (Subject) CURRENT.invoke(null);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Subject.current() is public and throws nothing", e);
        }
    }

    private static @Nullable Method current() {
        try {
            return Subject.class.getMethod("current");
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
