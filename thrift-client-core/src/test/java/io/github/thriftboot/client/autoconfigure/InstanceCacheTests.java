package io.github.thriftboot.client.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link InstanceCache} and its file.
 */
@ExtendWith(OutputCaptureExtension.class)
class InstanceCacheTests {

	private static final List<ThriftInstance> TWO = List.of(
			new ThriftInstance("host1", 9090, 7, ThriftTransport.FRAMED, ThriftProtocol.COMPACT, 1_700_000_000_000L,
					Map.of("zone", "a", "thrift-port", "9090", "key = with: signs\n", "ä\u2028\\ \t#!")),
			ThriftInstance.of("::1", 1));

	private static final Duration NEVER = Duration.ofDays(1);

	@TempDir
	Path directory;

	private Path path;

	private final List<List<ThriftInstance>> seen = new ArrayList<>();

	private long now = 1_800_000_000_000L;

	@BeforeEach
	void choosePath() {
		this.path = this.directory.resolve("instances.properties");
	}

	@Test
	void listIsUsedUntilTheRegistryAnswers() {
		run(TWO);
		Registry registry = new Registry();
		try (InstanceCache cache = cache()) {
			follow(cache, registry);
			assertThat(this.seen).containsExactly(TWO);

			List<ThriftInstance> other = List.of(ThriftInstance.of("host3", 1));
			registry.tell(other);
			registry.tell(List.of());
			assertThat(this.seen).containsExactly(TWO, other, List.of());
		}
	}

	@Test
	void registryThatAnswersAtOnceIsBelieved() {
		run(TWO);
		try (InstanceCache cache = cache()) {
			follow(cache, InstanceSource.of(List.of()));
		}

		assertThat(this.seen).containsExactly(List.of());
	}

	@Test
	void nothingIsToldWithoutAFile() {
		try (InstanceCache cache = cache()) {
			follow(cache, new Registry());
		}

		assertThat(this.seen).isEmpty();
		assertThat(this.path).doesNotExist();
	}

	@Test
	void listsAreKeptByServiceAndApplications() {
		List<ThriftInstance> one = List.of(TWO.get(0));
		try (InstanceCache cache = cache()) {
			cache.keeping(InstanceSource.of(TWO), List.of()).subscribe("UserService", (list) -> {
			});
			cache.keeping(InstanceSource.of(one), List.of("app1", "app2")).subscribe("UserService", (list) -> {
			});
		}

		try (InstanceCache cache = cache()) {
			cache.keeping(new Registry(), List.of()).subscribe("UserService", this.seen::add);
			cache.keeping(new Registry(), List.of("app1", "app2")).subscribe("UserService", this.seen::add);
			cache.keeping(new Registry(), List.of("app1")).subscribe("UserService", this.seen::add);
			cache.keeping(new Registry(), List.of()).subscribe("OtherService", this.seen::add);
		}
		assertThat(this.seen).containsExactly(TWO, one);
	}

	@Test
	void lastGoodListIsKeptWhenTheRegistryIsEmpty() {
		Registry registry = new Registry();
		try (InstanceCache cache = cache()) {
			follow(cache, registry);
			registry.tell(TWO);
			registry.tell(List.of());
		}
		run(List.of());
		this.seen.clear();

		assertKept(TWO);
	}

	@Test
	void listThatIsTooOldIsNotUsed(CapturedOutput output) {
		run(TWO);
		this.now += Duration.ofDays(1).toMillis();
		assertKept(TWO);
		this.now += 1;

		try (InstanceCache cache = cache()) {
			follow(cache, new Registry());
		}
		assertThat(this.seen).hasSize(1);
		assertThat(output).containsOnlyOnce("older than PT24H");
	}

	@Test
	void listIsAsOldAsItsLastUse() {
		Registry registry = new Registry();
		try (InstanceCache cache = cache()) {
			follow(cache, registry);
			registry.tell(TWO);
			// the registry is away all the time
			this.now += Duration.ofDays(30).toMillis();
		}
		this.seen.clear();
		this.now += Duration.ofHours(1).toMillis();

		assertKept(TWO);
	}

