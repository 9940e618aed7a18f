/**
 * Weights from one world to the other: {@link dev.getj.convert.NamedTensors} of a file in any form
 * that is read, the {@link dev.getj.convert.InferredConfig size} of the network that they belong
 * to, and the {@link dev.getj.convert.Conversion} between them.
 */
package dev.getj.convert;
