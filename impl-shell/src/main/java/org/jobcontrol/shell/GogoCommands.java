package org.jobcontrol.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Job;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers the commands to Gogo. Where there is Karaf's shell, {@link KarafCommands} does that better. */
@Component(service = {})
public final class GogoCommands {
    private static final String KARAF = "org.apache.karaf.shell.api.console.SessionFactory";

    /** Where Gogo's shell with line editing keeps its terminal. */
    private static final String TERMINAL = ".terminal";

    private final List<ServiceRegistration<?>> registered = new ArrayList<>();

    /**
     * Offers the commands, unless this is Karaf.
     *
     * @param context where the commands are registered
     * @param runner runs them
     */
    @Activate
    public GogoCommands(BundleContext context, @Reference(name = "runner") CommandRunner runner) {
        if (!inKaraf()) {
            runner.descriptions()
                    .forEach((name, description) ->
                            register(context, name, description, command(runner, name)));
            register(
                    context,
                    GogoCompletion.COMPLETE,
                    "Completes an argument, for the shell.",
                    (session, arguments) -> GogoCompletion.complete(runner, session));
            registered.add(context.registerService(
                    CommandSessionListener.class, new GogoCompletion(runner), null));
        }
    }

    @Deactivate
    void stop() {
        registered.forEach(ServiceRegistration::unregister);
    }

    private void register(
            BundleContext context, String name, String description, Function function) {
        Map<String, Object> properties = Map.of(
                CommandProcessor.COMMAND_SCOPE, CommandRunner.SCOPE,
                CommandProcessor.COMMAND_FUNCTION, name,
                Constants.SERVICE_DESCRIPTION, description);
        registered.add(context.registerService(
                Function.class, function, FrameworkUtil.asDictionary(properties)));
    }

    /** Karaf would take these too, and lose the better ones of the same name with them. */
    private static boolean inKaraf() {
        try {
            Class.forName(KARAF, false, GogoCommands.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Returns a command as Gogo calls it. */
    static Function command(CommandRunner runner, String name) {
        return (session, arguments) -> {
            Object terminal = session.get(TERMINAL);
            Console console = CommandOutput.console(
                    session.getConsole(),
                    () -> terminal == null ? 0 : JLine.columns(terminal),
                    session.currentDir());
            Optional<Job> line = CommandOutput.line();
            if (terminal == null || line.isEmpty()) {
                runner.run(name, arguments, console);
            } else {
                JLine.interruptibly(
                        terminal,
                        () -> line.get().status() == Job.Status.Foreground,
                        () -> runner.run(name, arguments, console));
            }
            return null;
        };
    }
}
