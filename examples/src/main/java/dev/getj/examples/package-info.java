/** Programs that embed the sampler. */
package dev.getj.examples;
