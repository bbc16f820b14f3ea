/**
 * The peer Drift.
 */
@NullMarked
package io.github.thriftboot.benchmarks.drift;

import org.jspecify.annotations.NullMarked;
