package io.github.thriftboot.netty.protocol;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.apache.thrift.AsyncProcessFunction;
import org.apache.thrift.ProcessFunction;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TFieldIdEnum;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.meta_data.FieldMetaData;
import org.jspecify.annotations.Nullable;

/**
 * One method of a Thrift service, as the generated classes describe it: how to make its
 * argument struct from Java arguments, how to get its outcome from a result struct, and
 * how to call a handler. Uses no reflection after construction. Immutable and
 * thread-safe.
 */
@SuppressWarnings({ "rawtypes", "unchecked" })
public final class ThriftMethod {

	private static final int SUCCESS_FIELD_ID = 0;

	private final String service;

	private final Method javaMethod;

	private final boolean inherited;

	private final ProcessFunction function;

	private final @Nullable AsyncProcessFunction asyncFunction;

	private final @Nullable TBase emptyResult;

	private final TFieldIdEnum[] argumentFields;

	private final List<String> argumentNames;

	private final @Nullable TFieldIdEnum successField;

	private final TFieldIdEnum[] exceptionFields;

	ThriftMethod(String service, Method javaMethod, boolean inherited, ProcessFunction function,
			@Nullable AsyncProcessFunction asyncFunction) {
		this.service = service;
		this.javaMethod = javaMethod;
		this.inherited = inherited;
		this.function = function;
		this.asyncFunction = asyncFunction;
		this.argumentFields = fields(function.getEmptyArgsInstance()).toArray(TFieldIdEnum[]::new);
		this.argumentNames = Arrays.stream(this.argumentFields).map(TFieldIdEnum::getFieldName).toList();
		this.emptyResult = function.isOneway() ? null : emptyResult(function);
		TFieldIdEnum success = null;
		List<TFieldIdEnum> exceptions = new ArrayList<>();
		if (this.emptyResult != null) {
			for (TFieldIdEnum field : fields(this.emptyResult)) {
				if (field.getThriftFieldId() == SUCCESS_FIELD_ID) {
					success = field;
				}
				else {
					exceptions.add(field);
				}
			}
		}
		this.successField = success;
		this.exceptionFields = exceptions.toArray(TFieldIdEnum[]::new);
	}

	private static List<TFieldIdEnum> fields(TBase struct) {
		Map<TFieldIdEnum, FieldMetaData> metaData = FieldMetaData.getStructMetaDataMap((Class) struct.getClass());
		return List.copyOf(metaData.keySet());
	}

	/**
	 * Make an empty result. Classes generated before Thrift 0.20 cannot tell theirs, so
	 * it is found beside the argument class.
	 */
	private static TBase emptyResult(ProcessFunction function) {
		try {
			return function.getEmptyResultInstance();
		}
		catch (AbstractMethodError ex) {
			String argsName = function.getEmptyArgsInstance().getClass().getName();
			String name = argsName.substring(0, argsName.length() - "_args".length()) + "_result";
			try {
				ClassLoader loader = function.getClass().getClassLoader();
				return (TBase) Class.forName(name, true, loader).getDeclaredConstructor().newInstance();
			}
			catch (ReflectiveOperationException missing) {
				throw new IllegalArgumentException("no result class " + name, missing);
			}
		}
	}

	/**
	 * Return the name of the service, as in the IDL.
	 * @return the service name
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Return the name of the method on the wire, without a service prefix.
	 * @return the method name, as in the IDL
	 */
	public String name() {
		return this.function.getMethodName();
	}

	/**
	 * Return the method of the generated {@code Iface}.
	 * @return the Java method
	 */
	public Method javaMethod() {
		return this.javaMethod;
	}

	/**
	 * Whether the service inherited this method from the service that it extends.
	 * @return {@code true} if it does not declare the method itself
	 */
	public boolean inherited() {
		return this.inherited;
	}

	/**
	 * Whether the caller gets no reply.
	 * @return {@code true} for {@code oneway} methods
	 */
	public boolean oneway() {
		return this.function.isOneway();
	}

	/**
	 * Make an argument struct. A {@code null} argument leaves its field unset.
	 * @param arguments the Java arguments, in the order of the IDL; further ones are
	 * ignored
	 * @return a new struct
	 */
	public TBase<?, ?> args(@Nullable Object... arguments) {
		TBase args = this.function.getEmptyArgsInstance();
		for (int i = 0; i < this.argumentFields.length; i++) {
			Object argument = arguments[i];
			if (argument != null) {
				args.setFieldValue(this.argumentFields[i], argument);
			}
		}
		return args;
	}

	/**
	 * Return an argument.
	 * @param args an argument struct of this method
	 * @param position the position of the argument in the IDL, from 0
	 * @return the argument, or {@code null} if it is unset or there are fewer
	 */
	public @Nullable Object argument(TBase<?, ?> args, int position) {
		if (position >= this.argumentFields.length) {
			return null;
		}
		TBase struct = args;
		TFieldIdEnum field = this.argumentFields[position];
		return struct.isSet(field) ? struct.getFieldValue(field) : null;
	}

