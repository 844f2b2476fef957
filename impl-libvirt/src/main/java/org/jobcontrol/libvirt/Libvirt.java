package org.jobcontrol.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.PointerType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import org.jobcontrol.api.LibvirtException;
import org.jspecify.annotations.Nullable;

/**
 * libvirt's library, bound once. Its errors belong to threads: whoever calls a function hands what it
 * returned to {@code check}, in the same thread and before any other call.
 */
final class Libvirt {
    private static final String ENCODING = "UTF-8";
    private static final long ERROR_CODE = 0;
    private static final long ERROR_ORIGIN = 4;
    private static final long ERROR_TEXT = 8;

    private final Virt virt;
    private final C c;

    /** What takes back memory that libvirt gave away. */
    interface C extends Library {
        void free(Pointer memory);
    }

    private Libvirt(Virt virt, C c) {
        this.virt = virt;
        this.c = c;
    }

    /**
     * Binds the library; an UnsatisfiedLinkError says that it is not installed.
     *
     * <p>Until somebody takes its errors libvirt prints each to standard error. It is given a function
     * of its own that does nothing with what it gets as its first argument, null: no code of ours, which
     * would have to outlive this bundle.
     */
    static Libvirt load() {
        NativeLibrary library = NativeLibrary.getInstance("virt");
        Virt virt = bind("virt", Virt.class);
        virt.virSetErrorFunc(null, library.getFunction("virResetError"));
        if (virt.virInitialize() < 0) {
            throw new UnsatisfiedLinkError("libvirt cannot be initialized");
        }
        return new Libvirt(virt, bind("c", C.class));
    }

    /** Not by Native.load, which keeps the interface for good, and so every class of this bundle. */
    private static <L extends Library> L bind(String name, Class<L> type) {
        InvocationHandler functions =
                new Library.Handler(name, type, Map.of(Library.OPTION_STRING_ENCODING, ENCODING));
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, functions));
    }

    /**
     * Has JNA forget this bundle, when nothing of the library is called any more. JNA keeps what it found
     * out of an interface with callbacks for as long as that is there, and in it the interface.
     */
    static void forget() {
        Native.getLibraryOptions(Virt.class).values().removeIf(Virt.class::equals);
    }

    Virt virt() {
        return virt;
    }

    /** Binds libvirt-qemu; an UnsatisfiedLinkError says that it is not installed. */
    VirtQemu qemu() {
        return bind("virt-qemu", VirtQemu.class);
    }

    /** Returns what a function returned; throws this thread's error if that is -1. */
    int check(int result) throws LibvirtException {
        if (result < 0) {
            throw error();
        }
        return result;
    }

    /** Returns what a function returned; throws this thread's error if that is null. */
    <P extends PointerType> P check(@Nullable P result) throws LibvirtException {
        if (result == null) {
            throw error();
        }
        return result;
    }

    /** Returns a string that a function gave away. */
    String take(@Nullable Pointer text) throws LibvirtException {
        if (text == null) {
            throw error();
        }
        try {
            return text.getString(0, ENCODING);
        } finally {
            c.free(text);
        }
    }

    /** Returns the pointers of an array that a function gave away; they are the caller's. */
    Pointer[] take(Pointer array, int count) {
        try {
            return array.getPointerArray(0, count);
        } finally {
            c.free(array);
        }
    }

    private LibvirtException error() {
        Pointer error = virt.virGetLastError();
        if (error == null) {
            return new LibvirtException(Flags.ERR_INTERNAL_ERROR, 0, "no reason was given");
        }
        Pointer text = error.getPointer(ERROR_TEXT);
        return new LibvirtException(
                error.getInt(ERROR_CODE),
                error.getInt(ERROR_ORIGIN),
                text == null
                        ? "no reason was given"
                        : Objects.requireNonNull(text.getString(0, ENCODING)));
    }
}
