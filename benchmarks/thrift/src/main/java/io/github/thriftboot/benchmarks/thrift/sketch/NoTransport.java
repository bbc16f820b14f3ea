package io.github.thriftboot.benchmarks.thrift.sketch;

import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransport;

/**
 * What a protocol wants to have that does not need it.
 */
final class NoTransport extends TTransport {

	private final TConfiguration configuration = new TConfiguration();

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public void open() {
		// nothing to open
	}

	@Override
	public void close() {
		// nothing to close
	}

	@Override
	public int read(byte[] target, int offset, int length) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void write(byte[] source, int offset, int length) {
		throw new UnsupportedOperationException();
	}

	@Override
	public TConfiguration getConfiguration() {
		return this.configuration;
	}

	@Override
	public void updateKnownMessageSize(long size) {
		// not limited
	}

	@Override
	public void resetMessageSizeAndConsumedBytes(long size) {
		// not limited
	}

	@Override
	public void checkReadBytesAvailable(long count) {
		// the buffer does
	}

}
