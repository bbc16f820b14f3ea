/**
 * A consumer of Thrift services with a small REST front.
 */
@NullMarked
package io.github.thriftboot.samples.consumer;

import org.jspecify.annotations.NullMarked;
