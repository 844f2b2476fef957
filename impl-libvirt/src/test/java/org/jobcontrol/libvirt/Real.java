package org.jobcontrol.libvirt;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Marks tests that need a libvirt daemon of their own: a parameter of type {@link Daemon} or {@link Lab}
 * gives what all of them share. Where there can be none they are skipped, and say why.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Real.Libvirt.class)
@interface Real {
    /** Starts the daemon for the first who asks, and ends it after the last test. */
    final class Libvirt implements ExecutionCondition, ParameterResolver {
        private record Shared(Daemon daemon, Lab lab) implements AutoCloseable {
            static Shared start() {
                try {
                    Daemon daemon = Daemon.start("host-a");
                    return new Shared(daemon, new Lab(daemon.uri()));
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void close() throws Exception {
                lab.close();
                daemon.close();
            }
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                return Daemon.obstacle()
                        .map(ConditionEvaluationResult::disabled)
                        .orElse(ConditionEvaluationResult.enabled("libvirt is installed"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == Daemon.class || type == Lab.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Shared shared = context.getRoot()
                    .getStore(Namespace.create(Real.class))
                    .getOrComputeIfAbsent(Shared.class, key -> Shared.start(), Shared.class);
            return parameter.getParameter().getType() == Lab.class ? shared.lab : shared.daemon;
        }
    }
}
