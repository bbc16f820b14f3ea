/**
 * What client and server share below the messages: frames, event loops and the hand-over
 * of messages from callers to an event loop.
 */
@NullMarked
package io.github.thriftboot.netty.transport;

import org.jspecify.annotations.NullMarked;
