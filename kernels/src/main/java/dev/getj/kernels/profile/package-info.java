/**
 * Where the time goes, launch by launch, on any backend: what launches cost by the textbook, and a
 * backend that times each launch of another.
 */
package dev.getj.kernels.profile;
