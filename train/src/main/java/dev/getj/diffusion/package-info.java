/**
 * Where images come from: {@link dev.getj.diffusion.Denoiser denoisers} in the form of EDM (Karras
 * et al. 2022), the {@link dev.getj.diffusion.HeunSampler sampler} that turns noise into images
 * with them, and the {@link dev.getj.diffusion.PairGenerator generator} of pairs to distil from.
 */
package dev.getj.diffusion;