	@Test
	void listThatNobodyUsesGrowsOldAndIsDropped() throws IOException {
		run(TWO);
		for (int i = 0; i < 2; i++) {
			this.now += Duration.ofHours(13).toMillis();
			try (InstanceCache cache = cache()) {
				cache.keeping(InstanceSource.of(TWO), List.of()).subscribe("OtherService", (list) -> {
				});
			}
		}

		assertThat(Files.readString(this.path)).contains("OtherService").doesNotContain("UserService");
	}

	@Test
	void fileIsWrittenWithoutWaitingForTheEnd() {
		try (InstanceCache cache = new InstanceCache(this.path, Duration.ofDays(1), Duration.ofMillis(20),
				() -> this.now)) {
			Registry registry = new Registry();
			follow(cache, registry);
			registry.tell(TWO);
			await().untilAsserted(() -> assertThat(this.path).content().contains("host1"));
			registry.tell(List.of(ThriftInstance.of("host3", 1)));
			await().untilAsserted(() -> assertThat(this.path).content().contains("host3").doesNotContain("host1"));
		}
		assertThat(this.directory).as("nothing else is left").isDirectoryContaining((file) -> file.equals(this.path));
		assertThat(this.directory.toFile().list()).hasSize(1);
	}

	@Test
	void changesAreWrittenTogether() {
		try (InstanceCache cache = cache()) {
			Registry registry = new Registry();
			follow(cache, registry);
			IntStream.rangeClosed(1, 1_000).forEach((i) -> registry.tell(List.of(ThriftInstance.of("host", i))));
			assertThat(this.path).doesNotExist();
		}
		this.seen.clear();

		assertKept(List.of(ThriftInstance.of("host", 1_000)));
	}

	@Test
	void directoryIsMade() {
		this.path = this.directory.resolve("some/where/instances");
		run(TWO);

		assertThat(this.path).isRegularFile();
	}

	@ParameterizedTest
	@ValueSource(strings = { "#Thrift instances, format 2\nlists=0", "#Thrift instances, format 1",
			"#Thrift instances, format 1\nlists=1", "#Thrift instances, format 1\nlists=many",
			"#Thrift instances, format 1\nlists=99999999999\nlist.0.name=\\u00",
			"#Thrift instances, format 1\nlists=1\nlist.0.name=UserService\nlist.0.used=1\nlist.0.size=2000000000",
			"#Thrift instances, format 1\nlists=1\nlist.0.name=UserService\nlist.0.used=1\nlist.0.size=1\n"
					+ "list.0.0.host=h\nlist.0.0.port=70000\nlist.0.0.weight=1\nlist.0.0.started=0" })
	void fileThatIsOfNoUseIsReplaced(String content, CapturedOutput output) throws IOException {
		Files.writeString(this.path, content);

		run(TWO);

		assertThat(output).containsOnlyOnce("are of no use and will be replaced");
		assertKept(TWO);
	}

	@Test
	void emptyFileIsReplaced(CapturedOutput output) throws IOException {
		Files.createFile(this.path);

		run(TWO);

		assertThat(output).doesNotContain("WARN");
		assertKept(TWO);
	}

	@ParameterizedTest
	@ValueSource(strings = { "root:x:0:0:root", "\0\1\2", "lists=1\n", "# Thrift instances, format 1" })
	void fileOfSomebodyElseIsLeftAlone(String content, CapturedOutput output) throws IOException {
		Files.writeString(this.path, content);

		run(TWO);

		assertThat(this.path).content().isEqualTo(content);
		assertThat(output).containsOnlyOnce("which is left as it is");
	}

