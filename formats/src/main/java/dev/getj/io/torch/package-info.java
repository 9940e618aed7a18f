/**
 * Files that {@code torch.save} wrote, as data: {@link dev.getj.io.torch.TorchFile} reads the zip
 * and the older legacy form through an interpreter of the few pickle operations that rebuild
 * tensors and plain containers, {@link dev.getj.io.torch.TorchWriter} writes what PyTorch loads.
 */
package dev.getj.io.torch;
