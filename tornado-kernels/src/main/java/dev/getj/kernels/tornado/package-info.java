/**
 * The operations of {@link dev.getj.kernels.op} as Java methods that TornadoVM compiles for a
 * device. Each method is what one work item does. A family of operations has a package: its {@code
 * …Tasks} find the kernels of an operation, and a kernel's class holds the method, its grid, the
 * names of its tensors and the task that it becomes. {@code runtime} runs tasks.
 *
 * <p>All kernels share one form, so that a kernel is compiled once and runs on every block of equal
 * shape: {@code (context, offsets, row, place, arrays…, column, shape…)}. Shapes are scalars and
 * thereby constants of the compiled code; where in their arrays the tensors lie is data. {@code
 * offsets} is a table of such positions, {@code row[0]} where the current run's row starts in it,
 * and {@code place[0] + column} the task's place in the row, of which one is 0: tensor {@code X} of
 * the task starts at {@code offsets[entry + X]}, where {@code entry} is {@code Entry.of(row, place,
 * column)}. {@code X} is a constant of the kernel's class, by which the task gives it, too.
 * An array is passed once even if two tensors lie in it (weight and bias). Scratch memory starts at
 * 0 and has no entry.
 *
 * <p>What the compilers ask of this code: arrays in local memory have constant sizes and are not
 * passed to methods (a method may make its own); there is no {@code >>>} (shifts are signed on every device), no reading of a
 * float's bits, and no rounding by adding and subtracting a large number (OpenCL's fast relaxed
 * mathematics would undo it); no name is a function of OpenCL C or CUDA.
 */
package dev.getj.kernels.tornado;
