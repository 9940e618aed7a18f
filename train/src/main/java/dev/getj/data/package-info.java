/**
 * What is trained on: {@link dev.getj.data.Pairs pairs} of noise and image on disk, in our form or
 * the reference's, and the order in which an epoch {@link dev.getj.data.Shuffle visits} them;
 * {@link dev.getj.data.ImageData images} for teachers and evaluation, the {@link
 * dev.getj.data.Strokes built-in} ones among them.
 */
package dev.getj.data;
