/**
 * The systems on the class path of this project: bare Netty, a sketch, libthrift, ours.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift;

import org.jspecify.annotations.NullMarked;
