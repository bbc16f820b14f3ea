/**
 * The peer Armeria.
 */
@NullMarked
package io.github.thriftboot.benchmarks.armeria;

import org.jspecify.annotations.NullMarked;
