/**
 * Where the time of sampling and training goes, kernel by kernel, and how near the device's best.
 */
package dev.getj.profile;
