package io.sw4rm.scheduler.benchmarks.calls;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import com.sun.management.HotSpotDiagnosticMXBean;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Prints what allocates memory in the calls of a contender and of its reference, in bytes
 * per call: by class, and by the lines of this project and what they call. All objects
 * are recorded, not samples, in another JVM without thread-local allocation buffers.
 * Options are {@code --contender=}, {@code --style=}, {@code --in-flight=},
 * {@code --operation=}, {@code --calls=} and {@code --top=} (rows of each table).
 */
public final class AllocationProfile {

	private static final String EVENT = "jdk.ObjectAllocationOutsideTLAB";

	private static final String PROJECT = "io.sw4rm.scheduler.";

	private static final int WARM_UP_CALLS = 20_000;

	private final Map<String, Double> byClass = new HashMap<>();

	private final Map<String, Double> byLine = new HashMap<>();

	private AllocationProfile() {
	}

	/**
	 * Run the profile.
	 * @param args the options
	 * @throws IOException if the recording can't be written or read
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse("AllocationProfile", args, Map.of("contender", "CLIENT", "style", "BLOCKING",
				"in-flight", "1", "operation", "REQUEST_PREEMPTION", "calls", "2000", "top", "25"));
		Scenario scenario = new Scenario(options.choice("contender", Options.names(Contender.class)),
				options.choice("style", Options.names(Style.class)), options.number("in-flight", 1, 10_000),
				options.choice("operation", Options.names(SchedulerOperation.class)), CallArguments.DEFAULT);
		int calls = options.number("calls", 1, 100_000);
		int top = options.number("top", 1, 1000);
		System.exit(recordsAllObjects() ? run(scenario, calls, top) : runInOtherJvm(args));
	}

	private static boolean recordsAllObjects() {
		return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
			.getVMOption("UseTLAB")
			.getValue()
			.equals("false");
	}

	private static int runInOtherJvm(String... args) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(SchedulerProcess.JAVA, "-XX:-UseTLAB", "-XX:+UseG1GC", "-cp",
				System.getProperty("java.class.path"), AllocationProfile.class.getName()));
		command.addAll(List.of(args));
		return new ProcessBuilder(command).inheritIO().start().waitFor();
	}

	private static int run(Scenario scenario, int calls, int top) throws IOException {
		AllocationProfile profile = measure(scenario, calls);
		AllocationProfile reference = measure(scenario.reference(), calls);
		System.out.printf("%s%n%d calls: %s; difference to the same stub%n", Machine.description(), calls,
				scenario.description());
		print("Classes", profile.byClass, reference.byClass, top);
		print("Lines of this project > what they call", profile.byLine, reference.byLine, top);
		return 0;
	}

	private static AllocationProfile measure(Scenario scenario, int calls) throws IOException {
		Path file = Files.createTempFile("allocation", ".jfr");
		try (SchedulerProcess scheduler = new SchedulerProcess();
				Caller caller = scenario.contender().open(scheduler.address());
				Load load = scenario.load(caller);
				Recording recording = new Recording()) {
			load.run(WARM_UP_CALLS);
			recording.enable(EVENT).withStackTrace();
			recording.start();
			Measurement measurement = load.run(calls);
			recording.stop();
			recording.dump(file);
			AllocationProfile profile = new AllocationProfile();
			profile.read(file, measurement.calls());
			return profile;
		}
		finally {
			Files.delete(file);
		}
	}

	private void read(Path file, long calls) throws IOException {
		try (RecordingFile recording = new RecordingFile(file)) {
			while (recording.hasMoreEvents()) {
				RecordedEvent event = recording.readEvent();
				if (event.getEventType().getName().equals(EVENT)) {
					add(event, (double) event.getLong("allocationSize") / calls);
				}
			}
		}
	}

	private void add(RecordedEvent event, double bytesPerCall) {
		this.byClass.merge(event.getClass("objectClass").getName(), bytesPerCall, Double::sum);
		String line = line(event.getStackTrace());
		if (line != null) {
			this.byLine.merge(line, bytesPerCall, Double::sum);
		}
	}

	/**
	 * Return the line of this project that is closest to the allocation.
	 */
	private static @Nullable String line(@Nullable RecordedStackTrace stackTrace) {
		RecordedMethod callee = null;
		for (RecordedFrame frame : (stackTrace != null) ? stackTrace.getFrames() : List.<RecordedFrame>of()) {
			RecordedMethod method = frame.getMethod();
			if (method.getType().getName().startsWith(PROJECT)) {
				return "%s:%d%s".formatted(name(method), frame.getLineNumber(),
						(callee != null) ? " > " + name(callee) : "");
			}
			callee = method;
		}
		return null;
	}

	private static String name(RecordedMethod method) {
		String type = method.getType().getName();
		return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName();
	}

	private static void print(String title, Map<String, Double> profile, Map<String, Double> reference, int top) {
		Function<String, Double> value = (key) -> profile.getOrDefault(key, 0.0);
		Function<String, Double> difference = (key) -> value.apply(key) - reference.getOrDefault(key, 0.0);
		Set<String> keys = new TreeSet<>(profile.keySet());
		keys.addAll(reference.keySet());
		System.out.printf(Locale.ROOT, "%n%s%n%8.0f %+8.0f  total%n", title, total(profile),
				total(profile) - total(reference));
		keys.stream()
			.sorted(Comparator.comparing((key) -> -Math.abs(difference.apply(key))))
			.limit(top)
			.forEach((key) -> System.out.printf(Locale.ROOT, "%8.0f %+8.0f  %s%n", value.apply(key),
					difference.apply(key), key));
	}

	private static double total(Map<String, Double> profile) {
		return profile.values().stream().mapToDouble(Double::doubleValue).sum();
	}

}
