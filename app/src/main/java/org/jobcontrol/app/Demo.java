package org.jobcontrol.app;

import java.util.concurrent.Callable;
import org.osgi.service.component.annotations.Component;

/** The demo; the launcher calls it on its main thread and exits with what it returns. */
@Component(name = Demo.NAME, enabled = false, property = "main.thread:Boolean=true")
public final class Demo implements Callable<Integer> {
    static final String NAME = "org.jobcontrol.app.Demo";

    /** Creates the demo. */
    public Demo() {}

    @Override
    public Integer call() {
        return 0;
    }
}
