/** Metrics, pictures and settings of a run in the formats of other tools: TensorBoard, CSV. */
package dev.getj.log;