	/**
	 * Return the names of the arguments.
	 * @return the names in the order of the IDL; not modifiable
	 */
	public List<String> argumentNames() {
		return this.argumentNames;
	}

	/**
	 * Make an argument struct to decode a request into.
	 * @return a new struct with nothing set
	 */
	public TBase<?, ?> emptyArgs() {
		return this.function.getEmptyArgsInstance();
	}

	/**
	 * Make a result struct to decode a reply into.
	 * @return a new struct with nothing set
	 * @throws IllegalStateException for a oneway method
	 */
	public TBase<?, ?> emptyResult() {
		if (this.emptyResult == null) {
			throw new IllegalStateException(name() + " is oneway and has no result");
		}
		return this.emptyResult.deepCopy();
	}

	/**
	 * Return the value in a result struct.
	 * @param result a decoded result
	 * @return the value, {@code null} for a void method
	 * @throws TException the declared exception that the result holds, or
	 * {@code MISSING_RESULT} if it holds nothing
	 */
	public @Nullable Object value(TBase<?, ?> result) throws TException {
		Object value = valueOrNull(result);
		if (value == null && this.successField != null) {
			throw new TApplicationException(TApplicationException.MISSING_RESULT, name() + " failed: unknown result");
		}
		return value;
	}

	/**
	 * Return the value in a result struct, which need not hold one.
	 * @param result the result of a handler
	 * @return the value, {@code null} for a void method or if a handler returned
	 * {@code null}
	 * @throws TException the declared exception that the result holds
	 */
	public @Nullable Object valueOrNull(TBase<?, ?> result) throws TException {
		TBase struct = result;
		for (TFieldIdEnum field : this.exceptionFields) {
			if (struct.isSet(field)) {
				throw (TException) struct.getFieldValue(field);
			}
		}
		if (this.successField == null || !struct.isSet(this.successField)) {
			return null;
		}
		Object value = struct.getFieldValue(this.successField);
		// the getter of a binary field gives an array, the generated interfaces a buffer
		return (value instanceof byte[] bytes) ? ByteBuffer.wrap(bytes) : value;
	}

	/**
	 * Return the value that stands for none.
	 * @return {@code null}, or 0 or {@code false} if the Java method returns a primitive
	 * type
	 */
	public @Nullable Object emptyValue() {
		Class<?> type = this.javaMethod.getReturnType();
		return (type.isPrimitive() && type != void.class) ? Array.get(Array.newInstance(type, 1), 0) : null;
	}

	/**
	 * Call a handler that implements the service's {@code Iface}.
	 * @param handler the handler
	 * @param args the decoded arguments
	 * @return the result with the value or a declared exception, or {@code null} for a
	 * oneway method
	 * @throws TException what the handler threw, unless it was declared; so are unchecked
	 * exceptions and errors
	 */
	public @Nullable TBase<?, ?> invoke(Object handler, TBase<?, ?> args) throws TException {
		return (TBase<?, ?>) this.function.getResult(handler, args);
	}

	/**
	 * Call a handler that implements the service's {@code AsyncIface}.
	 * @param handler the handler
	 * @param args the decoded arguments
	 * @param callback gets the plain value, or what the handler failed with
	 * @throws TException what the handler threw at once
	 */
	public void invokeAsync(Object handler, TBase<?, ?> args, AsyncMethodCallback<Object> callback) throws TException {
		if (this.asyncFunction == null) {
			throw new IllegalStateException("service " + this.service + " was generated without AsyncIface");
		}
		this.asyncFunction.start(handler, (TBase) args, callback);
	}

	/**
	 * Put a value into a result struct.
	 * @param value the value, {@code null} for nothing
	 * @return a new result struct
	 */
	public TBase<?, ?> result(@Nullable Object value) {
		TBase result = emptyResult();
		if (this.successField != null && value != null) {
			result.setFieldValue(this.successField, value);
		}
		return result;
	}

	/**
	 * Put a declared exception into a result struct.
	 * @param failure what a handler failed with
	 * @return a new result struct, or {@code null} if the method does not declare this
	 * exception
	 */
	public @Nullable TBase<?, ?> declaredFailure(Throwable failure) {
		if (!(failure instanceof TBase) || this.emptyResult == null) {
			return null;
		}
		for (TFieldIdEnum field : this.exceptionFields) {
			TBase result = emptyResult();
			try {
				result.setFieldValue(field, failure);
				return result;
			}
			catch (ClassCastException ex) {
				// another exception of this method
			}
		}
		return null;
	}

	@Override
	public String toString() {
		return this.service + ":" + name();
	}

}
