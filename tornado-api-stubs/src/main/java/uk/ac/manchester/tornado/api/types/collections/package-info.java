/** Arrays of short vectors, which a kernel may keep in registers. */
package uk.ac.manchester.tornado.api.types.collections;
