/**
 * TLS of client and server: what engines are made of, and the handlers that begin with it
 * or find out that only one side uses it.
 */
@NullMarked
package io.github.thriftboot.netty.tls;

import org.jspecify.annotations.NullMarked;
