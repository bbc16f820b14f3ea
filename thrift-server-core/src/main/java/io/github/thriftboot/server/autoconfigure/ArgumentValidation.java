package io.github.thriftboot.server.autoconfigure;

import java.io.Serial;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.WireText;
import io.github.thriftboot.netty.server.ServerInvocation;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.server.ThriftServerInterceptor;
import io.github.thriftboot.server.autoconfigure.ThriftServiceDiscoverer.ServiceBean;
import jakarta.validation.ConstraintDeclarationException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.metadata.MethodDescriptor;
import org.apache.thrift.TApplicationException;
import org.hibernate.validator.HibernateValidatorContext;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Validates the arguments of calls as the annotations of the handler's methods say,
 * before the handler is called. Methods without constraints cost nothing if no method has
 * any.
 */
final class ArgumentValidation {

	private static final boolean HIBERNATE = ClassUtils.isPresent("org.hibernate.validator.HibernateValidatorContext",
			ArgumentValidation.class.getClassLoader());

	/**
	 * How many violations the caller is told.
	 */
	private static final int MAX_VIOLATIONS = 5;

	private final Validator validator;

	ArgumentValidation(Validator validator) {
		this.validator = HIBERNATE ? withParameterConstraintsOfHandlers(validator) : validator;
	}

	/**
	 * Constraints of parameters stand at handlers, because nobody can put any at
	 * generated interfaces. Bean Validation forbids that unless it is told otherwise.
	 */
	private static Validator withParameterConstraintsOfHandlers(Validator validator) {
		if (validator instanceof ValidatorFactory factory
				&& factory.usingContext() instanceof HibernateValidatorContext context) {
			return context.allowOverridingMethodAlterParameterConstraint(true).getValidator();
		}
		return validator;
	}

	/**
	 * Add what validates to a server, if any method of its services has constraints. It
	 * comes after the interceptors and mappers of the application, so that those may
	 * refuse callers first, and turn violations into exceptions of the IDL.
	 * @param services the services
	 * @param builder the builder of the server
	 */
	void apply(List<ServiceBean> services, ThriftServer.Builder builder) {
		Map<ThriftMethod, ConstrainedMethod> constrained = new IdentityHashMap<>();
		for (ServiceBean service : services) {
			for (ThriftMethod method : service.descriptor().methods().values()) {
				Method implementation = service.implementation(method);
				if (isConstrained(service, implementation)) {
					constrained.put(method,
							new ConstrainedMethod(target(service), implementation, noArguments(implementation)));
				}
			}
		}
		if (!constrained.isEmpty()) {
			builder.interceptor(new Validating(this.validator, constrained));
			builder.exceptionMapper(ArgumentValidation::map);
		}
	}

	private boolean isConstrained(ServiceBean service, Method implementation) {
		try {
			MethodDescriptor descriptor = this.validator.getConstraintsForClass(service.type())
				.getConstraintsForMethod(implementation.getName(), implementation.getParameterTypes());
			return descriptor != null && descriptor.hasConstrainedParameters();
		}
		catch (ConstraintDeclarationException ex) {
			throw new ThriftServerStartException(
					"The constraints of the bean '" + service.beanName() + "' (" + service.type().getName()
							+ ") cannot be used to validate the arguments of its calls: " + ex.getMessage(),
					"Correct the constraints, or set 'thrift.server.validation.enabled' to false.", ex);
		}
	}

	private static Object target(ServiceBean service) {
		Object target = service.target();
		if (!service.type().isInstance(target)) {
			throw new ThriftServerStartException(
					"The bean '" + service.beanName() + "' (" + service.type().getName()
							+ ") has constraints, but is a scoped proxy that does not extend its class.",
					"Let the proxy extend the class (ScopedProxyMode.TARGET_CLASS), or set"
							+ " 'thrift.server.validation.enabled' to false.");
		}
		return target;
	}

	/**
	 * Return what stands for arguments that were not sent.
	 */
	private static @Nullable Object[] noArguments(Method implementation) {
		return Arrays.stream(implementation.getParameterTypes())
			.map((type) -> type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null)
			.toArray();
	}

	private static @Nullable Throwable map(Throwable failure, ThriftContext call) {
		return (failure instanceof InvalidArgumentsException invalid)
				? new TApplicationException(TApplicationException.PROTOCOL_ERROR, invalid.getMessage()) : null;
	}

	/**
	 * A method whose arguments are validated.
	 *
	 * @param target the handler
	 * @param implementation its method
	 * @param noArguments one value for each parameter
	 */
	private record ConstrainedMethod(Object target, Method implementation, @Nullable Object[] noArguments) {

		private @Nullable Object[] arguments(List<@Nullable Object> sent) {
			// the parameter behind those of the IDL is the callback
			@Nullable Object[] arguments = this.noArguments.clone();
			for (int i = 0; i < sent.size(); i++) {
				Object argument = sent.get(i);
				if (argument != null) {
					arguments[i] = argument;
				}
			}
			return arguments;
		}

	}

	/**
	 * Stands before the handler.
	 */
	private record Validating(Validator validator,
			Map<ThriftMethod, ConstrainedMethod> constrained) implements ThriftServerInterceptor {

		@Override
		public CompletionStage<@Nullable Object> intercept(ServerInvocation call, Chain next) {
			ConstrainedMethod method = this.constrained.get(call.method());
			if (method != null) {
				Set<ConstraintViolation<Object>> violations = this.validator.forExecutables()
					.validateParameters(method.target(), method.implementation(), method.arguments(call.arguments()));
				if (!violations.isEmpty()) {
					throw new InvalidArgumentsException(call.method(), new HashSet<>(violations));
				}
			}
			return next.proceed(call);
		}

	}

	/**
	 * Arguments violate constraints. A type of its own, because a handler may throw its
	 * supertype for reasons that are nobody else's business.
	 */
	private static final class InvalidArgumentsException extends ConstraintViolationException {

		@Serial
		private static final long serialVersionUID = 1L;

		InvalidArgumentsException(ThriftMethod method, Set<ConstraintViolation<Object>> violations) {
			super("Invalid arguments for " + method.name() + ": " + describe(method, violations), violations);
		}

		private static String describe(ThriftMethod method, Set<ConstraintViolation<Object>> violations) {
			String text = violations.stream()
				.map((violation) -> path(method, violation.getPropertyPath()) + " " + violation.getMessage() + " ("
						+ violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName() + ")")
				.sorted()
				.limit(MAX_VIOLATIONS)
				.collect(Collectors.joining(", "));
			return (violations.size() > MAX_VIOLATIONS) ? text + ", and more" : text;
		}

		/**
		 * Name an argument as the IDL does, and what is inside of it.
		 */
		private static String path(ThriftMethod method, Path path) {
			StringBuilder text = new StringBuilder();
			for (Path.Node node : path) {
				if (node.getKind() == ElementKind.PARAMETER) {
					text.append(argument(method, node.as(Path.ParameterNode.class).getParameterIndex()));
				}
				else if (node.getKind() != ElementKind.METHOD) {
					text.append('.').append(node);
				}
			}
			// a key of a map comes from the wire
			return WireText.printable(text.toString());
		}

		private static String argument(ThriftMethod method, int index) {
			List<String> names = method.argumentNames();
			return (index < names.size()) ? names.get(index) : "callback";
		}

	}

}
