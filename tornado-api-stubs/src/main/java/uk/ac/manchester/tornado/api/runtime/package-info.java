/** The way to the installed backends. */
package uk.ac.manchester.tornado.api.runtime;
