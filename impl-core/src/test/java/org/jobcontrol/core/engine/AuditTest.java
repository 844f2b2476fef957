package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Principal;
import java.security.PrivilegedAction;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;

/** In whose name a thread steers jobs. */
class AuditTest {
    private record UserPrincipal(String getName) implements Principal {}

    private record RolePrincipal(String getName) implements Principal {}

    private static <T> T as(PrivilegedAction<T> action, Principal... principals) {
        return Subject.doAs(new Subject(true, Set.of(principals), Set.of(), Set.of()), action);
    }

    @Test
    void user_ofAThreadWithASubject_isItsUserPrincipal() {
        assertThat(as(
                        CallingUser::name,
                        new RolePrincipal("admin"),
                        new UserPrincipal("jane"),
                        new RolePrincipal("viewer")))
                .hasValue("jane");
    }

    @Test
    void user_withoutAUserPrincipal_isAllPrincipals() {
        assertThat(as(CallingUser::name, new RolePrincipal("b"), new RolePrincipal("a")))
                .hasValue("a+b");
        assertThat(as(CallingUser::name)).isEmpty();
    }

    @Test
    void user_ofAThreadWithoutSubject_isNone() {
        assertThat(CallingUser.name()).isEqualTo(Optional.empty());
        assertThat(Audit.line("drain", ""))
                .isEqualTo("drain by no user, thread " + Thread.currentThread().getName());
    }

    @Test
    void line_nameWithALineBreak_staysOneLine() {
        String line = as(
                () -> Audit.line("release (x\ny)", ", bundle b"), new UserPrincipal("eve\nroot"));
        assertThat(line).startsWith("release (x?y) by user eve?root, bundle b, thread ");
    }
}