	@Test
	void whatIsNoTextOrTooLargeIsLeftAlone(CapturedOutput output) throws IOException {
		Files.write(this.path, new byte[] { (byte) 0xC3, (byte) 0x28 });
		run(TWO);
		assertThat(this.path).hasBinaryContent(new byte[] { (byte) 0xC3, (byte) 0x28 });

		Files.write(this.path, new byte[InstanceCacheFile.MAX_BYTES + 1]);
		run(TWO);
		assertThat(this.path).hasSize(InstanceCacheFile.MAX_BYTES + 1);
		assertThat(output).contains("16777216 bytes");
	}

	@Test
	void directoryInPlaceOfTheFileIsLeftAlone(CapturedOutput output) {
		this.path = this.directory;

		run(TWO);

		assertThat(this.directory).isEmptyDirectory();
		assertThat(output).contains("no regular file");
	}

	@Test
	void placeThatCannotBeWrittenIsToldOnce(CapturedOutput output) throws IOException {
		Path parent = this.directory.resolve("parent");
		this.path = parent.resolve("instances");
		try (InstanceCache cache = new InstanceCache(this.path, NEVER, Duration.ofMillis(1), () -> this.now)) {
			Files.createFile(parent);
			Registry registry = new Registry();
			follow(cache, registry);
			registry.tell(TWO);
			await().untilAsserted(() -> assertThat(output).contains("cannot be kept"));
			registry.tell(List.of());
			registry.tell(TWO);
		}

		assertThat(output).containsOnlyOnce("cannot be kept");
		assertThat(this.seen).containsExactly(TWO, List.of(), TWO);
	}

	@Test
	void moreThanTheFileMayHoldIsNotWritten(CapturedOutput output) {
		run(TWO);
		String large = "x".repeat(InstanceCacheFile.MAX_BYTES);
		run(List.of(new ThriftInstance("host", 1, 1, null, null, 0, Map.of("key", large))));

		assertThat(output).contains("at most 16777216 are kept");
		assertThat(this.path).content().contains("host1");
	}

	@Test
	void sourceThatTellsLateIsNotMixedUpWithTheFile() throws Exception {
		run(TWO);
		for (int i = 0; i < 50; i++) {
			List<ThriftInstance> other = List.of(ThriftInstance.of("host", 1 + i));
			List<ThriftInstance> last = new ArrayList<>();
			Registry registry = new Registry();
			try (InstanceCache cache = cache()) {
				Thread teller = new Thread(() -> {
					await().pollInterval(Duration.ofNanos(1)).until(() -> registry.listener != null);
					registry.tell(other);
				});
				teller.start();
				cache.keeping(registry, List.of()).subscribe("UserService", (list) -> {
					last.clear();
					last.addAll(list);
				});
				teller.join();
			}
			assertThat(last).isEqualTo(other);
		}
	}

	private InstanceCache cache() {
		return new InstanceCache(this.path, Duration.ofDays(1), NEVER, () -> this.now);
	}

	/**
	 * Run once with a registry that tells instances.
	 */
	private void run(List<ThriftInstance> instances) {
		try (InstanceCache cache = cache()) {
			cache.keeping(InstanceSource.of(instances), List.of()).subscribe("UserService", (list) -> {
			});
		}
	}

	/**
	 * Run once with a registry that is down.
	 */
	private void assertKept(List<ThriftInstance> instances) {
		this.seen.clear();
		try (InstanceCache cache = cache()) {
			follow(cache, new Registry());
		}
		assertThat(this.seen).containsExactly(instances);
	}

	private void follow(InstanceCache cache, InstanceSource source) {
		cache.keeping(source, List.of()).subscribe("UserService", this.seen::add);
	}

	/**
	 * A registry that has not answered yet.
	 */
	private static final class Registry implements InstanceSource {

		private volatile Consumer<List<ThriftInstance>> listener;

		void tell(List<ThriftInstance> instances) {
			this.listener.accept(instances);
		}

		@Override
		public Subscription subscribe(String service, Consumer<List<ThriftInstance>> newListener) {
			this.listener = newListener;
			return () -> this.listener = null;
		}

	}

}
