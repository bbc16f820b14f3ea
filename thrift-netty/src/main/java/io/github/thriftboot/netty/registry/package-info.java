/**
 * What a Thrift server tells of itself in a registry.
 */
@NullMarked
package io.github.thriftboot.netty.registry;

import org.jspecify.annotations.NullMarked;
