/**
 * JMH benchmarks of classes that only their own package sees.
 */
@NullMarked
package io.github.thriftboot.netty.client;

import org.jspecify.annotations.NullMarked;
