/**
 * The launches of {@link dev.getj.kernels.Kernels} as Java methods that TornadoVM compiles for a
 * device. Each method is what one work item does.
 *
 * <p>All kernels share one form, so that a kernel is compiled once and runs on every block of equal
 * shape: {@code (context, offsets, row, buffers…, column, shape…)}. Shapes are scalars and thereby
 * constants of the compiled code; where in their buffers the tensors lie is data. {@code offsets}
 * is a table of such positions, {@code row[0]} where the current run's row starts in it, and {@code
 * column} the launch's place in the row: tensor {@code i} of the launch starts at {@code
 * offsets[row[0] + column + i]}. The Javadoc of each kernel lists its tensors in that order. A
 * buffer is passed once even if two tensors lie in it (weight and bias). Scratch buffers start at 0
 * and have no entry.
 *
 * <p>What the compilers ask of this code: arrays in local memory have constant sizes and are not
 * passed to methods; there is no {@code >>>} (shifts are signed on every device), no reading of a
 * float's bits, and no rounding by adding and subtracting a large number (OpenCL's fast relaxed
 * mathematics would undo it); no name is a function of OpenCL C or CUDA.
 */
package dev.getj.kernels.tornado;
