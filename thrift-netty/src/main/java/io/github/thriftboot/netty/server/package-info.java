/**
 * The Thrift server on Netty.
 */
@NullMarked
package io.github.thriftboot.netty.server;

import org.jspecify.annotations.NullMarked;
