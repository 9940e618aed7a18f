package dev.getj.solver;

/** How a {@link Slice} of an equilibrium is differentiated. */
public sealed interface Gradient permits GradientSteps, ImplicitGradient {}
