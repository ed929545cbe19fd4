package io.sw4rm.scheduler.client;

import io.grpc.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link SchedulerExceptionTranslator}.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SchedulerExceptionTranslatorTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ClientStyle style;

	SchedulerExceptionTranslatorTests(ClientStyle style) {
		this.style = style;
	}

	@BeforeEach
	void setup() {
		this.scheduler.fails(Status.NOT_FOUND);
	}

	@Test
	void decidesWhatIsThrown() {
		SchedulerClient client = client((exception) -> new UnsupportedOperationException("mine", exception));
		assertThatThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.isInstanceOf(UnsupportedOperationException.class)
			.hasMessage("mine")
			.cause()
			.isInstanceOfSatisfying(SchedulerException.class,
					(cause) -> assertThat(cause.getStatusCode()).isEqualTo(Status.Code.NOT_FOUND));
	}

	@Test
	void mayKeepTheException() {
		SchedulerClient client = client((exception) -> exception);
		assertThatThrownBy(() -> client.pollActivityBuffer("worker-1")).isExactlyInstanceOf(SchedulerException.class);
	}

	@Test
	void isNotAskedAboutBadArguments() {
		SchedulerClient client = client((exception) -> new UnsupportedOperationException("mine", exception));
		assertThatThrownBy(() -> client.pollActivityBuffer("")).isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	@SuppressWarnings("NullAway")
	void nullDoesNotHideTheFailure() {
		SchedulerClient client = client((exception) -> null);
		assertThatNullPointerException().isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.withMessage("The exception translator returned null")
			.satisfies(SchedulerExceptionTranslatorTests::suppressesFailure);
	}

	@Test
	void ownFailureDoesNotHideTheFailure() {
		SchedulerClient client = client((exception) -> {
			throw new IllegalStateException("broken translator");
		});
		assertThatThrownBy(() -> client.pollActivityBuffer("worker-1")).isInstanceOf(IllegalStateException.class)
			.hasMessage("broken translator")
			.satisfies(SchedulerExceptionTranslatorTests::suppressesFailure);
	}

	@Test
	void mayThrowTheExceptionItself() {
		SchedulerClient client = client((exception) -> {
			throw exception;
		});
		assertThatThrownBy(() -> client.pollActivityBuffer("worker-1")).isExactlyInstanceOf(SchedulerException.class);
	}

	private SchedulerClient client(SchedulerExceptionTranslator translator) {
		return this.style.build(SchedulerClient.builder(this.scheduler.channel()).exceptionTranslator(translator));
	}

	// Reactor's block() adds a suppressed exception of its own
	private static void suppressesFailure(Throwable failure) {
		assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(SchedulerException.class);
	}

}
