package io.github.thriftboot.benchmarks.drift;

/**
 * Answers with what it gets.
 */
public final class DriftEchoHandler implements DriftEchoService {

	@Override
	public DriftUser echo(DriftUser user) {
		return user;
	}

	@Override
	public DriftUsers echoUsers(DriftUsers users) {
		return users;
	}

	@Override
	public DriftBlob echoBlob(DriftBlob blob) {
		return blob;
	}

	@Override
	public DriftUser echoAfter(DriftUser user, int millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return user;
	}

}
