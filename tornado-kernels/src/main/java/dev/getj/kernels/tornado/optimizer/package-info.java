/** AdamW and the average of the weights on devices. */
package dev.getj.kernels.tornado.optimizer;
