/**
 * The peer grpc-java.
 */
@NullMarked
package io.github.thriftboot.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
