/**
 * The registry of the samples.
 */
@NullMarked
package io.github.thriftboot.samples.eureka;

import org.jspecify.annotations.NullMarked;
