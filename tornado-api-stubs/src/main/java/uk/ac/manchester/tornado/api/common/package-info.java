/** What a task's method looks like, and devices. */
package uk.ac.manchester.tornado.api.common;
