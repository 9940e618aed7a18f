/** What a library has to implement for TornadoVM to call it. */
package uk.ac.manchester.tornado.runtime.library.spi;
