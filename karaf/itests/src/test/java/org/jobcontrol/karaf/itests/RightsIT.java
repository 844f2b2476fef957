package org.jobcontrol.karaf.itests;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jobcontrol.karaf.itests.Karaf.Answer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may type which command, and what the log says of it. */
@Tag("slow")
@ExtendWith(SharedKaraf.class)
@EnabledForJreRange(
        max = JRE.JAVA_23,
        disabledReason = "Karaf 4.4.10 does not run on Java 24 and later")
class RightsIT {
    private static final Pattern COMMAND = Pattern.compile("jobctl:([a-z-]+)");

    private static final SortedSet<String> LOOKING = names(
            "help list info queue history explain stats watch connection-list domain-list domain-info"
                    + " domain-xml snapshot-list pool-list pool-info vol-list vol-info");

    private static final SortedSet<String> OPERATING =
            names("abort pause resume bandwidth domain-start domain-suspend domain-resume"
                    + " domain-set-memory domain-set-vcpus domain-shutdown domain-reboot"
                    + " domain-reset domain-managed-save pool-start pool-refresh vol-create"
                    + " vol-clone vol-resize");

    private static Karaf karaf;
    private static SortedSet<String> all;

    @BeforeAll
    static void start(Karaf shared) throws Exception {
        karaf = shared;
        // without a terminal Karaf's help prints nothing
        String help;
        try (Terminal terminal = new Terminal(karaf, 200)) {
            terminal.press("help" + Terminal.ENTER);
            help = terminal.see("jobctl:watch");
        }
        all = COMMAND.matcher(help)
                .results()
                .map(found -> found.group(1))
                .collect(toCollection(TreeSet::new));
        assertThat(all).hasSizeGreaterThan(60).containsAll(LOOKING).containsAll(OPERATING);
    }

    private static SortedSet<String> names(String words) {
        return new TreeSet<>(Arrays.asList(words.split(" ")));
    }

    /** Returns the commands that a user may call: those that print their help. */
    private static SortedSet<String> allowed(String user) throws Exception {
        String line = all.stream()
                .map(name -> "try { jobctl:" + name + " --help } { echo no }")
                .collect(joining("; "));
        return Pattern.compile("Usage: jobctl:([a-z-]+)")
                .matcher(karaf.type(user, line).text())
                .results()
                .map(found -> found.group(1))
                .collect(toCollection(TreeSet::new));
    }

    @Test
    void commands_ofAViewer_onlyLook() throws Exception {
        assertThat(allowed("viewer")).isEqualTo(LOOKING);
    }

    /** None of them reads or writes a file of the server, or takes from a job what it needs. */
    @Test
    void commands_ofAManager_lookAndOperate() throws Exception {
        SortedSet<String> expected = new TreeSet<>(LOOKING);
        expected.addAll(OPERATING);
        assertThat(allowed("manager")).isEqualTo(expected);
    }

    @Test
    void commands_ofAnAdmin_areAll() throws Exception {
        assertThat(allowed("admin")).isEqualTo(all);
    }

    @Test
    void commands_ofAMemberOfTheAdminGroup_areAll() throws Exception {
        assertThat(allowed("karaf")).isEqualTo(all);
    }

    @Test
    void command_notAllowed_failsAndDoesNothing() throws Exception {
        assertThat(karaf.type("viewer", "jobctl:list").text()).contains("TARGET");
        Answer abort = karaf.type("viewer", "jobctl:abort 1");
        assertThat(abort.text()).doesNotContain("job #1");
        assertThat(abort.status()).isNotZero();
    }

    @Test
    void steering_isLoggedWithTheUser() throws Exception {
        String first = save("audited-1");
        karaf.type("manager", "jobctl:pause " + first);
        karaf.type("manager", "jobctl:resume " + first);
        karaf.type("manager", "jobctl:bandwidth " + first + " 1MiB");
        karaf.type("admin", "jobctl:mask " + first + " QUERY");
        karaf.type("manager", "jobctl:abort " + first);
        String second = save("audited-2");
        karaf.type("admin", "jobctl:release " + second + " 'no longer wanted'");

        awaitAudited("pause of job #" + first + " SAVE on domain audited-1 by user manager,");
        awaitAudited("resume of job #" + first + " SAVE on domain audited-1 by user manager,");
        awaitAudited("bandwidth 1048576 of job #" + first
                + " SAVE on domain audited-1 by user manager,");
        awaitAudited("mask QUERY of job #" + first + " SAVE on domain audited-1 by user admin,");
        awaitAudited("abort of job #" + first + " SAVE on domain audited-1 by user manager,");
        awaitAudited("release (no longer wanted) of job #" + second
                + " SAVE on domain audited-2 by user admin,");
    }

    private static String save(String domain) throws Exception {
        karaf.typeUntil("jobctl:domain-list", "NAME");
        karaf.type("jobctl:domain-define " + domain + " --memory 64GiB");
        karaf.type("jobctl:domain-start " + domain);
        return Karaf.firstNumber(karaf.type(
                "jobctl:domain-save " + domain + " " + karaf.home.resolve(domain) + " -b"));
    }

    /** Karaf shows the last word of the logger. */
    private static void awaitAudited(String text) {
        await().atMost(Karaf.PATIENCE)
                .until(() -> karaf.log()
                        .lines()
                        .anyMatch(line -> line.contains("| audit ") && line.contains(text)));
    }
}
