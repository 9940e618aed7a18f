package uk.ac.manchester.tornado.api.types.vectors;

/** Four floats. */
public final class Float4 {
    private final float x;
    private final float y;
    private final float z;
    private final float w;

    /** Of these floats. */
    public Float4(float x, float y, float z, float w) {
        this.x = x;
        this.y = y;
        this.z = z;
        this.w = w;
    }

    /** The first. */
    public float getX() {
        return x;
    }

    /** The second. */
    public float getY() {
        return y;
    }

    /** The third. */
    public float getZ() {
        return z;
    }

    /** The fourth. */
    public float getW() {
        return w;
    }
}
