package io.github.thriftboot.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;

/**
 * Looks for {@link ThriftClient} types in the given packages instead of the packages of
 * the application. Not needed for clients that lie below the application class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Import(ThriftClientRegistrar.class)
public @interface EnableThriftClients {

	/**
	 * The packages to scan, with those below them. Without this and
	 * {@link #basePackageClasses()} they are the packages of the application, or, in a
	 * context without auto-configuration, the package of the annotated class.
	 * @return names of packages
	 */
	String[] basePackages() default {};

	/**
	 * Classes in the packages to scan.
	 * @return classes whose packages are scanned
	 */
	Class<?>[] basePackageClasses() default {};

}
