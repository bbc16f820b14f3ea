/**
 * Auto-configuration of the Thrift server.
 */
@NullMarked
package io.github.thriftboot.server.autoconfigure;

import org.jspecify.annotations.NullMarked;
