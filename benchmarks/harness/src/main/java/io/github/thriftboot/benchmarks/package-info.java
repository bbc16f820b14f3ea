/**
 * What a system under test implements, and what is asked of it.
 */
@NullMarked
package io.github.thriftboot.benchmarks;

import org.jspecify.annotations.NullMarked;
