/**
 * Servers and clients of Apache Thrift itself.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift.libthrift;

import org.jspecify.annotations.NullMarked;
