package io.github.thriftboot.netty.test;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;

/**
 * A handler that writes the nonce of each call that it runs to a file, which outlives its
 * process.
 */
public final class RecordingHandler extends EchoHandler {

	private final DataOutputStream nonces;

	/**
	 * Create a handler.
	 * @param nonces the file, which is written anew
	 * @throws IOException if it cannot be written
	 */
	public RecordingHandler(Path nonces) throws IOException {
		this.nonces = new DataOutputStream(Files.newOutputStream(nonces));
	}

	@Override
	public Packet echo(Packet packet) throws TException {
		record(packet);
		return packet;
	}

	@Override
	public Packet echoLater(Packet packet, int millis) throws TException {
		record(packet);
		return super.echoLater(packet, millis);
	}

	private void record(Packet packet) throws TException {
		try {
			synchronized (this.nonces) {
				this.nonces.writeLong(packet.getNonce());
			}
		}
		catch (IOException ex) {
			throw new TException(ex);
		}
	}

}
