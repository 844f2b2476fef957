package org.jobcontrol.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which threads are idle in a pool, and which only look so. */
class IdleThreadsTest {
    static Stream<ExecutorService> pools() {
        return Stream.of(
                Executors.newFixedThreadPool(1),
                Executors.newCachedThreadPool(),
                Executors.newScheduledThreadPool(1),
                new ForkJoinPool(1));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void contains_threadOfAPool_onlyBetweenTasks(ExecutorService pool) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try {
            Future<Thread> first = pool.submit(Thread::currentThread);
            Thread thread = first.get();
            await().until(() -> IdleThreads.contains(thread));
            Future<?> work = pool.submit(() -> {
                go.await();
                return null;
            });
            await().until(() -> inAwait(thread));
            assertThat(IdleThreads.contains(thread)).as("waits in a task").isFalse();
            go.countDown();
            work.get();
            await().until(() -> IdleThreads.contains(thread));
        } finally {
            go.countDown();
            pool.shutdown();
        }
    }

    private static boolean inAwait(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(CountDownLatch.class.getName()));
    }

    /** The factory may hold the job around the whole life of the thread. */
    @Test
    void contains_threadWhoseFactoryHasCodeOnItsStack_isFalse() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(
                1,
                loop -> new Thread(() -> {
                    loop.run();
                }));
        try {
            Thread thread = pool.submit(Thread::currentThread).get();
            await().until(() -> thread.getState() == Thread.State.WAITING);
            assertThat(IdleThreads.contains(thread)).isFalse();
        } finally {
            pool.shutdown();
        }
    }

    /** Nothing but the JDK is on its stack, and that alone does not tell that it is idle. */
    @Test
    void contains_threadThatIsInNoPool_isFalse() throws Exception {
        CompletableFuture<Thread> started = new CompletableFuture<>();
        Timer timer = new Timer();
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        started.complete(Thread.currentThread());
                    }
                },
                0);
        Thread thread = started.get();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(IdleThreads.contains(thread)).isFalse();
        timer.cancel();
    }
}
