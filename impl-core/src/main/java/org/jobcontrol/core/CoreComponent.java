package org.jobcontrol.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jobcontrol.api.JobAdmin;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobMask;
import org.jobcontrol.api.spi.JobControls;
import org.jobcontrol.api.spi.JobJournal;
import org.jobcontrol.api.spi.TargetAdapter;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.OrphanListener;
import org.jobcontrol.core.engine.Settings;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the engine and connects it with the framework: its services, the adapters that come and go,
 * the bundles that stop, and the configuration. Only wires.
 */
@Component(
        service = {JobControls.class, JobAdmin.class},
        immediate = true,
        configurationPid = CoreConfig.PID)
@Designate(ocd = CoreConfig.class)
public final class CoreComponent implements JobControls, JobAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(CoreComponent.class);

    private final BundleContext context;
    private final JobEngine engine;
    private final JobAdmin admin;
    private final SynchronousBundleListener departures = this::bundleChanged;

    /**
     * Starts the engine.
     *
     * @param context the core's own bundle
     * @param properties the configuration
     * @param journal where jobs are recorded
     */
    @Activate
    public CoreComponent(
            BundleContext context,
            Map<String, Object> properties,
            @Reference(name = "journal") JobJournal journal) {
        this.context = context;
        this.engine = new JobEngine(
                EngineClock.system(),
                settings(properties, Settings.DEFAULTS),
                journal,
                CoreComponent::bundleOf);
        this.admin = engine.admin();
        context.addBundleListener(departures);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        engine.settings(settings(properties, engine.settings()));
    }

    @Deactivate
    void stop() {
        context.removeBundleListener(departures);
        engine.close();
    }

    // ---- adapters -------------------------------------------------------------------------------

    @Reference(
            name = "adapter",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addAdapter(TargetAdapter<?> adapter, Map<String, Object> properties) {
        if (!(properties.get(TargetAdapter.KIND) instanceof String kind)) {
            LOG.warn(
                    "adapter {} is left out: its property {} names no kind but {}",
                    adapter.getClass().getName(),
                    TargetAdapter.KIND,
                    properties.get(TargetAdapter.KIND));
            return;
        }
        int ranking = properties.get(Constants.SERVICE_RANKING) instanceof Integer rank ? rank : 0;
        engine.adapters().add(adapter, kind, ranking);
    }

    void removeAdapter(TargetAdapter<?> adapter) {
        engine.adapters().remove(adapter);
    }

    @Reference(
            name = "orphans",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addOrphanListener(OrphanListener listener) {
        engine.orphans(listener);
    }

    void removeOrphanListener(OrphanListener listener) {
        engine.noOrphans(listener);
    }

    // ---- bundles --------------------------------------------------------------------------------

    @Override
    public JobControl forBundle(Bundle bundle) {
        return engine.control(String.valueOf(bundle.getSymbolicName()), bundle.getBundleId());
    }

    @Override
    public void recover(String kind) {
        engine.recover(Objects.requireNonNull(kind, "kind"));
    }

    private void bundleChanged(BundleEvent event) {
        long bundle = event.getBundle().getBundleId();
        if (event.getType() == BundleEvent.STOPPING) {
            engine.workerStopping(bundle);
        } else if (event.getType() == BundleEvent.STOPPED) {
            engine.ownerStopped(bundle);
        }
    }

    private static long bundleOf(Class<?> type) {
        Bundle bundle = FrameworkUtil.getBundle(type);
        return bundle == null ? JobEngine.NO_BUNDLE : bundle.getBundleId();
    }

    // ---- steering -------------------------------------------------------------------------------

    @Override
    public void mask(long jobId, JobMask mask) {
        admin.mask(jobId, mask);
    }

    @Override
    public void release(long jobId, String reason) {
        admin.release(jobId, reason);
    }

    @Override
    public void recover(long jobId) {
        admin.recover(jobId);
    }

    @Override
    public void pause(long jobId) {
        admin.pause(jobId);
    }

    @Override
    public void resume(long jobId) {
        admin.resume(jobId);
    }

    @Override
    public void bandwidth(long jobId, long bytesPerSecond) {
        admin.bandwidth(jobId, bytesPerSecond);
    }

    @Override
    public boolean drain(Duration timeout) throws InterruptedException {
        return admin.drain(timeout);
    }

    private static Settings settings(Map<String, Object> properties, Settings last) {
        List<String> unknown = ConfigReader.unknownKeys(properties);
        if (!unknown.isEmpty()) {
            LOG.warn("configuration {} has keys that do not exist: {}", CoreConfig.PID, unknown);
        }
        try {
            return ConfigReader.read(properties);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "configuration {} is refused and the last good one stays: {}",
                    CoreConfig.PID,
                    e.getMessage());
            return last;
        }
    }
}
