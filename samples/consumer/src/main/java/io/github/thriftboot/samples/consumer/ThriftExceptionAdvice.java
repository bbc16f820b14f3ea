package io.github.thriftboot.samples.consumer;

import io.github.thriftboot.samples.api.OutOfStock;
import io.github.thriftboot.samples.api.UserNotFound;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Makes HTTP answers of Thrift exceptions. Those that the IDL declares arrive as
 * themselves, with their fields.
 */
@RestControllerAdvice
class ThriftExceptionAdvice {

	@ExceptionHandler
	@ResponseStatus(HttpStatus.NOT_FOUND)
	Problem userNotFound(UserNotFound ex) {
		return new Problem("UserNotFound", ex.getReason() + ": " + ex.getId());
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.CONFLICT)
	Problem outOfStock(OutOfStock ex) {
		return new Problem("OutOfStock", ex.getSku() + ": " + ex.getInStock() + " in stock");
	}

	/** Whatever went wrong on the way. */
	@ExceptionHandler
	@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
	Problem unavailable(TException ex) {
		return new Problem(ex.getClass().getSimpleName(), ex.getMessage());
	}

	record Problem(String exception, @Nullable String message) {

	}

}
