/**
 * The Thrift client on Netty: channels, instances, connections and calls.
 */
@NullMarked
package io.github.thriftboot.netty.client;

import org.jspecify.annotations.NullMarked;
