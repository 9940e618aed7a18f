/**
 * The Generative Equilibrium Transformer (Geng, Pokle and Kolter, NeurIPS 2023) and the ViT it is
 * compared with: sizes, parameters under the reference's names, layers with forward and backward
 * side by side.
 */
package dev.getj.model;
