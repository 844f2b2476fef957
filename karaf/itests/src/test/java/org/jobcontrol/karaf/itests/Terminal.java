package org.jobcontrol.karaf.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyChannelConfiguration;

/** A person at a terminal: sees what is on the screen, presses keys. */
final class Terminal implements AutoCloseable {
    static final String CTRL_C = "\u0003";
    static final String TAB = "\t";
    static final String ENTER = "\r";

    private static final Pattern CONTROLS =
            Pattern.compile("\u001b(\\[[0-9;?]*[a-zA-Z]|[=>]|\\([0B])");

    private final ClientSession session;
    private final ChannelShell channel;
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final OutputStream keys;
    private int seen;

    Terminal(Karaf karaf, int columns) throws IOException {
        session = karaf.session("karaf");
        PtyChannelConfiguration pty = new PtyChannelConfiguration();
        pty.setPtyType("xterm");
        pty.setPtyColumns(columns);
        // so that Karaf need not page
        pty.setPtyLines(500);
        channel = session.createShellChannel(pty, Map.of());
        PipedInputStream in = new PipedInputStream();
        keys = new PipedOutputStream(in);
        channel.setIn(in);
        channel.setOut(screen);
        channel.setErr(screen);
        channel.open().verify(Karaf.PATIENCE);
        see("karaf@root");
    }

    void press(String text) throws IOException {
        seen = screen.size();
        keys.write(text.getBytes(UTF_8));
        keys.flush();
    }

    /** Waits until a text is on the screen, below the last key pressed. */
    String see(String text) {
        return await().atMost(Karaf.PATIENCE).until(this::news, news -> news.contains(text));
    }

    /** Returns all that was ever shown. */
    String screen() {
        return CONTROLS.matcher(screen.toString(UTF_8)).replaceAll("");
    }

    String news() {
        String all = screen.toString(UTF_8);
        return CONTROLS.matcher(all.substring(Math.min(seen, all.length()))).replaceAll("");
    }

    @Override
    public void close() throws IOException {
        channel.close();
        session.close();
    }
}
