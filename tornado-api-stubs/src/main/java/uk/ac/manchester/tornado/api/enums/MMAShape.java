package uk.ac.manchester.tornado.api.enums;

/** Rows, columns and depth of what tensor cores multiply with one instruction. */
public enum MMAShape {
    M16N8K16("m16n8k16"),
    M16N8K32("m16n8k32");

    private final String ptxName;

    MMAShape(String ptxName) {
        this.ptxName = ptxName;
    }

    /** The shape's name in PTX. */
    public String getPtxName() {
        return ptxName;
    }
}
