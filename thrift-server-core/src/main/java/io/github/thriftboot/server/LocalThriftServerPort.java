package io.github.thriftboot.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Value;

/**
 * Injects the port that the Thrift server really listens on. A shortcut for
 * {@code @Value("${local.thrift.server.port}")}. It is known once the server is bound, so
 * it is for tests and for lazily created beans.
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Value("${local.thrift.server.port}")
public @interface LocalThriftServerPort {

}
