package org.jobcontrol.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Process;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.AnyService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Offers the commands to Gogo. Where there is Karaf's shell, {@link KarafCommands} does that better. */
@Component(service = {})
public final class GogoCommands {
    private static final String KARAF =
            "(objectClass=org.apache.karaf.shell.api.console.SessionFactory)";

    /** Where Gogo's shell with line editing keeps its terminal. */
    private static final String TERMINAL = ".terminal";

    private final BundleContext context;
    private final CommandRunner runner;
    private final List<ServiceRegistration<Function>> registered = new ArrayList<>();
    private boolean active;
    private boolean karaf;

    /**
     * Offers nothing yet.
     *
     * @param context where the commands are registered
     * @param runner runs them
     */
    @Activate
    public GogoCommands(BundleContext context, @Reference(name = "runner") CommandRunner runner) {
        this.context = context;
        this.runner = runner;
    }

    @Activate
    synchronized void start() {
        active = true;
        register();
    }

    @Deactivate
    synchronized void stop() {
        active = false;
        unregister();
    }

    @Reference(
            name = "karaf",
            service = AnyService.class,
            target = KARAF,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC)
    synchronized void setKaraf(ServiceReference<?> sessions) {
        karaf = true;
        unregister();
    }

    synchronized void unsetKaraf(ServiceReference<?> sessions) {
        karaf = false;
        register();
    }

    private void register() {
        if (!active || karaf || !registered.isEmpty()) {
            return;
        }
        runner.descriptions().forEach((name, description) -> {
            Map<String, Object> properties = new HashMap<>();
            properties.put(CommandProcessor.COMMAND_SCOPE, CommandRunner.SCOPE);
            properties.put(CommandProcessor.COMMAND_FUNCTION, name);
            properties.put(Constants.SERVICE_DESCRIPTION, description);
            Function function =
                    (session, arguments) -> runner.run(name, arguments, console(session));
            registered.add(context.registerService(
                    Function.class, function, FrameworkUtil.asDictionary(properties)));
        });
    }

    private void unregister() {
        registered.forEach(ServiceRegistration::unregister);
        registered.clear();
    }

    /** A terminal is one only for a command at the end of a line: others write into a pipe. */
    private static Console console(CommandSession session) {
        Object terminal = session.get(TERMINAL);
        boolean last = terminal != null && Process.Utils.current().isTty(1);
        return new Console(session.getConsole(), last ? Terminals.columns(terminal) : 0);
    }
}
