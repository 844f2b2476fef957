package org.jobcontrol.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A guest of one boot sector. It goes into protected mode, writes a word that is different in each 4
 * KiB page of its memory, so that a save has something to move, prints an F to its serial port, and
 * halts, or begins anew.
 */
final class BootSector {
    private static final int SIZE = 512;
    private static final int GDT_AT = 0x70;

    private static final String BEGIN = """
            fa          cli
            31c0        xor  ax, ax
            8ed8        mov  ds, ax
            8ed0        mov  ss, ax
            bc007c      mov  sp, 7c00
            b801e8      mov  ax, e801          how much memory is there?
            31c9        xor  cx, cx
            31d2        xor  dx, dx
            cd15        int  15                bx: blocks of 64 KiB above 16 MiB
            660fb7db    movzx ebx, bx
            66c1e310    shl  ebx, 16
            6681c300000001  add ebx, 1000000
            6681eb00001000  sub ebx, 100000    the firmware keeps its tables in the last MiB
            e492        in   al, 92
            0c02        or   al, 2             address line 20
            e692        out  92, al
            0f0116887c  lgdt [7c88]
            0f20c0      mov  eax, cr0
            0c01        or   al, 1
            0f22c0      mov  cr0, eax
            ea417c0800  jmp  8:7c41            32 bits from here on
            66b81000    mov  ax, 10
            8ed8        mov  ds, ax
            8ec0        mov  es, ax
            b901000000  mov  ecx, 1
            bf00001000  mov  edi, 100000       pass
            890f        mov  [edi], ecx        page
            81c1b179379e    add ecx, 9e3779b1
            81c700100000    add edi, 1000
            39df        cmp  edi, ebx
            72ee        jb   page
            b046        mov  al, 'F'
            66baf803    mov  dx, 3f8
            ee          out  dx, al
            """;

    private static final String HALT = """
            f4          hlt
            ebfd        jmp  hlt
            """;

    private static final String AGAIN = """
            ebe0        jmp  pass
            """;

    /** The null descriptor, code and data of 4 GiB, and where they are. */
    private static final String GDT = """
            0000000000000000
            ffff0000009acf00
            ffff00000092cf00
            1700707c0000
            """;

    private BootSector() {}

    /**
     * Makes a raw image with the sector at its begin.
     *
     * @param again whether the guest writes its memory for ever
     */
    static void write(Path image, long size, boolean again) throws Exception {
        byte[] disk = Arrays.copyOf(code(BEGIN + (again ? AGAIN : HALT)), (int) size);
        place(disk, GDT_AT, code(GDT));
        place(disk, SIZE - 2, new byte[] {0x55, (byte) 0xaa});
        Files.write(image, disk);
    }

    private static void place(byte[] disk, int at, byte[] code) {
        System.arraycopy(code, 0, disk, at, code.length);
    }

    private static byte[] code(String listing) {
        StringBuilder hex = new StringBuilder();
        listing.lines().forEach(line -> hex.append(line.strip().split(" ", 2)[0]));
        return HexFormat.of().parseHex(hex);
    }
}
