/**
 * Instances of Thrift services from Eureka.
 */
@NullMarked
package io.github.thriftboot.client.eureka;

import org.jspecify.annotations.NullMarked;
