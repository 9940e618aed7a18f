/** What charts of several packages share. */
package dev.getj.chart;
