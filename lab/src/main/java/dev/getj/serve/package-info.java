/** An HTTP service on a sampler, and the playground page that it shows. */
package dev.getj.serve;
