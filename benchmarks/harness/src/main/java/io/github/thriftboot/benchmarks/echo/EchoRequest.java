package io.github.thriftboot.benchmarks.echo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkCaller.Completion;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.WrongReplyException;
import io.github.thriftboot.benchmarks.api.Blob;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.api.User;
import io.github.thriftboot.benchmarks.api.Users;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;

/**
 * The request of one caller of a Thrift system: built once, sent again and again with
 * another id. Not thread-safe.
 */
public final class EchoRequest {

	private final Payload payload;

	private final TBase<?, ?> struct;

	/**
	 * Create a request.
	 * @param payload what it holds
	 */
	public EchoRequest(Payload payload) {
		this.payload = payload;
		this.struct = switch (payload) {
			case SMALL, SLEEP_5, SLEEP_20 -> user(0);
			case MEDIUM -> users();
			case LARGE -> new Blob().setData(Content.blob());
		};
	}

	private static User user(long id) {
		return new User().setId(id)
			.setName(Content.NAME)
			.setEmail(Content.EMAIL)
			.setTags(new ArrayList<>(Content.TAGS))
			.setAttributes(new HashMap<>(Content.ATTRIBUTES));
	}

	private static Users users() {
		List<User> users = new ArrayList<>();
		for (int i = 0; i < Content.USERS; i++) {
			users.add(user(i));
		}
		return new Users().setUsers(users);
	}

	/**
	 * Return the payload.
	 * @return the payload
	 */
	public Payload payload() {
		return this.payload;
	}

	/**
	 * Return the struct to send.
	 * @return a {@link User}, {@link Users} or {@link Blob}
	 */
	public TBase<?, ?> struct() {
		return this.struct;
	}

	/**
	 * Return the arguments of the method to call.
	 * @return the arguments, in the order of the IDL
	 */
	public @Nullable Object[] arguments() {
		return (this.payload.handlerMillis() > 0) ? new Object[] { this.struct, this.payload.handlerMillis() }
				: new Object[] { this.struct };
	}

	/**
	 * Return the method to call.
	 * @return its name in the IDL
	 */
	public String method() {
		return switch (this.payload) {
			case SMALL -> "echo";
			case MEDIUM -> "echoUsers";
			case LARGE -> "echoBlob";
			case SLEEP_5, SLEEP_20 -> "echoAfter";
		};
	}

	/**
	 * Set the id of the next call.
	 * @param id the id
	 */
	public void setId(long id) {
		if (this.struct instanceof User user) {
			user.setId(id);
		}
		else if (this.struct instanceof Users users) {
			users.setId(id);
		}
		else {
			((Blob) this.struct).setId(id);
		}
	}

	/**
	 * Call a client and check its reply.
	 * @param client the client
	 * @throws TException if there is no reply
	 * @throws WrongReplyException if it is a wrong one
	 */
	public void call(EchoService.Iface client) throws TException {
		check(switch (this.payload) {
			case SMALL -> client.echo((User) this.struct);
			case MEDIUM -> client.echoUsers((Users) this.struct);
			case LARGE -> client.echoBlob((Blob) this.struct);
			case SLEEP_5, SLEEP_20 -> client.echoAfter((User) this.struct, this.payload.handlerMillis());
		});
	}

	/**
	 * Call a client without waiting.
	 * @param client the client
	 * @param completion is told whether the right reply has come
	 */
	public void call(EchoService.AsyncIface client, Completion completion) {
		try {
			switch (this.payload) {
				case SMALL -> client.echo((User) this.struct, callback(completion));
				case MEDIUM -> client.echoUsers((Users) this.struct, callback(completion));
				case LARGE -> client.echoBlob((Blob) this.struct, callback(completion));
				case SLEEP_5, SLEEP_20 ->
					client.echoAfter((User) this.struct, this.payload.handlerMillis(), callback(completion));
			}
		}
		catch (TException ex) {
			completion.failed(ex);
		}
	}

	private <T> AsyncMethodCallback<T> callback(Completion completion) {
		return new AsyncMethodCallback<>() {

			@Override
			public void onComplete(T reply) {
				complete(reply, null, completion);
			}

			@Override
			public void onError(Exception failure) {
				complete(null, failure, completion);
			}

		};
	}

	/**
	 * Check a reply.
	 * @param reply what has come
	 * @throws WrongReplyException if it is not what was sent
	 */
	public void check(@Nullable Object reply) {
		if (reply == null || !this.struct.equals(reply)) {
			throw new WrongReplyException(this.struct, String.valueOf(reply));
		}
	}

	/**
	 * Check the outcome of a call that nobody waits for, and tell it.
	 * @param reply what has come, {@code null} if there was a failure
	 * @param failure why there is no reply, or {@code null}
	 * @param completion is told
	 */
	public void complete(@Nullable Object reply, @Nullable Throwable failure, Completion completion) {
		Throwable cause = failure;
		if (cause == null) {
			try {
				check(reply);
			}
			catch (WrongReplyException ex) {
				cause = ex;
			}
		}
		if (cause == null) {
			completion.succeeded();
		}
		else {
			completion.failed(cause);
		}
	}

}
