/** A file system that kills what works on it, as {@code kill -9} would, at the n-th operation. */
package dev.getj.crash;
