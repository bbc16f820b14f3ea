package io.github.thriftboot.benchmarks.drift;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.airlift.drift.annotations.ThriftConstructor;
import io.airlift.drift.annotations.ThriftField;
import io.airlift.drift.annotations.ThriftStruct;
import io.github.thriftboot.benchmarks.echo.Content;

/**
 * The small payload, as {@code User} in {@code echo.thrift}.
 */
@ThriftStruct("User")
public final class DriftUser {

	private long id;

	private final String name;

	private final String email;

	private final List<String> tags;

	private final Map<String, String> attributes;

	/**
	 * Create a user.
	 * @param id the id
	 * @param name the name
	 * @param email the mail address
	 * @param tags the tags
	 * @param attributes the attributes
	 */
	@ThriftConstructor
	public DriftUser(@ThriftField(1) long id, @ThriftField(2) String name, @ThriftField(3) String email,
			@ThriftField(4) List<String> tags, @ThriftField(5) Map<String, String> attributes) {
		this.id = id;
		this.name = name;
		this.email = email;
		this.tags = tags;
		this.attributes = attributes;
	}

	static DriftUser create(long id) {
		return new DriftUser(id, Content.NAME, Content.EMAIL, Content.TAGS, Content.ATTRIBUTES);
	}

	DriftUser withId(long newId) {
		this.id = newId;
		return this;
	}

	@ThriftField(1)
	public long getId() {
		return this.id;
	}

	@ThriftField(2)
	public String getName() {
		return this.name;
	}

	@ThriftField(3)
	public String getEmail() {
		return this.email;
	}

	@ThriftField(4)
	public List<String> getTags() {
		return this.tags;
	}

	@ThriftField(5)
	public Map<String, String> getAttributes() {
		return this.attributes;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof DriftUser user && this.id == user.id && this.name.equals(user.name)
				&& this.email.equals(user.email) && this.tags.equals(user.tags)
				&& this.attributes.equals(user.attributes);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.id, this.name);
	}

	@Override
	public String toString() {
		return "User " + this.id + " " + this.name;
	}

}
