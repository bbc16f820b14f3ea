package io.github.thriftboot.netty.test;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

import io.github.thriftboot.test.Packet;

/**
 * Makes packets that prove their integrity.
 */
public final class Packets {

	private static final AtomicLong NONCES = new AtomicLong(1);

	private Packets() {
	}

	/**
	 * Make a packet with random data and a nonce of its own.
	 * @param size the size of the data in bytes
	 * @return the packet
	 */
	public static Packet ofSize(int size) {
		byte[] data = new byte[size];
		ThreadLocalRandom.current().nextBytes(data);
		return of(data);
	}

	/**
	 * Make a packet with a nonce of its own.
	 * @param data its data
	 * @return the packet
	 */
	public static Packet of(byte[] data) {
		Packet packet = new Packet(NONCES.getAndIncrement(), 0);
		packet.setData(data);
		packet.setChecksum(checksum(packet));
		return packet;
	}

	/**
	 * Whether the data belong to the nonce.
	 * @param packet the packet
	 * @return {@code true} if nothing was changed
	 */
	public static boolean isIntact(Packet packet) {
		return packet.getChecksum() == checksum(packet);
	}

	private static int checksum(Packet packet) {
		CRC32 crc = new CRC32();
		crc.update(Long.toString(packet.getNonce()).getBytes());
		crc.update(packet.getData());
		return (int) crc.getValue();
	}

}
