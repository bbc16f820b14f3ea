package io.github.thriftboot.benchmarks.drift;

import java.util.List;
import java.util.stream.LongStream;

import io.airlift.drift.annotations.ThriftConstructor;
import io.airlift.drift.annotations.ThriftField;
import io.airlift.drift.annotations.ThriftStruct;
import io.github.thriftboot.benchmarks.echo.Content;

/**
 * The medium payload, as {@code Users} in {@code echo.thrift}.
 */
@ThriftStruct("Users")
public final class DriftUsers {

	private long id;

	private final List<DriftUser> users;

	/**
	 * Create some users.
	 * @param id the id
	 * @param users the users
	 */
	@ThriftConstructor
	public DriftUsers(@ThriftField(1) long id, @ThriftField(2) List<DriftUser> users) {
		this.id = id;
		this.users = users;
	}

	static DriftUsers create() {
		return new DriftUsers(0, LongStream.range(0, Content.USERS).mapToObj(DriftUser::create).toList());
	}

	DriftUsers withId(long newId) {
		this.id = newId;
		return this;
	}

	@ThriftField(1)
	public long getId() {
		return this.id;
	}

	@ThriftField(2)
	public List<DriftUser> getUsers() {
		return this.users;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof DriftUsers that && this.id == that.id && this.users.equals(that.users);
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.id);
	}

	@Override
	public String toString() {
		return "Users " + this.id + " " + this.users;
	}

}
