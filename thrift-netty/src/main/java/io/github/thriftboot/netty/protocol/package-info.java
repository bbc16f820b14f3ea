/**
 * The Thrift wire: protocols over Netty buffers, the THeader envelope, messages, and what
 * is known of a service from its generated classes.
 */
@NullMarked
package io.github.thriftboot.netty.protocol;

import org.jspecify.annotations.NullMarked;
