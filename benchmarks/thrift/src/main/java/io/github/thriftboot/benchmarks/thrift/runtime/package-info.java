/**
 * The runtime of this project, without Spring.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift.runtime;

import org.jspecify.annotations.NullMarked;
