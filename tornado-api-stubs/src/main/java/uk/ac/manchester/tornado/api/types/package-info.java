/** Numbers of 16 bits. */
package uk.ac.manchester.tornado.api.types;
