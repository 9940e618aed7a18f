/** Short vectors. */
package uk.ac.manchester.tornado.api.types.vectors;
