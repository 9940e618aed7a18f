package uk.ac.manchester.tornado.api;

/** What grids of one, two and three dimensions share. */
public abstract class AbstractWorkerGrid implements WorkerGrid {
    private long[] globalWork;
    private long[] localWork;
    private long[] groups;
    private long[] offset = new long[3];

    protected AbstractWorkerGrid(long x, long y, long z) {
        setGlobalWork(x, y, z);
    }

    @Override
    public long[] getGlobalWork() {
        return globalWork;
    }

    @Override
    public long[] getLocalWork() {
        return localWork;
    }

    @Override
    public long[] getNumberOfWorkgroups() {
        return groups;
    }

    @Override
    public long[] getGlobalOffset() {
        return offset;
    }

    @Override
    public final void setGlobalWork(long x, long y, long z) {
        globalWork = new long[] {x, y, z};
    }

    @Override
    public void setLocalWork(long x, long y, long z) {
        localWork = new long[] {x, y, z};
        groups = new long[] {globalWork[0] / x, globalWork[1] / y, globalWork[2] / z};
    }

    @Override
    public void setLocalWorkToNull() {
        localWork = null;
    }

    @Override
    public void setNumberOfWorkgroupsToNull() {
        groups = null;
    }

    @Override
    public void setGlobalOffset(long x, long y, long z) {
        offset = new long[] {x, y, z};
    }
}
