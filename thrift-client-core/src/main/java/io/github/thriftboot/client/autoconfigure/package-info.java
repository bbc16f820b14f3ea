/**
 * Auto-configuration of Thrift clients.
 */
@NullMarked
package io.github.thriftboot.client.autoconfigure;

import org.jspecify.annotations.NullMarked;
