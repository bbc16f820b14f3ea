package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.thriftboot.netty.protocol.Ping;

/**
 * How the peer at an address is asked for a sign of life, and whether it may be. A server
 * of several services may close a connection, or end, on a name that does not start with
 * one of them, so a ping has the name of a service whenever calls have. Thread-safe.
 */
final class Pings {

	/**
	 * What is in front of the names of methods, for each channel that calls here.
	 */
	private final List<String> prefixes = new CopyOnWriteArrayList<>();

	private volatile Habit habit = Habit.UNKNOWN;

	/**
	 * Note that a channel calls here.
	 * @param prefix what is in front of the names of its methods, may be empty
	 */
	void join(String prefix) {
		this.prefixes.add(prefix);
	}

	/**
	 * Note that a channel calls here no more.
	 * @param prefix what was in front of the names of its methods
	 */
	void leave(String prefix) {
		this.prefixes.remove(prefix);
	}

	/**
	 * Return the name of the method to call.
	 * @return the name with the prefix of a channel, if there is one
	 */
	String name() {
		for (String prefix : this.prefixes) {
			if (!prefix.isEmpty()) {
				return prefix + Ping.METHOD;
			}
		}
		return Ping.METHOD;
	}

	/**
	 * Whether the peer may be asked.
	 * @return {@code false} if it seems to close connections instead of answering
	 */
	boolean allowed() {
		return this.habit == Habit.UNKNOWN || this.habit == Habit.ANSWERS;
	}

	/**
	 * Whether the peer has ever answered.
	 * @return {@code true} if no answer means that it is gone
	 */
	boolean answered() {
		return this.habit == Habit.ANSWERS;
	}

	/**
	 * Note an answer, whatever it says.
	 */
	void onAnswer() {
		if (this.habit != Habit.ANSWERS) {
			this.habit = Habit.ANSWERS;
		}
	}

	/**
	 * Note that the peer has closed a connection on which it was asked and had not
	 * answered.
	 * @return {@code true} if that seems to be its answer to being asked
	 */
	boolean onClosedWhenAsked() {
		if (this.habit == Habit.UNKNOWN) {
			this.habit = Habit.SEEMS_TO_CLOSE;
		}
		return this.habit != Habit.ANSWERS;
	}

	/**
	 * Note that a connection is lost on which the peer was not asked. One that closes
	 * those too may be about to start or to end, and is asked again some time; one that
	 * answers calls is not.
	 * @param answeredCalls whether it has answered calls on the connection
	 * @return {@code true} if it is known since now that it must not be asked
	 */
	boolean onLostUnasked(boolean answeredCalls) {
		if (this.habit != Habit.SEEMS_TO_CLOSE) {
			return false;
		}
		this.habit = answeredCalls ? Habit.CLOSES : Habit.UNKNOWN;
		return answeredCalls;
	}

	/**
	 * Forget that the peer must not be asked, because it is another process now.
	 */
	void onNewProcess() {
		if (this.habit != Habit.ANSWERS) {
			this.habit = Habit.UNKNOWN;
		}
	}

	/**
	 * What the peer does when it is asked.
	 */
	private enum Habit {

		UNKNOWN, ANSWERS, SEEMS_TO_CLOSE, CLOSES

	}

}
