package io.github.thriftboot.netty.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of a Netty with known vulnerabilities. Which Netty is used is up to the
 * application's build, and Spring Boot's BOM may manage an older one than ours.
 */
final class NettyVersion {

	private static final Logger logger = LoggerFactory.getLogger(NettyVersion.class);

	private static final String RESOURCE = "META-INF/io.netty.versions.properties";

	private static final String FLOOR = "4.2.20.Final";

	private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

	private NettyVersion() {
	}

	/**
	 * Log a warning if the Netty in use is older than the security floor.
	 */
	static void check() {
		String version = version();
		// a repackaged application may have lost the file that tells the version
		if (version != null && isBelowFloor(version)) {
			logger.warn("Netty {} has known vulnerabilities (expected: {} or later); set the property netty.version "
					+ "of your build", version, FLOOR);
		}
	}

	/**
	 * Read the version as {@link io.netty.util.Version} does, but without the dates
	 * beside it, which take tens of milliseconds to parse in a JVM that has just started.
	 */
	private static @Nullable String version() {
		try {
			ClassLoader loader = NettyVersion.class.getClassLoader();
			for (URL resource : Collections.list(loader.getResources(RESOURCE))) {
				Properties properties = new Properties();
				try (InputStream input = resource.openStream()) {
					properties.load(input);
				}
				String version = properties.getProperty("netty-common.version");
				if (version != null) {
					return version;
				}
			}
		}
		catch (IOException ex) {
			logger.debug("The version of Netty cannot be read", ex);
		}
		return null;
	}

	/**
	 * Compare a version with the floor.
	 * @param version the version, such as {@code 4.2.20.Final}
	 * @return {@code true} if it is older; {@code false} also if it cannot be read
	 */
	static boolean isBelowFloor(String version) {
		Long number = number(version);
		Long floor = number(FLOOR);
		return number != null && floor != null && number < floor;
	}

	private static @Nullable Long number(String version) {
		Matcher matcher = VERSION.matcher(version);
		if (!matcher.matches()) {
			return null;
		}
		return (Long.parseLong(matcher.group(1)) * 1000 + Long.parseLong(matcher.group(2))) * 1000
				+ Long.parseLong(matcher.group(3));
	}

}
