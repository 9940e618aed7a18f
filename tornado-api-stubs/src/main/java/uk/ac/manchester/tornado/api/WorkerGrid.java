package uk.ac.manchester.tornado.api;

/** How many work items a task has, and how they are grouped. */
public interface WorkerGrid {
    /** 1, 2 or 3. */
    int dimension();

    /** The work items along x, y and z. */
    long[] getGlobalWork();

    /** The work items of a group along x, y and z; {@code null} where the driver may choose. */
    long[] getLocalWork();

    /** The groups along x, y and z, as they were when the group's size was set; or {@code null}. */
    long[] getNumberOfWorkgroups();

    /** The first work item's place. */
    long[] getGlobalOffset();

    /** Sets the work items; does not count the groups anew. */
    void setGlobalWork(long x, long y, long z);

    /** Sets the work items of a group and counts the groups. */
    void setLocalWork(long x, long y, long z);

    /** Lets the driver choose the group's size. */
    void setLocalWorkToNull();

    /** Forgets the number of groups. */
    void setNumberOfWorkgroupsToNull();

    /** Sets the first work item's place. */
    void setGlobalOffset(long x, long y, long z);
}
