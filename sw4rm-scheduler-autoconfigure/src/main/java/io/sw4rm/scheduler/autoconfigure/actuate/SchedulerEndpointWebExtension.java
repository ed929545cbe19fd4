package io.sw4rm.scheduler.autoconfigure.actuate;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.sw4rm.scheduler.client.SchedulerException;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the {@link SchedulerEndpoint}
 * that responds to failures with a suitable HTTP status and the reason.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = SchedulerEndpoint.class)
public class SchedulerEndpointWebExtension {

	private final SchedulerEndpoint delegate;

	SchedulerEndpointWebExtension(SchedulerEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Show the activity buffer of an agent.
	 * @param agentId the agent
	 * @param client the name of the client to use, if there are several
	 * @return the description, or that of an error
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> activity(@Selector String agentId, @Nullable String client) {
		return respond(() -> this.delegate.activity(agentId, client));
	}

	/**
	 * Purge the activity buffer of an agent.
	 * @param agentId the agent
	 * @param taskIds the tasks whose entries are removed
	 * @param all {@code true} to remove all entries, if no tasks are given
	 * @param client the name of the client to use, if there are several
	 * @return the description, or that of an error
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> purge(@Selector String agentId, @Nullable List<String> taskIds,
			@Nullable String all, @Nullable String client) {
		return respond(() -> this.delegate.purge(agentId, taskIds, toBoolean(all), client));
	}

	private static boolean toBoolean(@Nullable String all) {
		if (all != null && !all.equals("true") && !all.equals("false")) {
			throw new IllegalArgumentException("'all' must be true or false");
		}
		return Boolean.parseBoolean(all);
	}

	private static WebEndpointResponse<OperationResponseBody> respond(Supplier<OperationResponseBody> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (SchedulerException ex) {
			return error(status(ex), ex);
		}
		catch (InvalidEndpointRequestException | IllegalArgumentException ex) {
			return error(WebEndpointResponse.STATUS_BAD_REQUEST, ex);
		}
	}

	private static int status(SchedulerException failure) {
		return switch (failure.getStatusCode()) {
			case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> WebEndpointResponse.STATUS_BAD_REQUEST;
			case PERMISSION_DENIED, UNAUTHENTICATED -> 403;
			case NOT_FOUND -> WebEndpointResponse.STATUS_NOT_FOUND;
			case UNAVAILABLE, RESOURCE_EXHAUSTED -> WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE;
			case DEADLINE_EXCEEDED -> 504;
			default -> 502;
		};
	}

	private static WebEndpointResponse<OperationResponseBody> error(int status, RuntimeException failure) {
		return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(failure.getMessage())), status);
	}

	/**
	 * Description of an error.
	 *
	 * @param error the reason
	 */
	public record ErrorDescriptor(String error) implements OperationResponseBody {

	}

}
