/**
 * Framed Thrift over Netty with nothing that a product needs: the yardstick.
 */
@NullMarked
package io.github.thriftboot.benchmarks.thrift.sketch;

import org.jspecify.annotations.NullMarked;
