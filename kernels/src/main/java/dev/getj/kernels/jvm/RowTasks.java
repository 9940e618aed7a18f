package dev.getj.kernels.jvm;

/** The work of a launch on its rows, for any range of them. */
interface RowTasks {
    /**
     * Tasks that may run side by side and in any order.
     *
     * @param count how many
     */
    record Part(int count, Workers.Task task) {}

    /**
     * The work on rows {@code first … end − 1}.
     *
     * @param wanted how many tasks there should be at least, if so many make sense
     */
    Part part(int first, int end, int wanted);
}
