package io.github.thriftboot.netty.server;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestMemory}.
 */
class RequestMemoryTests {

	private final RequestMemory server = new RequestMemory(100);

	private final RequestMemory one = this.server.ofConnection();

	private final RequestMemory another = this.server.ofConnection();

	@Test
	void connectionGetsHalfOfAll() {
		assertThat(this.one.take(0, 30)).isTrue();
		assertThat(this.one.take(0, 21)).isFalse();
		assertThat(this.one.take(0, 20)).isTrue();
		assertThat(this.another.take(0, 50)).isTrue();

		assertThat(this.server.taken()).isEqualTo(100);
	}

	@Test
	void serverGivesNoMoreThanItHas() {
		RequestMemory third = this.server.ofConnection();
		assertThat(this.one.take(0, 50)).isTrue();
		assertThat(this.another.take(0, 40)).isTrue();

		assertThat(third.take(0, 11)).isFalse();
		assertThat(third.taken()).as("what was refused is not counted").isZero();
		this.one.giveBack(50);
		assertThat(third.take(0, 11)).isTrue();
		assertThat(this.server.taken()).isEqualTo(51);
	}

	@Test
	void requestThatIsAloneGetsWhatItNeeds() {
		assertThat(this.one.take(0, 300)).isTrue();
		assertThat(this.one.take(300, 50)).as("also when it grows").isTrue();

		assertThat(this.one.take(0, 1)).isFalse();
		assertThat(this.another.take(0, 1)).isFalse();
		this.one.giveBack(350);
		assertThat(this.server.taken()).isZero();
	}

	@Test
	void requestThatGrowsGetsNoMoreThanThereIs() {
		assertThat(this.one.take(0, 20)).isTrue();
		assertThat(this.one.take(0, 20)).isTrue();

		assertThat(this.one.take(20, 10)).isTrue();
		assertThat(this.one.take(30, 1)).isFalse();
	}

}
