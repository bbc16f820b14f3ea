package io.github.thriftboot.netty.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Writes every leak that Netty detects while tests run to the file named by the system
 * property {@code thriftboot.leaks-file}, whatever the tests do to logging. The build
 * fails when there is one.
 * <p>
 * Netty notices a leak only when the lost resource has been garbage-collected and another
 * one is tracked after that. So at the end of all tests garbage is collected and every
 * detector polled: a leak in the last test is not missed.
 */
public final class BufferLeakListener implements LauncherSessionListener {

	private static final int FINAL_COLLECTIONS = 3;

	private static final long MILLIS_BETWEEN_COLLECTIONS = 50;

	private final Queue<RecordingDetector<?>> detectors = new ConcurrentLinkedQueue<>();

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingDetectorFactory(this.detectors));
	}

	@Override
	public void launcherSessionClosed(LauncherSession session) {
		for (int i = 0; i < FINAL_COLLECTIONS && !this.detectors.isEmpty(); i++) {
			System.gc();
			try {
				Thread.sleep(MILLIS_BETWEEN_COLLECTIONS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			this.detectors.forEach(RecordingDetector::poll);
		}
	}

	private static void record(String leak) {
		String file = System.getProperty("thriftboot.leaks-file");
		if (file == null) {
			System.err.println(leak);
			return;
		}
		try {
			Path path = Path.of(file);
			Files.createDirectories(path.getParent());
			Files.writeString(path, leak + System.lineSeparator(), StandardOpenOption.CREATE,
					StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class RecordingDetectorFactory extends ResourceLeakDetectorFactory {

		private final Queue<RecordingDetector<?>> detectors;

		RecordingDetectorFactory(Queue<RecordingDetector<?>> detectors) {
			this.detectors = detectors;
		}

		@Override
		@Deprecated
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
				long maxActive) {
			return newResourceLeakDetector(resource, samplingInterval);
		}

		@Override
		public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
			RecordingDetector<T> detector = new RecordingDetector<>(resource, samplingInterval);
			this.detectors.add(detector);
			return detector;
		}

	}

	private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {

		RecordingDetector(Class<T> resource, int samplingInterval) {
			super(resource, samplingInterval);
		}

		/**
		 * Tracks something harmless, which makes the detector report what was collected.
		 */
		@SuppressWarnings("unchecked")
		void poll() {
			T resource = (T) new Object();
			ResourceLeakTracker<T> tracker = track(resource);
			if (tracker != null) {
				tracker.close(resource);
			}
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			record("LEAK: " + resourceType + " was garbage-collected before it was released" + records);
			super.reportTracedLeak(resourceType, records);
		}

		@Override
		protected void reportUntracedLeak(String resourceType) {
			record("LEAK: " + resourceType + " was garbage-collected before it was released");
			super.reportUntracedLeak(resourceType);
		}

	}

}
