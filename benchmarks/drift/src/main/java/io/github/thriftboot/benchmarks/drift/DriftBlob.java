package io.github.thriftboot.benchmarks.drift;

import java.util.Arrays;

import io.airlift.drift.annotations.ThriftConstructor;
import io.airlift.drift.annotations.ThriftField;
import io.airlift.drift.annotations.ThriftStruct;
import io.github.thriftboot.benchmarks.echo.Content;

/**
 * The large payload, as {@code Blob} in {@code echo.thrift}.
 */
@ThriftStruct("Blob")
public final class DriftBlob {

	private long id;

	private final byte[] data;

	/**
	 * Create a blob.
	 * @param id the id
	 * @param data the content
	 */
	@ThriftConstructor
	public DriftBlob(@ThriftField(1) long id, @ThriftField(2) byte[] data) {
		this.id = id;
		this.data = data;
	}

	static DriftBlob create() {
		return new DriftBlob(0, Content.blob());
	}

	DriftBlob withId(long newId) {
		this.id = newId;
		return this;
	}

	@ThriftField(1)
	public long getId() {
		return this.id;
	}

	@ThriftField(2)
	public byte[] getData() {
		return this.data;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof DriftBlob that && this.id == that.id && Arrays.equals(this.data, that.data);
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.id);
	}

	@Override
	public String toString() {
		return "Blob " + this.id;
	}

}
