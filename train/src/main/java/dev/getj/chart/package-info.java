/** The theme that all charts have in common: size, colors, font and axes. */
package dev.getj.chart;
