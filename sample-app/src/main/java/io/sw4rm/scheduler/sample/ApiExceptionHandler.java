package io.sw4rm.scheduler.sample;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

import io.sw4rm.scheduler.client.SchedulerCallLimitException;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerInvalidRequestException;
import io.sw4rm.scheduler.client.SchedulerPermissionDeniedException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;

/**
 * Converts exceptions to problem details (RFC 9457). Only invalid requests are answered
 * with status 400; {@code errors} then contains a message for each invalid field. The
 * credentials are those of this application, not of its callers, so a scheduler that
 * denies permission is a bad gateway.
 */
@RestControllerAdvice
class ApiExceptionHandler extends ResponseEntityExceptionHandler {

	private static final int MAX_ERRORS_IN_DETAIL = 3;

	@ExceptionHandler
	ProblemDetail handle(SchedulerUnavailableException ex) {
		return problem(HttpStatus.SERVICE_UNAVAILABLE, "The scheduler is unavailable", ex);
	}

	@ExceptionHandler
	ProblemDetail handle(SchedulerDeadlineExceededException ex) {
		return problem(HttpStatus.GATEWAY_TIMEOUT, "The scheduler did not respond in time", ex);
	}

	@ExceptionHandler
	ProblemDetail handle(SchedulerPermissionDeniedException ex) {
		return problem(HttpStatus.BAD_GATEWAY, "The scheduler denied permission", ex);
	}

	@ExceptionHandler
	ProblemDetail handle(SchedulerInvalidRequestException ex) {
		return problem(HttpStatus.UNPROCESSABLE_CONTENT, "The scheduler rejected the request as invalid", ex);
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(SchedulerCallLimitException ex) {
		return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
			.header(HttpHeaders.RETRY_AFTER, "1")
			.body(problem(HttpStatus.SERVICE_UNAVAILABLE, "Too many calls to the scheduler are in flight", ex));
	}

	@ExceptionHandler
	ProblemDetail handle(SchedulerException ex) {
		return problem(HttpStatus.BAD_GATEWAY, "The call to the scheduler failed", ex);
	}

	/**
	 * An error of the application, whose message is not for its callers.
	 */
	@ExceptionHandler
	ProblemDetail handle(RuntimeException ex) {
		this.logger.error("The request failed", ex);
		return ProblemDetail.forStatus(HttpStatus.INTERNAL_SERVER_ERROR);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		Map<String, String> errors = new TreeMap<>();
		for (FieldError error : ex.getFieldErrors()) {
			errors.merge(error.getField(), String.valueOf(error.getDefaultMessage()), (a, b) -> a + "; " + b);
		}
		addErrors(ex.getBody(), errors);
		return super.handleMethodArgumentNotValid(ex, headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
			HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		Map<String, String> errors = new TreeMap<>();
		ex.getParameterValidationResults()
			.forEach((result) -> errors.put(String.valueOf(result.getMethodParameter().getParameterName()),
					result.getResolvableErrors()
						.stream()
						.map((error) -> String.valueOf(error.getDefaultMessage()))
						.collect(Collectors.joining("; "))));
		addErrors(ex.getBody(), errors);
		return super.handleHandlerMethodValidationException(ex, headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		if (!(ex.getCause() instanceof JacksonException cause) || cause.getPath().isEmpty()) {
			return super.handleHttpMessageNotReadable(ex, headers, status, request);
		}
		String message = (cause instanceof UnrecognizedPropertyException) ? "is unknown" : "is not a valid value";
		ProblemDetail problem = ProblemDetail.forStatus(status);
		addErrors(problem, Map.of(path(cause), message));
		return handleExceptionInternal(ex, problem, headers, status, request);
	}

	private static ProblemDetail problem(HttpStatus status, String title, SchedulerException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, ex.getMessage());
		problem.setTitle(title);
		problem.setProperty("operation", ex.getOperation());
		problem.setProperty("errorCode", ex.getErrorCode());
		problem.setProperty("grpcStatus", ex.getStatusCode());
		problem.setProperty("correlationId", ex.getCorrelationId());
		problem.setProperty("retryable", ex.isRetryable());
		problem.setProperty("target", ex.getTarget());
		return problem;
	}

	private static void addErrors(ProblemDetail problem, Map<String, String> errors) {
		problem.setDetail(errors.entrySet()
			.stream()
			.limit(MAX_ERRORS_IN_DETAIL)
			.map((error) -> error.getKey() + " " + error.getValue())
			.collect(Collectors.joining("; ", "Some values are invalid: ", "")));
		problem.setProperty("errors", errors);
	}

	/**
	 * Return the path of an error in the format of validation errors, such as
	 * {@code tasks[3].priority}.
	 */
	private static String path(JacksonException ex) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference reference : ex.getPath()) {
			if (reference.getPropertyName() == null) {
				path.append('[').append(reference.getIndex()).append(']');
			}
			else {
				path.append((path.length() > 0) ? "." : "").append(reference.getPropertyName());
			}
		}
		return path.toString();
	}

}
