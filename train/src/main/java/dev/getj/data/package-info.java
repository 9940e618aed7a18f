/**
 * What is trained on: {@link dev.getj.data.Pairs pairs} of noise and image on disk, the order in
 * which an epoch {@link dev.getj.data.Shuffle visits} them, and the {@link dev.getj.data.Strokes
 * built-in data set}.
 */
package dev.getj.data;
