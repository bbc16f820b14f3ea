package io.github.thriftboot.netty.client;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The calls that were written to a connection and not answered, by sequence id. An id is
 * not given out again while its call waits, nor after the call was abandoned, because its
 * reply may still come. Confined to the connection's event loop.
 * <p>
 * A power-of-two table in which an id has one place, {@code id & mask}; as ids are given
 * out in sequence, a place is taken only by a call that is older than the whole table,
 * and then the id is left out. Id 0 is never given out.
 */
final class PendingCalls {

	private static final int INITIAL_CAPACITY = 64;

	/**
	 * Holds the place of an id whose reply nobody waits for.
	 */
	private static final Object ABANDONED = new Object();

	private @Nullable Object[] table = new Object[INITIAL_CAPACITY];

	private int[] ids = new int[INITIAL_CAPACITY];

	private int nextId;

	private int waiting;

	private int abandoned;

	PendingCalls(int firstId) {
		this.nextId = firstId;
	}

	/**
	 * Return the number of calls that wait for a reply.
	 * @return the number, abandoned ones not counted
	 */
	int waiting() {
		return this.waiting;
	}

	/**
	 * Return the number of calls that were abandoned and not answered since.
	 * @return the number
	 */
	int abandoned() {
		return this.abandoned;
	}

	/**
	 * Give out the next id without keeping it, for a call that gets no reply or whose
	 * head cannot be written yet.
	 * @return an id that no outstanding call has
	 */
	int nextId() {
		if ((this.waiting + this.abandoned) * 2 >= this.table.length) {
			grow();
		}
		while (this.nextId == 0 || this.table[place(this.nextId)] != null) {
			this.nextId++;
		}
		return this.nextId++;
	}

	/**
	 * Return a number that changes whenever an id is given out.
	 * @return the number
	 */
	int givenOut() {
		return this.nextId;
	}

	void put(int id, ThriftCall call) {
		int place = place(id);
		this.table[place] = call;
		this.ids[place] = id;
		this.waiting++;
	}

	/**
	 * Take out the call that a reply belongs to.
	 * @param id the id of the reply
	 * @return the call, or {@code null} if none waits for it
	 */
	@Nullable ThriftCall remove(int id) {
		int place = place(id);
		Object entry = this.table[place];
		if (entry == null || this.ids[place] != id) {
			return null;
		}
		this.table[place] = null;
		if (entry == ABANDONED) {
			this.abandoned--;
			return null;
		}
		this.waiting--;
		return (ThriftCall) entry;
	}

	/**
	 * Abandon all calls that a condition holds for; their ids stay taken.
	 * @param condition tells which, and may do with the call what it wants
	 */
	void abandonIf(Predicate<ThriftCall> condition) {
		for (int i = 0; i < this.table.length; i++) {
			if (this.table[i] instanceof ThriftCall call && condition.test(call)) {
				this.table[i] = ABANDONED;
				this.waiting--;
				this.abandoned++;
			}
		}
	}

	/**
	 * Take out all calls, and forget the abandoned ones.
	 * @param consumer gets each call
	 */
	void clear(Consumer<ThriftCall> consumer) {
		Object[] entries = this.table;
		this.table = new Object[INITIAL_CAPACITY];
		this.ids = new int[INITIAL_CAPACITY];
		this.waiting = 0;
		this.abandoned = 0;
		Arrays.stream(entries).filter(ThriftCall.class::isInstance).map(ThriftCall.class::cast).forEach(consumer);
	}

	private int place(int id) {
		return id & (this.table.length - 1);
	}

	private void grow() {
		@Nullable Object[] oldTable = this.table;
		int[] oldIds = this.ids;
		// ids that share no place in the old table share none in the larger one
		this.table = new Object[oldTable.length * 2];
		this.ids = new int[this.table.length];
		for (int i = 0; i < oldTable.length; i++) {
			if (oldTable[i] != null) {
				int place = place(oldIds[i]);
				this.table[place] = oldTable[i];
				this.ids[place] = oldIds[i];
			}
		}
	}

}
