/** How a kernel names its parallel loops. */
package uk.ac.manchester.tornado.api.annotations;
