/** Devices. */
package uk.ac.manchester.tornado.runtime.common;
