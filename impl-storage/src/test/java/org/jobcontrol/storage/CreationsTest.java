package org.jobcontrol.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jobcontrol.storage.StorageFixture.LONG;
import static org.jobcontrol.storage.StorageFixture.MIB;
import static org.jobcontrol.storage.StorageFixture.volume;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jobcontrol.api.Job;
import org.jobcontrol.api.JobControl;
import org.jobcontrol.api.JobFuture;
import org.jobcontrol.api.JobType;
import org.jobcontrol.api.TargetId;
import org.jobcontrol.api.storage.StorageException;
import org.jobcontrol.api.storage.StoragePool;
import org.jobcontrol.api.storage.StorageVolume;
import org.jobcontrol.api.storage.VolumeSpec;
import org.jobcontrol.storage.directory.DirectoryDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A creation that fails closes the job object of its volume, unless another creation has taken it.
 *
 * <p>Mutant: close an idle job object without counting who has taken it ({@code Creations.begin}).
 */
@Timeout(120)
class CreationsTest {
    private static final TargetId TARGET =
            new TargetId("volume", "a.img", TargetId.of("pool", "images"));
    private static final VolumeSpec GOOD = VolumeSpec.sparse("a.img", 4096);
    private static final VolumeSpec BAD = new VolumeSpec("a.img", "vmdk", 4096, 0, Map.of());
    private static final Duration STRESS = Duration.ofSeconds(3);

    private final HookedDriver driver = new HookedDriver(new DirectoryDriver((Path) null));
    private final StorageFixture storage = new StorageFixture(driver);

    @TempDir
    Path directory;

    private StoragePool pool;
    private StorageVolume source;

    @BeforeEach
    void makeVolume() throws Exception {
        pool = storage.pool("images", directory);
        source = volume(pool, "source.img", 4096);
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    private void assertNoJobObject() {
        await().untilAsserted(() -> assertThat(storage.control.find(TARGET)).isEmpty());
    }

    private void fail() {
        assertThatThrownBy(pool.create(BAD, LONG)::await)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StorageException.class);
    }

    /** Job control for a user between whose look for a job object and its use something happens. */
    private JobControl slow(Runnable between) {
        AtomicBoolean first = new AtomicBoolean(true);
        return (JobControl) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JobControl.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(storage.control, arguments);
                        if (method.getName().equals("of") && first.getAndSet(false)) {
                            between.run();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private StoragePool slowPool(Runnable between) {
        return new StoragePoolsService(storage.catalog, slow(between))
                .find("images")
                .orElseThrow();
    }

    private void failInBetween() {
        fail();
        assertNoJobObject();
    }

    @Test
    void create_whileAnotherFails_isNotRefused() throws Exception {
        StorageVolume made = slowPool(this::failInBetween).create(GOOD, LONG).await();
        made.query(LONG);
    }

    @Test
    void create_whileOneOnTopFails_isNotRefused() throws Exception {
        StoragePool slow = slowPool(() -> {
            VolumeSpec top = VolumeSpec.qcow2("top.qcow2", MIB, "a.img");
            assertThatThrownBy(pool.create(top, LONG)::await)
                    .hasCauseInstanceOf(StorageException.class);
            assertNoJobObject();
        });
        slow.create(GOOD, LONG).await().query(LONG);
    }

    @Test
    void create_underAJobWhileAnotherFails_isNotRefused() throws Exception {
        try (Job job = pool.jobs().begin(JobType.MODIFY, "test", LONG)) {
            StoragePool slow = slowPool(() -> {
                assertThatThrownBy(() -> pool.create(BAD, job))
                        .isInstanceOf(StorageException.class);
                assertNoJobObject();
            });
            slow.create(GOOD, job);
        }
        pool.volume("a.img").orElseThrow().query(LONG);
    }

    @Test
    void clone_whileAnotherFails_isNotRefused() throws Exception {
        StoragePool slow = slowPool(this::failInBetween);
        StorageVolume theirs = slow.volume("source.img").orElseThrow();
        theirs.cloneTo(slow, "a.img", LONG).await().query(LONG);
    }

    /** One makes the volume and deletes it, others fail to make it; nobody is refused for that. */
    @Test
    void create_besideOnesThatFail_isNeverRefused() throws Exception {
        ReadWriteLock deletion = new ReentrantReadWriteLock();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService failing = Executors.newFixedThreadPool(2);
        List<Future<Void>> failures = new ArrayList<>();
        Callable<Void> loop = () -> {
            while (!over.get()) {
                // A delete refuses those that wait for the volume that it deletes.
                deletion.readLock().lock();
                try {
                    fail();
                } finally {
                    deletion.readLock().unlock();
                }
            }
            return null;
        };
        try {
            failures.add(failing.submit(loop));
            failures.add(failing.submit(loop));
            long end = System.nanoTime() + STRESS.toNanos();
            for (int round = 0; System.nanoTime() < end; round++) {
                JobFuture<StorageVolume> making = round % 2 == 0
                        ? pool.create(GOOD, LONG)
                        : source.cloneTo(pool, "a.img", LONG);
                StorageVolume made = making.await();
                deletion.writeLock().lock();
                try {
                    made.delete(LONG);
                } finally {
                    deletion.writeLock().unlock();
                }
            }
        } finally {
            over.set(true);
            failing.shutdown();
        }
        for (Future<Void> failure : failures) {
            failure.get();
        }
        assertNoJobObject();
    }

    /** The future ends before the work does, and stages that depend on it have run by then. */
    @RepeatedTest(3)
    void create_completedFromOutsideWhileItRuns_leavesNoJobObject() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        driver.hook((work, job) -> {
            if (work.equals("create")) {
                running.countDown();
                told.await();
                job.checkpoint();
            }
        });
        JobFuture<StorageVolume> create = pool.create(GOOD, LONG);
        running.await();
        create.whenComplete((volume, failure) -> told.countDown());
        driver.hook((work, job) -> {});
        create.toCompletableFuture().cancel(true);
        assertNoJobObject();
        assertThat(pool.volume("a.img")).isEmpty();
    }
}
