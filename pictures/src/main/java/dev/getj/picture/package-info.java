/**
 * Pictures, through {@code java.desktop}: {@link dev.getj.picture.Picture files} that are read and
 * scaled, {@link dev.getj.picture.ImageGrid grids} of images, and {@link
 * dev.getj.picture.SamplePictures what a sampler made}.
 */
package dev.getj.picture;
