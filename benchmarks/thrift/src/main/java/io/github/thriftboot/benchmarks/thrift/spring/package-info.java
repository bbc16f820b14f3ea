/**
 * The whole of this project as applications use it: Spring contexts on both sides.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift.spring;

import org.jspecify.annotations.NullMarked;
