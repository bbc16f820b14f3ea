/**
 * Frames over bare Netty, without Thrift: the reference of all ratios.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift.bare;

import org.jspecify.annotations.NullMarked;
