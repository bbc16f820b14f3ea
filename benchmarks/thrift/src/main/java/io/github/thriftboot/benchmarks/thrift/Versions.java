package io.github.thriftboot.benchmarks.thrift;

import io.netty.util.Version;
import org.apache.thrift.TApplicationException;

/**
 * Tells which versions are measured.
 */
public final class Versions {

	private Versions() {
	}

	/**
	 * Return the version of Netty.
	 * @return name and version
	 */
	public static String netty() {
		Version version = Version.identify().get("netty-transport");
		return "Netty " + ((version != null) ? version.artifactVersion() : "of an unknown version");
	}

	/**
	 * Return the version of libthrift.
	 * @return name and version
	 */
	public static String libthrift() {
		return "libthrift " + TApplicationException.class.getPackage().getImplementationVersion();
	}

}
