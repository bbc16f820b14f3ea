package io.github.thriftboot.netty.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pings}.
 */
class PingsTests {

	private final Pings pings = new Pings();

	@Test
	void pingIsNamedAsTheCallsAre() {
		assertThat(this.pings.name()).isEqualTo("$ping");
		this.pings.join("");
		assertThat(this.pings.name()).isEqualTo("$ping");
		this.pings.join("One:");
		assertThat(this.pings.name()).isEqualTo("One:$ping");
		this.pings.join("Two:");
		this.pings.join("One:");
		this.pings.leave("One:");
		this.pings.leave("One:");
		assertThat(this.pings.name()).isEqualTo("Two:$ping");
		this.pings.leave("Two:");
		assertThat(this.pings.name()).isEqualTo("$ping");
	}

	@Test
	void peerThatClosesInsteadOfAnsweringIsNotAskedAgain() {
		assertThat(this.pings.allowed()).isTrue();

		assertThat(this.pings.onClosedWhenAsked()).isTrue();
		assertThat(this.pings.allowed()).isFalse();
		assertThat(this.pings.onLostUnasked(true)).as("it answers calls").isTrue();
		assertThat(this.pings.onLostUnasked(false)).isFalse();
		assertThat(this.pings.allowed()).isFalse();
		assertThat(this.pings.answered()).isFalse();

		this.pings.onNewProcess();
		assertThat(this.pings.allowed()).isTrue();
	}

	@Test
	void peerThatClosesEveryConnectionIsAskedAgain() {
		assertThat(this.pings.onClosedWhenAsked()).isTrue();

		assertThat(this.pings.onLostUnasked(false)).isFalse();

		assertThat(this.pings.allowed()).isTrue();
	}

	@Test
	void peerThatHasEverAnsweredIsAlwaysAsked() {
		this.pings.onAnswer();

		assertThat(this.pings.onClosedWhenAsked()).isFalse();
		assertThat(this.pings.onLostUnasked(true)).isFalse();
		this.pings.onNewProcess();
		assertThat(this.pings.allowed()).isTrue();
		assertThat(this.pings.answered()).isTrue();
	}

}
