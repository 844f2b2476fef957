package org.jobcontrol.core.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of any part of some bytes, each in a time that hardly depends on how long the part is. Not
 * thread-safe.
 */
final class PartChecksums {
    /*
     * Damage may look like the headers of millions of long frames, which overlap. Summing up the bytes
     * of each would take hours, so the state of the checksum after each byte is computed once, from 0:
     * as the checksum is linear, the state after a part that begins with any other state differs from it
     * by that other state times x^(8 * length), modulo the polynomial.
     *
     * States are kept for a window, which moves on with the parts that are asked for.
     */
    private static final int POLYNOMIAL = 0x82F63B78;
    private static final int ONE = 1 << 31;
    private static final int[] TABLE = table();

    /** x to the power of 8, 16, 32 and so on. */
    private static final int[] POWERS = powers();

    private final ByteBuffer bytes;
    private final int longest;
    private int[] states = {};
    private int windowAt;

    /**
     * Prepares to sum up parts of a buffer, by absolute positions up to its limit.
     *
     * @param longest how long a part may be
     */
    PartChecksums(ByteBuffer bytes, int longest) {
        this.bytes = bytes;
        this.longest = longest;
    }

    /**
     * Goes on with a checksum over a part of the bytes.
     *
     * @param before the checksum of what precedes the part, as {@link CRC32C#getValue} returns it
     * @return the checksum of both
     */
    int update(int before, int from, int length) {
        moveWindow(from, length);
        int first = states[from - windowAt];
        int last = states[from - windowAt + length];
        return ~(last ^ shifted(first ^ ~before, length));
    }

    private void moveWindow(int from, int length) {
        if (from >= windowAt && from + length - windowAt < states.length) {
            return;
        }
        // Twice as long as a part: then each byte is in few windows.
        int size = (int) Math.min(2L * longest, bytes.limit() - (long) from);
        int[] next = states.length == size + 1 ? states : new int[size + 1];
        next[0] = 0;
        for (int i = 0; i < size; i++) {
            int state = next[i];
            next[i + 1] = (state >>> Byte.SIZE) ^ TABLE[(state ^ bytes.get(from + i)) & 0xFF];
        }
        states = next;
        windowAt = from;
    }

    /** Returns a state after so many zero bytes. */
    private static int shifted(int state, int length) {
        int shifted = state;
        for (int i = 0; length >>> i != 0; i++) {
            if ((length >>> i & 1) != 0) {
                shifted = product(shifted, POWERS[i]);
            }
        }
        return shifted;
    }

    /** Multiplies modulo the polynomial; the highest bit is that of x^0. */
    private static int product(int a, int b) {
        int product = 0;
        int power = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= power;
            }
            power = timesX(power);
        }
        return product;
    }

    private static int timesX(int value) {
        return (value >>> 1) ^ ((value & 1) == 0 ? 0 : POLYNOMIAL);
    }

    private static int[] table() {
        int[] table = new int[1 << Byte.SIZE];
        for (int i = 0; i < table.length; i++) {
            int value = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                value = timesX(value);
            }
            table[i] = value;
        }
        return table;
    }

    private static int[] powers() {
        int[] powers = new int[Integer.SIZE];
        powers[0] = ONE >>> Byte.SIZE;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = product(powers[i - 1], powers[i - 1]);
        }
        return powers;
    }
}
