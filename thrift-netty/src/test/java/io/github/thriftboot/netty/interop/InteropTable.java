package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the results of the tests with peers into a document, between two markers.
 */
public final class InteropTable {

	private static final String BEGIN = "<!-- results -->\n";

	private static final String END = "<!-- end of results -->\n";

	private static final List<String> PROTOCOLS = List.of("binary", "old-binary", "compact", "json");

	private InteropTable() {
	}

	/**
	 * Rewrite the table of a document.
	 * @param args the directory of the results, and the document
	 * @throws IOException if one of them cannot be used
	 */
	public static void main(String[] args) throws IOException {
		List<InteropResult> results = new ArrayList<>();
		try (Stream<Path> files = Files.list(Path.of(args[0]))) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".tsv")).sorted().toList()) {
				results.addAll(InteropResult.read(file));
			}
		}
		Path document = Path.of(args[1]);
		String text = Files.readString(document);
		int begin = text.indexOf(BEGIN) + BEGIN.length();
		Files.writeString(document, text.substring(0, begin) + table(results) + text.substring(text.indexOf(END)));
	}

	private static String table(List<InteropResult> results) {
		Map<String, Map<String, Boolean>> rows = new LinkedHashMap<>();
		for (InteropResult result : results) {
			String row = String.join(" | ", result.peer(), result.direction(), result.transport(), result.names());
			rows.computeIfAbsent(row, (key) -> new LinkedHashMap<>()).put(result.protocol(), result.passed());
		}
		StringBuilder table = new StringBuilder("| peer | direction | transport | names | ")
			.append(String.join(" | ", PROTOCOLS))
			.append(" |\n|---|---|---|---|---|---|---|---|\n");
		rows.forEach((row, cells) -> {
			table.append("| ").append(row);
			PROTOCOLS.forEach((protocol) -> table.append(" | ").append(cell(cells.get(protocol))));
			table.append(" |\n");
		});
		return table.toString();
	}

	private static String cell(Boolean passed) {
		if (passed == null) {
			return "–";
		}
		return passed ? "passed" : "**failed**";
	}

}
