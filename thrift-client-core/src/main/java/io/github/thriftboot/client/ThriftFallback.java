package io.github.thriftboot.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * Marks the fallback of a Thrift service: a bean that implements the generated
 * {@code Iface} or {@code AsyncIface}, or a {@link ThriftFallbackFactory} of one. It
 * answers for all clients of that service and that interface which name no other
 * fallback.
 * <p>
 * Such a bean is never injected by type, so a dependency on {@code Iface} gets the
 * client.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface ThriftFallback {

}
