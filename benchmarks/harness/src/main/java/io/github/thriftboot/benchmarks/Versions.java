package io.github.thriftboot.benchmarks;

/**
 * Tells which versions are measured.
 */
public final class Versions {

	private Versions() {
	}

	/**
	 * Return the version of a library, as its jar tells.
	 * @param name what people call the library
	 * @param type a class of the library
	 * @return name and version
	 */
	public static String of(String name, Class<?> type) {
		String version = type.getPackage().getImplementationVersion();
		return (version != null) ? name + " " + version : name;
	}

}
