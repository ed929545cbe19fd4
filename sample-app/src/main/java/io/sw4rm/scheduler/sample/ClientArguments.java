package io.sw4rm.scheduler.sample;

import java.util.function.Supplier;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * Tells arguments that the client refuses, which come from the caller of the REST API,
 * apart from errors of the application.
 */
final class ClientArguments {

	private ClientArguments() {
	}

	/**
	 * Use the client of the scheduler.
	 * @throws ResponseStatusException with status 400 if the client refuses an argument
	 */
	static <T> T checked(Supplier<T> use) {
		try {
			return use.get();
		}
		catch (IllegalArgumentException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, ex.getMessage(), ex);
		}
	}

}
