package io.github.thriftboot.client.autoconfigure;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.TreeMap;

import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;

/**
 * Lists of instances in a properties file, whose first line tells what it is. It is
 * replaced as a whole, so that whoever reads it sees an old one or a new one. Not
 * thread-safe.
 */
final class InstanceCacheFile {

	/**
	 * Some ten thousand instances.
	 */
	static final int MAX_BYTES = 16 << 20;

	private static final String KIND = "Thrift instances, format ";

	private static final String VERSION = "1";

	private final Path path;

	InstanceCacheFile(Path path) {
		this.path = path.toAbsolutePath();
	}

	/**
	 * Read the lists.
	 * @return the lists by name, empty if there is no file
	 * @throws IOException if the file cannot be read or is not one of ours, so it must be
	 * left alone
	 * @throws IllegalArgumentException if it is one of ours, but of no use
	 */
	Map<String, Saved> read() throws IOException {
		if (Files.notExists(this.path)) {
			return Map.of();
		}
		if (!Files.isRegularFile(this.path)) {
			throw new IOException("it is no regular file");
		}
		if (Files.size(this.path) > MAX_BYTES) {
			throw new IOException("it has more than " + MAX_BYTES + " bytes");
		}
		String text = Files.readString(this.path);
		if (text.isEmpty()) {
			return Map.of();
		}
		if (!text.startsWith("#" + KIND)) {
			throw new IOException("it does not begin with '#" + KIND + "'");
		}
		if (!text.lines().findFirst().orElse("").equals("#" + KIND + VERSION)) {
			throw new IllegalArgumentException("it is of another format than " + VERSION);
		}
		Properties properties = new Properties();
		properties.load(new StringReader(text));
		return new Reader(properties).lists();
	}

	/**
	 * Replace the file.
	 * @param lists the lists by name
	 * @throws IOException if that cannot be done; then the old file stays as it is
	 */
	void write(Map<String, Saved> lists) throws IOException {
		Properties properties = new Properties();
		properties.setProperty("lists", Integer.toString(lists.size()));
		int number = 0;
		for (Map.Entry<String, Saved> list : lists.entrySet()) {
			put(properties, "list." + number++ + ".", list.getKey(), list.getValue());
		}
		StringWriter text = new StringWriter();
		properties.store(text, KIND + VERSION);
		byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
		if (bytes.length > MAX_BYTES) {
			throw new IOException("the instances need " + bytes.length + " bytes, at most " + MAX_BYTES + " are kept");
		}
		Path directory = this.path.getParent();
		if (directory == null) {
			throw new IOException("it is no file");
		}
		Files.createDirectories(directory);
		Path temporary = Files.createTempFile(directory, "thrift-instances", ".tmp");
		try {
			Files.write(temporary, bytes);
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private static void put(Properties properties, String prefix, String name, Saved list) {
		properties.setProperty(prefix + "name", name);
		properties.setProperty(prefix + "used", Long.toString(list.usedMillis()));
		properties.setProperty(prefix + "size", Integer.toString(list.instances().size()));
		for (int i = 0; i < list.instances().size(); i++) {
			ThriftInstance instance = list.instances().get(i);
			String own = prefix + i + ".";
			properties.setProperty(own + "host", instance.host());
			properties.setProperty(own + "port", Integer.toString(instance.port()));
			properties.setProperty(own + "weight", Integer.toString(instance.weight()));
			properties.setProperty(own + "started", Long.toString(instance.started()));
			if (instance.transport() != null) {
				properties.setProperty(own + "transport", instance.transport().key());
			}
			if (instance.protocol() != null) {
				properties.setProperty(own + "protocol", instance.protocol().key());
			}
			instance.metadata().forEach((key, value) -> properties.setProperty(own + "metadata." + key, value));
		}
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

	/**
	 * A list.
	 *
	 * @param usedMillis when it was last in use, in milliseconds since the epoch
	 * @param instances its instances
	 */
	record Saved(long usedMillis, List<ThriftInstance> instances) {

		Saved at(long millis) {
			return new Saved(millis, this.instances);
		}

	}

	/**
	 * Reads what {@link InstanceCacheFile#write} has written.
	 */
	private static final class Reader {

		private final NavigableMap<String, String> properties = new TreeMap<>();

		Reader(Properties properties) {
			properties.stringPropertyNames().forEach((name) -> this.properties.put(name, properties.getProperty(name)));
		}

		Map<String, Saved> lists() {
			Map<String, Saved> lists = new LinkedHashMap<>();
			long count = number("lists");
			for (int i = 0; i < count; i++) {
				String prefix = "list." + i + ".";
				String name = text(prefix + "name");
				List<ThriftInstance> instances = new ArrayList<>();
				long size = number(prefix + "size");
				for (int j = 0; j < size; j++) {
					instances.add(instance(prefix + j + "."));
				}
				lists.put(name, new Saved(number(prefix + "used"), List.copyOf(instances)));
			}
			return lists;
		}

		private ThriftInstance instance(String prefix) {
			String metadata = prefix + "metadata.";
			Map<String, String> own = new HashMap<>();
			this.properties.subMap(metadata, metadata + Character.MAX_VALUE)
				.forEach((key, value) -> own.put(key.substring(metadata.length()), value));
			return new ThriftInstance(text(prefix + "host"), Math.toIntExact(number(prefix + "port")),
					Math.toIntExact(number(prefix + "weight")),
					ThriftTransport.ofKey(this.properties.get(prefix + "transport")),
					ThriftProtocol.ofKey(this.properties.get(prefix + "protocol")), number(prefix + "started"), own);
		}

		private long number(String name) {
			return Long.parseLong(text(name));
		}

		private String text(String name) {
			String value = this.properties.get(name);
			if (value == null) {
				throw new IllegalArgumentException("it has no " + name);
			}
			return value;
		}

	}

}
