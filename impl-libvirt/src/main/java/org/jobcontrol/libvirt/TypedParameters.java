package org.jobcontrol.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * libvirt's typed parameters ({@code virTypedParameter}): a name of 80 bytes, a type, and a value of 8
 * bytes.
 */
final class TypedParameters {
    private static final int SIZE = 96;
    private static final int TYPE_AT = 80;
    private static final int VALUE_AT = 88;

    private static final int INT = 1;
    private static final int UINT = 2;
    private static final int LLONG = 3;
    private static final int ULLONG = 4;
    private static final int DOUBLE = 5;
    private static final int BOOLEAN = 6;
    private static final int STRING = 7;

    private TypedParameters() {}

    /** Reads parameters: numbers, booleans and strings by name, in their order. */
    static Map<String, Object> read(Pointer parameters, int count) {
        Map<String, Object> read = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Pointer parameter = parameters.share((long) i * SIZE, SIZE);
            String name = parameter.getString(0, StandardCharsets.UTF_8.name());
            switch (parameter.getInt(TYPE_AT)) {
                case INT -> read.put(name, parameter.getInt(VALUE_AT));
                case UINT -> read.put(name, Integer.toUnsignedLong(parameter.getInt(VALUE_AT)));
                case LLONG, ULLONG -> read.put(name, parameter.getLong(VALUE_AT));
                case DOUBLE -> read.put(name, parameter.getDouble(VALUE_AT));
                case BOOLEAN -> read.put(name, parameter.getByte(VALUE_AT) != 0);
                case STRING ->
                    read.put(
                            name,
                            parameter
                                    .getPointer(VALUE_AT)
                                    .getString(0, StandardCharsets.UTF_8.name()));
                default -> {
                    // a type of a later libvirt: the others are still of use
                }
            }
        }
        return read;
    }

    /** Writes parameters whose values are strings, or longs that libvirt takes for unsigned. */
    static Written write(Map<String, Object> values) {
        Memory memory = new Memory((long) SIZE * Math.max(1, values.size()));
        memory.clear();
        List<Memory> strings = new ArrayList<>();
        int at = 0;
        for (Map.Entry<String, Object> value : values.entrySet()) {
            memory.setString(at, value.getKey(), StandardCharsets.UTF_8.name());
            if (value.getValue() instanceof String text) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                Memory string = new Memory(bytes.length + 1L);
                string.clear();
                string.write(0, bytes, 0, bytes.length);
                strings.add(string);
                memory.setInt(at + (long) TYPE_AT, STRING);
                memory.setPointer(at + (long) VALUE_AT, string);
            } else {
                memory.setInt(at + (long) TYPE_AT, ULLONG);
                memory.setLong(at + (long) VALUE_AT, (Long) value.getValue());
            }
            at += SIZE;
        }
        return new Written(memory, strings, values.size());
    }

    /**
     * Parameters in native memory, for as long as this is open.
     *
     * @param memory the array
     * @param strings what it points to
     * @param count how many there are
     */
    record Written(Memory memory, List<Memory> strings, int count) implements AutoCloseable {
        @Override
        public void close() {
            strings.forEach(Memory::close);
            memory.close();
        }
    }

    /** Makes sure that the layout is the one read here. */
    static boolean fits() {
        return Native.POINTER_SIZE == Long.BYTES;
    }
}
