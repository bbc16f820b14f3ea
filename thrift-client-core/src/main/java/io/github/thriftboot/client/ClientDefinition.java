package io.github.thriftboot.client;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.StringUtils;

/**
 * A client as it was declared.
 *
 * @param type its interface or class
 * @param name its name: the configuration key and the name of the breaker
 * @param service the name of the service on the wire and in the registry
 * @param fallback the fallback that it names, or {@code null}
 * @param fallbackFactory the fallback factory that it names, or {@code null}
 */
record ClientDefinition(ClientType type, String name, String service, @Nullable Class<?> fallback,
		@Nullable Class<?> fallbackFactory) {

	/**
	 * The attribute of a client's bean definition that holds its declaration.
	 */
	static final String ATTRIBUTE = ClientDefinition.class.getName();

	ClientDefinition {
		if (fallback != null && fallbackFactory != null) {
			throw new ThriftClientConfigurationException(
					"Thrift client " + type.type().getName() + " names both a fallback, " + fallback.getName()
							+ ", and a fallback factory, " + fallbackFactory.getName() + ".",
					"Remove one of them from @ThriftClient.");
		}
		Class<?> named = (fallback != null) ? fallback : fallbackFactory;
		if (named != null && type.isOwnFallback()) {
			throw new ThriftClientConfigurationException(
					"Thrift client class " + type.type().getName() + " names the fallback " + named.getName()
							+ ", but a class is its own fallback.",
					"Remove the fallback from @ThriftClient, or make the client an interface.");
		}
	}

	/**
	 * Read the declaration of a client.
	 * @param clientClass its interface or class, with or without {@link ThriftClient}
	 * @return the declaration
	 */
	static ClientDefinition of(Class<?> clientClass) {
		MergedAnnotation<ThriftClient> annotation = annotation(clientClass);
		return of(clientClass, annotation, annotation.getValue("name", String.class).orElse(""));
	}

	/**
	 * Read the declaration of a client, except its name.
	 * @param clientClass its interface or class, with or without {@link ThriftClient}
	 * @param name the name, or an empty string for that of the service
	 * @return the declaration
	 */
	static ClientDefinition of(Class<?> clientClass, String name) {
		return of(clientClass, annotation(clientClass), name);
	}

	private static ClientDefinition of(Class<?> clientClass, MergedAnnotation<ThriftClient> annotation, String name) {
		ClientType type = ClientType.of(clientClass);
		String service = annotation.getValue("service", String.class)
			.filter(StringUtils::hasText)
			.orElse(type.service().name());
		return new ClientDefinition(type, StringUtils.hasText(name) ? name : service, service,
				type(annotation, "fallback"), type(annotation, "fallbackFactory"));
	}

	private static MergedAnnotation<ThriftClient> annotation(Class<?> clientClass) {
		return MergedAnnotations.from(clientClass).get(ThriftClient.class);
	}

	private static @Nullable Class<?> type(MergedAnnotation<ThriftClient> annotation, String attribute) {
		Class<?> type = annotation.getValue(attribute, Class.class).orElse(void.class);
		return (type != void.class) ? type : null;
	}

	@Override
	public String toString() {
		return "Thrift client '" + this.name + "' (" + this.type.type().getName() + ")";
	}

}
