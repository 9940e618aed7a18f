/** What {@code getj demo} leaves behind to look at: one page with its pictures and figures. */
package dev.getj.demo;
