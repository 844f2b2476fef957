package org.jobcontrol.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobRefusedException;
import org.jobcontrol.api.JobRefusedException.Reason;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.domain.Domain;
import org.jobcontrol.api.domain.DomainDriver;
import org.jobcontrol.api.domain.DomainInfo;
import org.jobcontrol.api.domain.DomainSpec;
import org.jobcontrol.api.domain.DomainState;
import org.jobcontrol.api.domain.Domains;
import org.jobcontrol.core.TestLog;
import org.jobcontrol.core.engine.EngineClock;
import org.jobcontrol.core.engine.JobEngine;
import org.jobcontrol.core.engine.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Domains that are undefined and renamed behind our back, while jobs run and wait on them. */
@Timeout(60)
class GoneDomainsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    private final JobEngine engine = new JobEngine(EngineClock.system(), Settings.DEFAULTS);
    private final JobControl control = engine.control("com.acme.test");
    private final DomainCatalog catalog = new DomainCatalog();
    private final Domains domains = new DomainsService(catalog, control);
    private volatile List<DomainSpec> listed = List.of();

    @BeforeEach
    void connect() {
        engine.adapters().add(new DomainAdapter(catalog), DomainAdapter.DOMAIN, 0);
        catalog.jobObjects(JobObjects.of(engine.control("org.jobcontrol.domain")));
        list("web", ONE);
        catalog.add(driver(), 0);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    /** A driver that lists domains, and can do nothing with them. */
    private DomainDriver driver() {
        InvocationHandler handler = (proxy, method, args) -> switch (method.getName()) {
            case "name", "toString" -> "elsewhere";
            case "list" -> listed;
            case "info" -> new DomainInfo(DomainState.SHUTOFF, 1 << 20, 1 << 20, 1, Instant.EPOCH);
            case "equals" -> proxy == args[0];
            case "hashCode" -> 1;
            default -> InvocationHandler.invokeDefault(proxy, method, args);
        };
        return (DomainDriver) Proxy.newProxyInstance(
                DomainDriver.class.getClassLoader(), new Class<?>[] {DomainDriver.class}, handler);
    }

    private void list(String name, UUID uuid) {
        listed = List.of(new DomainSpec(name, uuid, 1 << 20, 1, Map.of()));
    }

    private Domain find(String nameOrUuid) {
        return domains.find(nameOrUuid).orElseThrow();
    }

    private static void assertGone(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        JobRefusedException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TARGET_GONE));
    }

    @Test
    void list_withoutADomain_refusesWaitersOfIt() throws Exception {
        Domain web = find("web");
        try (Job held = web.jobs().begin(JobType.MODIFY, "held", LONG)) {
            JobFuture<Job> waiter = web.jobs().beginLater(JobType.MODIFY, "waits", LONG);
            listed = List.of();
            assertThat(domains.list()).isEmpty();
            assertGone(waiter::await);
            assertThat(held.info().target().id()).isEqualTo("web");
        }
    }

    @Test
    void list_withoutADomain_isLoggedOnceByName() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (AutoCloseable listening = TestLog.listen(line -> log.add(line.text()))) {
            find("web");
            listed = List.of();
            assertThat(domains.list()).isEmpty();
            assertThat(domains.list()).isEmpty();
        }
        assertThat(log)
                .filteredOn(line -> line.contains("domain web (" + ONE + ") is dropped"))
                .singleElement()
                .asString()
                .contains("driver 'elsewhere' lists it no more");
    }

    @Test
    void list_withAnotherDomainOfThatName_givesItNoWaitersOfTheFirst() throws Exception {
        Domain first = find("web");
        JobFuture<Job> waiter;
        try (Job held = first.jobs().begin(JobType.MODIFY, "held", LONG)) {
            waiter = first.jobs().beginLater(JobType.MODIFY, "waits", LONG);
            list("web", TWO);
            assertThat(domains.list()).extracting(Domain::uuid).containsExactly(TWO);
            assertGone(waiter::await);
            assertThat(held.info().target().id()).isEqualTo("web");
        }
        try (Job job = find("web").jobs().begin(JobType.MODIFY, "second", Duration.ZERO)) {
            assertThat(job.operation()).isEqualTo("second");
        }
    }

    @Test
    void rename_whileAJobRuns_isFollowedWhenItHasEnded() throws Exception {
        Domain web = find("web");
        try (Job held = web.jobs().begin(JobType.MODIFY, "held", LONG)) {
            held.detach();
            list("www", ONE);
            // under neither name and by no uuid a second job comes to the same domain
            assertThat(domains.find("www")).isEmpty();
            Domain renamed = find(ONE.toString());
            assertThat(renamed.name()).isEqualTo("web");
            assertGone(() -> web.jobs().begin(JobType.MODIFY, "second", Duration.ZERO));
            assertThat(renamed.jobs().explain(JobType.MODIFY).admissible()).isFalse();
            assertThat(held.info().target().id()).isEqualTo("web");
        }
        assertThat(find("www").uuid()).isEqualTo(ONE);
        assertThat(domains.find("web")).isEmpty();
        try (Job job = find("www").jobs().begin(JobType.MODIFY, "second", Duration.ZERO)) {
            assertThat(job.target().id()).isEqualTo("www");
        }
    }
}
