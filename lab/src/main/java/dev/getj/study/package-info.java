/**
 * The GET paper's claims on the built-in strokes: the {@link dev.getj.study.Study runs} that answer
 * its {@link dev.getj.study.Question questions}, tables and charts of what comes out.
 */
package dev.getj.study;
