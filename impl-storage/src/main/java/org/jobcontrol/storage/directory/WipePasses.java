package org.jobcontrol.storage.directory;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.jobcontrol.api.storage.WipeAlgorithm;
import org.jobcontrol.storage.Pace;

/** What a wipe overwrites with, pass by pass. */
final class WipePasses {
    /** Fills a block that goes to a place in the file. */
    @FunctionalInterface
    interface Pass {
        void fill(ByteBuffer block, long at);
    }

    /** What Gutmann's paper has between four random passes at either end. */
    private static final int[][] GUTMANN = {
        {0x55},
        {0xaa},
        {0x92, 0x49, 0x24},
        {0x49, 0x24, 0x92},
        {0x24, 0x92, 0x49},
        {0x00},
        {0x11},
        {0x22},
        {0x33},
        {0x44},
        {0x55},
        {0x66},
        {0x77},
        {0x88},
        {0x99},
        {0xaa},
        {0xbb},
        {0xcc},
        {0xdd},
        {0xee},
        {0xff},
        {0x92, 0x49, 0x24},
        {0x49, 0x24, 0x92},
        {0x24, 0x92, 0x49},
        {0x6d, 0xb6, 0xdb},
        {0xb6, 0xdb, 0x6d},
        {0xdb, 0x6d, 0xb6}
    };

    private static final int[] BSI = {0xff, 0xfe, 0xfd, 0xfb, 0xf7, 0xef, 0xdf, 0xbf, 0x7f};

    private WipePasses() {}

    /** Returns the passes of an algorithm that overwrites. */
    static List<Pass> of(WipeAlgorithm algorithm) {
        return switch (algorithm) {
            case ZERO -> List.of(pattern(0));
            case RANDOM -> List.of(random());
            case NNSA -> List.of(random(), random(), pattern(0));
            case DOD -> List.of(random(), pattern(0), pattern(0xff));
            case BSI -> {
                List<Pass> passes = new ArrayList<>();
                for (int value : BSI) {
                    passes.add(pattern(value));
                }
                yield passes;
            }
            case GUTMANN -> {
                List<Pass> passes = new ArrayList<>(Collections.nCopies(4, random()));
                for (int[] values : GUTMANN) {
                    passes.add(pattern(values));
                }
                passes.addAll(Collections.nCopies(4, random()));
                yield passes;
            }
            case SCHNEIER -> {
                List<Pass> passes = new ArrayList<>(List.of(pattern(0), pattern(0xff)));
                passes.addAll(Collections.nCopies(5, random()));
                yield passes;
            }
            case PFITZNER7 -> Collections.nCopies(7, random());
            case PFITZNER33 -> Collections.nCopies(33, random());
            case TRIM -> throw new IllegalArgumentException("TRIM overwrites nothing");
        };
    }

    /** Repeats some bytes over the whole file. */
    private static Pass pattern(int... values) {
        byte[] repeated = new byte[Pace.BLOCK + values.length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = (byte) values[i % values.length];
        }
        return (block, at) -> block.put(repeated, (int) (at % values.length), block.remaining());
    }

    private static Pass random() {
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        byte[] bytes = new byte[Pace.BLOCK];
        return (block, at) -> {
            random.nextBytes(bytes);
            block.put(bytes, 0, block.remaining());
        };
    }
}
